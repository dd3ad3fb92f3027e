#ifndef TIDEWRIGHT_TESTS_SUPPORT_BAD_TABLE_FILES_H_
#define TIDEWRIGHT_TESTS_SUPPORT_BAD_TABLE_FILES_H_

#include <vector>

#include "tests/support/bad_hdf5_files.h"

namespace tidewright {

// A sound table of 6 rows with two number columns, a boolean and two category columns (texts,
// codes), label, weight and ids.
void BuildGoodTable(Hdf5Builder* builder);

// Tables that no command reads.
const std::vector<BadFile>& BadTableFiles();

// Tables that can be read and scored, and judge no model.
const std::vector<BadFile>& UnjudgeableTableFiles();

// Those, and tables that can be judged by, and not be trained on.
const std::vector<BadFile>& UntrainableTableFiles();

// Sound tables that a model of the good one cannot read.
const std::vector<BadFile>& UnfitTableFiles();

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_SUPPORT_BAD_TABLE_FILES_H_
