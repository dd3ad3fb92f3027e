#ifndef TIDEWRIGHT_HOST_EXPORT_NARROW_VECTORS_H_
#define TIDEWRIGHT_HOST_EXPORT_NARROW_VECTORS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "host/core/aligned.h"
#include "host/core/narrow_floats.h"

namespace tidewright {

// Vectors in fewer bits, and the floats that a reader has of them. Rows are row-major.

struct HalfRows {
  std::vector<Fp16> values;
};
// Throws UsageError naming the row where a number is beyond what fp16 holds; `what`: "item".
HalfRows NarrowToHalf(const float* rows, int64_t count, int64_t dimension, const std::string& what);
AlignedVector<float> ReadBack(const HalfRows& narrow);

// A number is value * scale[row]; of a row the largest by magnitude has the value 127 or -127.
struct ByteRows {
  std::vector<int8_t> values;
  std::vector<float> scales;  // one a row; 0 for a row of zeros
};
ByteRows NarrowToBytes(const float* rows, int64_t count, int64_t dimension);
AlignedVector<float> ReadBack(const ByteRows& narrow);

// As FAISS's QT_8bit: a column's range is cut into 255 parts and a code is the part; a number is
// the middle of it.
struct ColumnCodes {
  std::vector<float> ranges;  // the least number of each column, then what the largest is above it
  std::vector<uint8_t> codes;
  AlignedVector<float> read;
};
ColumnCodes NarrowToColumnCodes(const float* rows, int64_t count, int64_t dimension);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_NARROW_VECTORS_H_
