#ifndef TIDEWRIGHT_HOST_EXPORT_NARROW_VECTORS_H_
#define TIDEWRIGHT_HOST_EXPORT_NARROW_VECTORS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "host/core/narrow_floats.h"

namespace tidewright {

// Vectors in fewer bits, and the floats that a reader has of them, some rows at a time: nothing
// here holds more than the rows that it is given. Rows are row-major.

// `first`: the row in the model that `rows` begins with. Throws UsageError naming the row where a
// number is beyond what fp16 holds; `what`: "item".
void NarrowToHalf(const float* rows, int64_t first, int64_t count, int64_t dimension,
                  const std::string& what, Fp16* out);
void ReadHalf(const Fp16* values, int64_t numbers, float* out);

// Bytes: a number is value * scale of its row; of a row the largest by magnitude has the value 127
// or -127. The scale of a row of zeros is 0.
void ScaleRows(const float* rows, int64_t count, int64_t dimension, float* scales);
void NarrowToBytes(const float* rows, const float* scales, int64_t count, int64_t dimension,
                   int8_t* out);
void ReadBytes(const int8_t* values, const float* scales, int64_t count, int64_t dimension,
               float* out);

// As FAISS's QT_8bit: a column's range is cut into 255 parts and a code is the part; a number is
// the middle of it.
class ColumnRanges {
 public:
  explicit ColumnRanges(int64_t dimension);
  // All rows are added before the first is narrowed.
  void Add(const float* rows, int64_t count);
  // The least number of each column, then what the largest is above it.
  std::vector<float> Trained() const;
  void Narrow(const float* rows, int64_t count, uint8_t* out) const;
  void Read(const uint8_t* codes, int64_t count, float* out) const;

 private:
  float WidthOf(int64_t column) const { return most_[column] - least_[column]; }

  std::vector<float> least_;
  std::vector<float> most_;
  bool empty_ = true;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_NARROW_VECTORS_H_
