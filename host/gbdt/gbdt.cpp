#include "host/gbdt/gbdt.h"

#include <algorithm>

#include "host/core/errors.h"
#include "host/core/split_text.h"
#include "host/gbdt/training_plan.h"

namespace tidewright {

ConfigFields FieldsOf(GbdtConfig& config) {
  return {
      {"epochs", &config.epochs, "trees", 1, 100000, {}},
      {"learning-rate", &config.learning_rate, "of each tree", 1e-6, 1, {}},
      {"growth",
       &config.growth,
       "level by level, or the best leaf first",
       0,
       0,
       {"depthwise", "leafwise"}},
      {"max-depth", &config.max_depth, "of a tree; 0: no limit, with --max-leaves", 0, 60, {}},
      {"max-leaves", &config.max_leaves, "of a tree; 0: no limit, with --max-depth", 0, 1e6, {}},
      {"max-bins", &config.max_bins, "of a column, one for missing values", 3, 256, {}},
      {"l1", &config.l1, "L1 regularization of leaves", 0, 1e9, {}},
      {"l2", &config.l2, "L2 regularization of leaves", 0, 1e9, {}},
      {"gamma", &config.gamma, "least gain of a split", 0, 1e12, {}},
      {"min-child-weight",
       &config.min_child_weight,
       "least sum of hessians in a child",
       0,
       1e12,
       {}},
      {"row-sample", &config.row_sample, "share of the rows a tree is grown on", 1e-6, 1, {}},
      {"column-sample", &config.column_sample, "share of the columns a tree may ask", 1e-6, 1, {}},
      {"scale-pos-weight", &config.scale_pos_weight, "weight of a positive row", 1e-6, 1e6, {}},
      {"one-hot-max",
       &config.one_hot_max,
       "most categories of a column that are split one against the rest",
       0,
       255,
       {}},
      {"category-smoothing",
       &config.category_smoothing,
       "added to a category's hessian where categories are ordered",
       0,
       1e9,
       {}},
      {"monotone",
       &config.monotone,
       "columns with which the margin may only rise or fall: tenure=-1,price=1",
       0,
       0,
       {}},
      {"seed", &config.seed, "of every random draw", 0, 9007199254740991.0, {}},
  };
}

std::vector<int> MonotoneDirections(const GbdtConfig& config, const FeatureTable& table) {
  std::vector<int> directions(table.columns.size(), 0);
  for (const std::string& part : SplitAtCommas(config.monotone)) {
    const size_t equals = part.rfind('=');
    const std::string direction = equals == std::string::npos ? "" : part.substr(equals + 1);
    if (direction != "1" && direction != "+1" && direction != "-1" && direction != "0") {
      throw UsageError("monotone constraint '" + part + "': expected COLUMN=1 or COLUMN=-1");
    }
    const std::string name = part.substr(0, equals);
    std::vector<std::string> names;
    for (const FeatureColumn& column : table.columns) names.push_back(column.description.name);
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      throw UsageError("monotone constraint on '" + name + "': the table has no such column" +
                       DidYouMean(name, names));
    }
    const auto column = static_cast<size_t>(found - names.begin());
    if (table.columns[column].description.kind == FeatureKind::kCategory) {
      throw UsageError("monotone constraint on '" + name +
                       "': it is a category, which has no order; expected a number or boolean");
    }
    directions[column] = direction == "-1" ? -1 : direction == "0" ? 0 : 1;
  }
  return directions;
}

void CheckGrowth(const GbdtConfig& config) {
  if (config.max_depth == 0 && config.max_leaves == 0) {
    throw UsageError(
        "max-depth and max-leaves are both 0: trees would grow without limit; set one of them");
  }
}

}  // namespace tidewright
