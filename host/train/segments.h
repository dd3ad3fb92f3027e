#ifndef TIDEWRIGHT_HOST_TRAIN_SEGMENTS_H_
#define TIDEWRIGHT_HOST_TRAIN_SEGMENTS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "host/data/dataset.h"
#include "host/data/feature_table.h"
#include "host/metrics/group_quality.h"

namespace tidewright {

// A way to take customers together: each row's group by name.
struct Segmentation {
  std::string by;  // "cohort", "tenure" or a column
  std::vector<std::string> of_row;
};

// The rows of a table that was made of a log as of `cutoff`. "cohort": the month of the customer's
// first event; "tenure": the time since, in bands; else a column of /users, or one of the table.
// A number of more than ten values is cut into quarters. Throws UsageError for another name.
std::vector<Segmentation> SegmentsOfLog(const Dataset& log, const FeatureTable& table,
                                        int64_t cutoff, const std::vector<std::string>& by);

// The same of a table alone, which has columns and no log.
std::vector<Segmentation> SegmentsOfTable(const FeatureTable& table,
                                          const std::vector<std::string>& by);

// How well the groups of each way are served, by what it is of. Cohorts and tenures are in the
// order of time, others by falling rows.
using GroupReport = std::vector<std::pair<std::string, std::vector<GroupQuality>>>;
GroupReport JudgeSegments(const ScoredRows& scored, const std::vector<Segmentation>& segments);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_SEGMENTS_H_
