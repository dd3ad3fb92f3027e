#ifndef TIDEWRIGHT_HOST_DATA_IMPORT_PAIRS_IMPORT_H_
#define TIDEWRIGHT_HOST_DATA_IMPORT_PAIRS_IMPORT_H_

#include <cstdint>
#include <string>

#include "host/core/progress.h"
#include "host/data/dataset.h"

namespace tidewright {

struct PairsSummary {
  int64_t train_lines = 0;
  int64_t train_pairs = 0;  // distinct
  int64_t test_lines = 0;
  int64_t test_pairs = 0;
  int64_t repeated = 0;  // pairs that stood in the same file before: kept once
};

// Reads "user item item …" lines, fields separated by blanks: an implicit matrix with value 1. A
// user may have several lines, or one without items. Users and items are ordered as they first
// appear, training file first, or by number where all of them are whole numbers. `test_path` may be
// empty; what appears only there gets rows and columns, too. Throws DataError (not text, no pairs)
// and IoError.
Dataset ReadPairs(const std::string& train_path, const std::string& test_path,
                  PairsSummary* summary, Progress& progress);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_IMPORT_PAIRS_IMPORT_H_
