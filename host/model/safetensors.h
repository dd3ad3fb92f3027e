#ifndef TIDEWRIGHT_HOST_MODEL_SAFETENSORS_H_
#define TIDEWRIGHT_HOST_MODEL_SAFETENSORS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "host/core/atomic_file.h"
#include "host/core/large_arrays.h"
#include "host/core/narrow_floats.h"

namespace tidewright {

// The safetensors format: u64 length of the header, the header as JSON padded with spaces to a
// multiple of 8, then the arrays without a gap, little-endian and row-major.

enum class ArrayType { kF64, kI64, kF32, kI32, kU32, kF16, kI8, kU8 };

std::string ArrayTypeName(ArrayType type);  // "F64", "I64", "F32", …

template <class T>
constexpr ArrayType ArrayTypeOf() {
  if constexpr (std::is_same_v<T, double>) return ArrayType::kF64;
  if constexpr (std::is_same_v<T, int64_t>) return ArrayType::kI64;
  if constexpr (std::is_same_v<T, float>) return ArrayType::kF32;
  if constexpr (std::is_same_v<T, int32_t>) return ArrayType::kI32;
  if constexpr (std::is_same_v<T, uint32_t>) return ArrayType::kU32;
  if constexpr (std::is_same_v<T, Fp16>) return ArrayType::kF16;
  if constexpr (std::is_same_v<T, int8_t>) return ArrayType::kI8;
  if constexpr (std::is_same_v<T, char> || std::is_same_v<T, uint8_t>) return ArrayType::kU8;
}

// The name, the type and the shape of an array; a shape of no dimensions is one number.
struct ArrayInfo {
  std::string name;
  ArrayType type = ArrayType::kF32;
  std::vector<int64_t> shape;
  bool operator==(const ArrayInfo&) const = default;
};

// An array to be written: `data` holds as many elements as the shape says, or `rows` makes them.
struct ArrayView {
  ArrayInfo info;
  const void* data = nullptr;
  // In place of `data`: writes rows [begin, end) of the first dimension to `out`. Called for a few
  // of them at a time, in order, each once.
  std::function<void(int64_t begin, int64_t end, void* out)> rows = {};
};

template <class T>
ArrayView ViewArray(const std::string& name, std::vector<int64_t> shape, const T* data) {
  return {{name, ArrayTypeOf<T>(), std::move(shape)}, data};
}
// The same of rows that are made as they are written.
template <class T>
ArrayView MadeArray(const std::string& name, std::vector<int64_t> shape,
                    std::function<void(int64_t begin, int64_t end, T* out)> rows) {
  ArrayView array{{name, ArrayTypeOf<T>(), std::move(shape)}};
  array.rows = [rows = std::move(rows)](int64_t begin, int64_t end, void* out) {
    rows(begin, end, static_cast<T*>(out));
  };
  return array;
}

// Of the arrays as they would be written: names, types, shapes, data. None has `rows`.
std::string ArraysChecksum(const std::vector<ArrayView>& arrays);

struct WrittenFile {
  int64_t bytes = 0;
  std::string checksum;           // XXH3-128 of the whole file
  std::vector<ArrayInfo> arrays;  // in the order of their data
};

// Writes and fsyncs a file. Wider types come first, then names rise: every array is aligned to its
// type, and the same arrays give the same bytes. Throws IoError.
WrittenFile WriteSafetensors(const std::string& path, const std::vector<ArrayView>& arrays,
                             const std::map<std::string, std::string>& metadata);

// Reads a file that anyone may have written. The constructor checks the whole header against the
// file's size (lengths, types, shapes, no gap, no name twice); everything here throws DataError
// naming file and array, or IoError.
class SafetensorsReader {
 public:
  explicit SafetensorsReader(InputFile file);

  const std::vector<ArrayInfo>& arrays() const { return arrays_; }  // in the order of their data
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  const std::string& path() const { return file_.path(); }
  bool Has(const std::string& name) const { return positions_.count(name) > 0; }

  // Reads one array of `rank` dimensions whose elements are the vector's; returns its shape.
  template <class Vector>
  std::vector<int64_t> Read(const std::string& name, size_t rank, Vector* out) const {
    using Element = typename Vector::value_type;
    const int64_t elements = CheckArray(name, ArrayTypeOf<Element>(), rank);
    if constexpr (std::is_same_v<Vector, AlignedVector<float>>) {
      ResizeNumbers(elements, out);
    } else {
      out->resize(static_cast<size_t>(elements));
    }
    ReadData(name, out->data());
    return ShapeOf(name);
  }
  const std::vector<int64_t>& ShapeOf(const std::string& name) const;
  // Where the array's data begin in the file.
  int64_t OffsetOf(const std::string& name) const;
  // Of all arrays, as ArraysChecksum gives it for what was written.
  std::string ArraysChecksum() const;

 private:
  int64_t CheckArray(const std::string& name, ArrayType type, size_t rank) const;
  void ReadData(const std::string& name, void* out) const;

  InputFile file_;
  std::vector<ArrayInfo> arrays_;
  std::vector<int64_t> offsets_;             // arrays + 1, from the file's beginning
  std::map<std::string, size_t> positions_;  // in arrays_
  std::map<std::string, std::string> metadata_;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_MODEL_SAFETENSORS_H_
