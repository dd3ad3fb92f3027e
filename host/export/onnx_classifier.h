#ifndef TIDEWRIGHT_HOST_EXPORT_ONNX_CLASSIFIER_H_
#define TIDEWRIGHT_HOST_EXPORT_ONNX_CLASSIFIER_H_

#include <string>
#include <vector>

#include "host/data/feature_table.h"
#include "host/export/onnx_graph.h"
#include "host/model/calibrator.h"
#include "host/model/linear_model.h"
#include "host/model/tree_ensemble.h"

namespace tidewright {

// A classifier as one graph: an input [batch, 1] a column (numbers and booleans as float, NaN where
// missing; categories as text, where every text that is no category of the model is missing), the
// outputs probability and log_odds (before calibration), float [batch, 1].

inline constexpr char kLogOddsOutput[] = "log_odds";
inline constexpr char kProbabilityOutput[] = "probability";

// What the columns' inputs are called: their names, with column_ before where one is the name of an
// output, empty or begins like the names of a graph's inner values.
std::vector<std::string> OnnxInputNames(const FeatureSpec& features);

// Each adds what goes from the inputs to the margin, double [batch, 1], and returns its name.

// As a TreeEnsembleRegressor. A split by a set of categories is a chain of BRANCH_EQ, of those that
// go left or of those that go right, whichever are fewer; their true branches lead to one node.
// Each tree is a target of its own and CumSum adds them: runtimes add trees of one target in an
// order of their own, and a step of an isotonic calibrator tells such sums apart. The base margin
// stands in the first tree's leaves. The margins are then ours to the bit.
std::string AddTreeMargin(const TreeEnsemble& model, const FeatureSpec& features, OnnxGraph& graph);
// In double, as the program computes it.
std::string AddLinearMargin(const LinearModel& model, const FeatureSpec& features,
                            OnnxGraph& graph);

// From log-odds, double, to their probability, double: runtimes round Sigmoid of float to 1e-4 of a
// small probability.
std::string AddProbability(const std::string& log_odds, OnnxGraph& graph);

// From log-odds, double, to the calibrated probability, double, as CalibratedProbability gives it.
std::string AddCalibrator(const Calibrator& calibrator, const std::string& log_odds,
                          OnnxGraph& graph);

// The whole graph; `calibrator` may be null. Throws DataError where the model reads other columns
// than `features` has.
template <class Classifier>
OnnxGraph ClassifierGraph(const Classifier& model, const FeatureSpec& features,
                          const Calibrator* calibrator);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_ONNX_CLASSIFIER_H_
