#ifndef TIDEWRIGHT_HOST_TRAIN_BGNBD_FEATURES_H_
#define TIDEWRIGHT_HOST_TRAIN_BGNBD_FEATURES_H_

#include <cstdint>
#include <string>

#include "host/data/dataset.h"
#include "host/data/feature_table.h"
#include "host/data/snapshot_spec.h"
#include "host/model/bgnbd_columns.h"

namespace tidewright {

// The BG/NBD model in `directory`, which was fitted on nothing after `earliest`, the first cutoff.
// Throws UsageError where it is no such model, DataError where it was fitted on later events.
BgnbdColumns LoadBgnbdColumns(const std::string& directory, int64_t earliest);

// Adds bgnbd_alive, bgnbd_silence and bgnbd_expected to the customers of `table`: what the model
// says, of what they did up to `cutoff`, of the next horizon. Missing for who has no event as the
// model reads the log. Computed again from the log truncated at the cutoff: throws DataError naming
// the column and the customer where a single bit differs.
void AddBgnbdColumns(const Dataset& log, const BgnbdColumns& columns, const SnapshotSpec& spec,
                     int64_t cutoff, FeatureTable* table);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_BGNBD_FEATURES_H_
