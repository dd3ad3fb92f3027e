#ifndef TIDEWRIGHT_HOST_MODEL_CLASSIFIER_COLUMNS_H_
#define TIDEWRIGHT_HOST_MODEL_CLASSIFIER_COLUMNS_H_

#include <string>
#include <vector>

#include "host/data/feature_table.h"
#include "host/model/hazard_model.h"
#include "host/model/linear_model.h"
#include "host/model/tree_ensemble.h"

namespace tidewright {

// A model against the columns that its manifest says it reads, as many as the model has: a set of
// categories only of a category column and no longer than that needs, a threshold only of a number
// or boolean, a term's category one of the column's. `path` is the model's file. Throws DataError
// naming file, array and node or term.
void CheckColumns(const TreeEnsemble& model, const std::vector<FeatureDescription>& columns,
                  const std::string& path);
void CheckColumns(const LinearModel& model, const std::vector<FeatureDescription>& columns,
                  const std::string& path);
// Of the columns of the customer; the period that stands behind them is a number.
void CheckColumns(const HazardModel& model, const std::vector<FeatureDescription>& columns,
                  const std::string& path);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_MODEL_CLASSIFIER_COLUMNS_H_
