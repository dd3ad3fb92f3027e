#ifndef TIDEWRIGHT_HOST_TRAIN_ID_MATCH_H_
#define TIDEWRIGHT_HOST_TRAIN_ID_MATCH_H_

#include <cstdint>
#include <vector>

#include "host/core/ids.h"
#include "host/data/interactions.h"

namespace tidewright {

// For each id of `from` its row in `to`, or -1: how data meets a model that was trained on other
// data. Builds the index of `to`.
std::vector<int32_t> MatchIds(const IdTable& from, IdTable* to);

// The same rows with columns renamed: entry id -> columns[id], dropped where that is -1 and counted
// in `dropped`. `columns` names no column twice.
Csr RenameColumns(const Csr& matrix, const std::vector<int32_t>& columns, int64_t new_cols,
                  int64_t* dropped);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_ID_MATCH_H_
