#ifndef TIDEWRIGHT_HOST_TRAIN_SAMPLE_NEGATIVES_H_
#define TIDEWRIGHT_HOST_TRAIN_SAMPLE_NEGATIVES_H_

#include <cstdint>

#include "host/data/feature_table.h"
#include "host/model/artifact.h"

namespace tidewright {

// Training on a part of the rows of label 0, and what makes up for it (King and Zeng, "Logistic
// regression in rare events data", Political Analysis 9(2), 2001).

// Leaves rows of label 0 out, each kept with probability `fraction` by a draw keyed by (seed, row).
// `sampling` gets the counts and what is to be added to log-odds learned from the rest. Throws
// UsageError where none would be left.
FeatureTable SampleNegatives(FeatureTable train, double fraction, uint64_t seed,
                             NegativeSampling* sampling);

// The same table with rows of label 0 weighted down to their share in the training: what a solver
// watches is then judged by the prior it learns.
FeatureTable WeighAsSampled(FeatureTable watched, const NegativeSampling& sampling);

// Adds to the log-odds that a classifier gives every row. Throws UsageError where it is none.
void AddLogOdds(double log_odds, Model* model);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_SAMPLE_NEGATIVES_H_
