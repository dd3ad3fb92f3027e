#ifndef TIDEWRIGHT_HOST_TRAIN_CUSTOMER_FACTORS_H_
#define TIDEWRIGHT_HOST_TRAIN_CUSTOMER_FACTORS_H_

#include <cstdint>
#include <string>

#include "host/data/dataset.h"
#include "host/data/feature_table.h"
#include "host/model/feature_factors.h"

namespace tidewright {

// The items of the recommender in `directory`, which learned from nothing after `earliest`, the
// first cutoff: else items would tell of what came later. Throws UsageError where it is no
// recommender, DataError where it was trained on later events or on data without times.
FeatureFactors LoadFeatureFactors(const std::string& directory, int64_t earliest);

// Adds columns factor_0, factor_1, … to the customers of `table`: each folded in by what they did
// up to `cutoff`, with the recommender's signals. Missing for who has none of its items. Performs
// RefuseFactorLeak.
void AddCustomerFactors(const Dataset& log, const FeatureFactors& factors, int64_t cutoff,
                        FeatureTable* table);

// Computes the columns again from the log truncated at the cutoff. Throws DataError naming the
// column and the customer where a single bit differs.
void RefuseFactorLeak(const FeatureTable& table, const Dataset& log, const FeatureFactors& factors,
                      int64_t cutoff);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_CUSTOMER_FACTORS_H_
