#ifndef TIDEWRIGHT_HOST_GBDT_GBDT_H_
#define TIDEWRIGHT_HOST_GBDT_GBDT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "host/core/config.h"
#include "host/data/feature_table.h"
#include "host/model/solver.h"
#include "host/model/table_problem.h"

namespace tidewright {

// Gradient-boosted trees with second-order logistic loss on binned features (Chen and Guestrin
// 2016, eq. 6-7; histograms as in Ke et al. 2017). Tree t is fitted to
//
//   g_i = w_i (p_i - y_i),   h_i = w_i p_i (1 - p_i),   p_i = 1 / (1 + exp(-margin_i))
//
// A leaf with sums G, H is worth  -learning_rate * T(G) / (H + l2),  T(G) = sign(G) max(|G| - l1,
// 0); a split gains  1/2 [T(G_l)^2 / (H_l + l2) + T(G_r)^2 / (H_r + l2) - T(G)^2 / (H + l2)] and is
// made where that exceeds gamma. w_i is the row's weight, times scale_pos_weight where y_i = 1.
//
// Gradients are fixed-point integers, so that sums do not depend on their order: the same trees to
// the byte with any number of threads, on the CPU and on CUDA.
struct GbdtConfig {
  int64_t epochs = 100;  // trees
  double learning_rate = 0.1;
  std::string growth = "depthwise";  // level by level, or "leafwise": the best leaf first
  int64_t max_depth = 6;             // 0: no limit, where max_leaves is one
  int64_t max_leaves = 0;            // 0: no limit, where max_depth is one
  int64_t max_bins = 256;            // of a column, one of them for missing values
  double l1 = 0.0;
  double l2 = 1.0;
  double gamma = 0.0;             // a split's least gain
  double min_child_weight = 1.0;  // least sum of hessians in a child
  double row_sample = 1.0;        // share of the rows a tree is grown on
  double column_sample = 1.0;     // share of the columns a tree may ask
  double scale_pos_weight = 1.0;
  int64_t one_hot_max = 4;  // category columns of at most so many categories split one against the
                            // rest; others by gradient-ordered partition
  double category_smoothing = 10.0;  // added to a category's hessian where categories are ordered
  std::string monotone;              // "tenure=-1,price=1": the margin falls, rises with it
  int64_t seed = 1;
};
ConfigFields FieldsOf(GbdtConfig& config);

// An epoch is a tree; its loss is the mean weighted log loss on the training rows. Throws
// UsageError for a monotone constraint on a column that is not there or is a category, and
// DataError where problem.start has other columns.
std::unique_ptr<Solver> MakeGbdtCpu(const GbdtConfig& config, TableProblem problem);

CostEstimate EstimateGbdtCpu(const GbdtConfig& config, int64_t rows, int64_t columns);

// Log-odds of each row; the table's columns are the model's (MatchTable). In parallel, each row the
// same whatever the number of threads.
std::vector<float> TreeMargins(const TreeEnsemble& model, const FeatureTable& table);

// What a column did for a model, summed over its splits.
struct FeatureImportance {
  double gain = 0;
  double cover = 0;
  int64_t splits = 0;
};
std::vector<FeatureImportance> ImportanceOf(const TreeEnsemble& model);

// Exact path-dependent TreeSHAP (Lundberg et al. 2018, algorithm 2): rows x (features + 1), the
// last one the expected margin; a row sums up to its margin.
std::vector<double> TreeShap(const TreeEnsemble& model, const FeatureTable& table);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_GBDT_GBDT_H_
