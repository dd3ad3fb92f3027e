#ifndef TIDEWRIGHT_HOST_DATA_INTERACTIONS_H_
#define TIDEWRIGHT_HOST_DATA_INTERACTIONS_H_

#include <cstdint>
#include <vector>

#include "host/core/csr_view.h"

namespace tidewright {

// Owns what a CsrView points to.
struct Csr {
  int64_t rows = 0;
  int64_t cols = 0;
  std::vector<int64_t> offsets{0};
  std::vector<int32_t> ids;
  std::vector<float> values;

  int64_t nnz() const { return static_cast<int64_t>(ids.size()); }
  int64_t RowLength(int64_t row) const { return offsets[row + 1] - offsets[row]; }
  CsrView view() const { return {rows, cols, offsets.data(), ids.data(), values.data()}; }
};

// Columns become rows; ids rise within each row of the result. O(nnz), two passes.
Csr Transpose(const Csr& matrix);

// Rows `rows` of `matrix`, in that order.
Csr SelectRows(const Csr& matrix, const std::vector<int32_t>& rows);

// The user x item matrix both ways: what a recommender is trained on.
struct Interactions {
  Csr by_user;
  Csr by_item;

  static Interactions FromUserRows(Csr by_user);
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_INTERACTIONS_H_
