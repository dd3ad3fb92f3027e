#ifndef TIDEWRIGHT_HOST_TRAIN_CLASSIFIERS_H_
#define TIDEWRIGHT_HOST_TRAIN_CLASSIFIERS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "host/backend/backend.h"
#include "host/core/config.h"
#include "host/core/progress.h"
#include "host/core/stop_flag.h"
#include "host/data/feature_table.h"
#include "host/model/solver.h"
#include "host/model/table_problem.h"

namespace tidewright {

// An algorithm that learns from a table, with one configuration of it, as the jobs see it.
class Classifier {
 public:
  virtual ~Classifier() = default;
  virtual std::string name() const = 0;
  virtual ConfigFields fields() = 0;  // of the configuration held here
  // The same with what its configuration leaves to the training rows found out by them (a penalty
  // by cross-validation). Nothing where it leaves nothing to them, or where `stop` ended it.
  virtual std::unique_ptr<Classifier> Settled(const FeatureTable& train, const StopFlag& stop,
                                              Progress& progress) const = 0;
  // Both throw DeviceError where the backend has no such algorithm.
  virtual std::unique_ptr<Solver> MakeSolver(const Backend& backend,
                                             TableProblem problem) const = 0;
  virtual CostEstimate Estimate(const Backend& backend, int64_t rows, int64_t columns) const = 0;
};

struct ClassifierEntry {
  std::string name;         // as on the command line and in the manifest
  std::string description;  // one line
  std::string model_kind;   // of what it trains: a word of ModelKind
  std::unique_ptr<Classifier> (*make)();
};

// Every classifier there is, one line each.
const std::vector<ClassifierEntry>& Classifiers();

// Log-odds of each row; the table's columns are the model's (MatchTable). Throws UsageError where
// the model is no classifier.
std::vector<double> Margins(const Model& model, const FeatureTable& table);
std::vector<double> Probabilities(const Model& model, const FeatureTable& table);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_CLASSIFIERS_H_
