#ifndef TIDEWRIGHT_HOST_TRAIN_SEGMENTS_H_
#define TIDEWRIGHT_HOST_TRAIN_SEGMENTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "host/data/dataset.h"
#include "host/data/feature_table.h"

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

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_SEGMENTS_H_
