#ifndef TIDEWRIGHT_HOST_FEATURES_SNAPSHOT_H_
#define TIDEWRIGHT_HOST_FEATURES_SNAPSHOT_H_

#include <cstdint>
#include <vector>

#include "host/core/ids.h"
#include "host/data/dataset.h"
#include "host/data/event_log.h"
#include "host/data/feature_table.h"
#include "host/data/snapshot_spec.h"
#include "host/features/build_features.h"
#include "host/features/feature_list.h"

namespace tidewright {

// Who the users of a log are: what stands under /users of its file.
struct Customers {
  const IdTable& ids;
  const std::vector<TableColumn>& columns;
};

// One row for each customer with a positive event in (cutoff - window, cutoff], in the order of the
// users, with `features` and then the specification's user columns ("user_<name>"). ids are the
// users', group their rows in the log; no label. `twin` computes the features, to the same bits
// whichever it is. Throws DataError where there is no such customer, or the log lacks times or a
// column.
FeatureTable DescribeCustomers(const EventLog& log, const Customers& customers,
                               const SnapshotSpec& spec, int64_t cutoff,
                               const std::vector<Feature>& features,
                               const FeatureTwin& twin = BuildFeaturesCpu);

// The events at or before `cutoff`.
EventLog TruncateLog(const EventLog& log, int64_t cutoff);

// Computes `table` again from the log truncated at the cutoff. Throws DataError naming the feature
// and the customer where a single bit differs: something after the cutoff was read.
void RefuseLeak(const FeatureTable& table, const EventLog& log, const Customers& customers,
                const SnapshotSpec& spec, int64_t cutoff, const std::vector<Feature>& features,
                const FeatureTwin& twin = BuildFeaturesCpu);

// Labels the rows of DescribeCustomers: 1 without a positive event in
// (cutoff + gap, cutoff + gap + horizon]. Throws DataError where the log ends before that.
void LabelCustomers(const EventLog& log, const SnapshotSpec& spec, int64_t cutoff,
                    FeatureTable* table);

// All of it: described, guarded, and labelled where `labelled`.
FeatureTable TakeSnapshot(const EventLog& log, const Customers& customers, const SnapshotSpec& spec,
                          int64_t cutoff, bool labelled,
                          const FeatureTwin& twin = BuildFeaturesCpu);

// Tables of the same columns one below the other.
FeatureTable StackTables(std::vector<FeatureTable> tables);

// Leaves out the columns without a single value, which no model can be trained on.
void DropEmptyColumns(FeatureTable* table);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_FEATURES_SNAPSHOT_H_
