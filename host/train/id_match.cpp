#include "host/train/id_match.h"

#include <algorithm>
#include <utility>

namespace tidewright {

std::vector<int32_t> MatchIds(const IdTable& from, IdTable* to) {
  to->BuildIndex();
  std::vector<int32_t> rows(static_cast<size_t>(from.size()));
  for (int64_t row = 0; row < from.size(); ++row) {
    rows[row] = static_cast<int32_t>(to->Find(from[row]));
  }
  return rows;
}

Csr RenameColumns(const Csr& matrix, const std::vector<int32_t>& columns, int64_t new_cols,
                  int64_t* dropped) {
  Csr result;
  result.rows = matrix.rows;
  result.cols = new_cols;
  result.offsets.reserve(matrix.offsets.size());
  result.ids.reserve(matrix.ids.size());
  result.values.reserve(matrix.values.size());
  std::vector<std::pair<int32_t, float>> row_entries;
  for (int64_t row = 0; row < matrix.rows; ++row) {
    row_entries.clear();
    for (int64_t k = matrix.offsets[row]; k < matrix.offsets[row + 1]; ++k) {
      const int32_t column = columns[matrix.ids[k]];
      if (column < 0) {
        ++*dropped;
      } else {
        row_entries.emplace_back(column, matrix.values[k]);
      }
    }
    std::sort(row_entries.begin(), row_entries.end());
    for (const auto& [column, value] : row_entries) {
      result.ids.push_back(column);
      result.values.push_back(value);
    }
    result.offsets.push_back(static_cast<int64_t>(result.ids.size()));
  }
  return result;
}

}  // namespace tidewright
