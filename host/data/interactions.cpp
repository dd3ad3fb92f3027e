#include "host/data/interactions.h"

#include <algorithm>
#include <utility>

namespace tidewright {

Csr Transpose(const Csr& matrix) {
  Csr result;
  result.rows = matrix.cols;
  result.cols = matrix.rows;
  result.offsets.assign(static_cast<size_t>(matrix.cols) + 1, 0);
  for (const int32_t id : matrix.ids) ++result.offsets[static_cast<size_t>(id) + 1];
  for (int64_t row = 0; row < result.rows; ++row) result.offsets[row + 1] += result.offsets[row];
  result.ids.resize(matrix.ids.size());
  result.values.resize(matrix.values.size());
  // The offsets serve as write cursors: afterwards each holds its row's end, and a shift by one
  // restores them.
  for (int64_t row = 0; row < matrix.rows; ++row) {
    for (int64_t k = matrix.offsets[row]; k < matrix.offsets[row + 1]; ++k) {
      const int64_t at = result.offsets[matrix.ids[k]]++;
      result.ids[at] = static_cast<int32_t>(row);
      result.values[at] = matrix.values[k];
    }
  }
  std::move_backward(result.offsets.begin(), result.offsets.end() - 1, result.offsets.end());
  result.offsets[0] = 0;
  return result;
}

Csr SelectRows(const Csr& matrix, const std::vector<int32_t>& rows) {
  Csr result;
  result.rows = static_cast<int64_t>(rows.size());
  result.cols = matrix.cols;
  result.offsets.reserve(rows.size() + 1);
  for (const int32_t row : rows) {
    result.offsets.push_back(result.offsets.back() + matrix.RowLength(row));
  }
  result.ids.reserve(static_cast<size_t>(result.offsets.back()));
  result.values.reserve(static_cast<size_t>(result.offsets.back()));
  for (const int32_t row : rows) {
    const int64_t begin = matrix.offsets[row];
    const int64_t end = matrix.offsets[row + 1];
    result.ids.insert(result.ids.end(), matrix.ids.begin() + begin, matrix.ids.begin() + end);
    result.values.insert(result.values.end(), matrix.values.begin() + begin,
                         matrix.values.begin() + end);
  }
  return result;
}

Interactions Interactions::FromUserRows(Csr by_user) {
  Interactions result;
  result.by_item = Transpose(by_user);
  result.by_user = std::move(by_user);
  return result;
}

}  // namespace tidewright
