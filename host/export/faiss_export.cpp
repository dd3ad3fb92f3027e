#include "host/export/faiss_export.h"

#include <cstring>
#include <limits>
#include <vector>

#include "host/core/atomic_file.h"
#include "host/core/errors.h"
#include "host/export/export_files.h"
#include "host/export/export_vectors.h"
#include "host/export/narrow_vectors.h"
#include "host/model/safetensors.h"

namespace tidewright {
namespace {

template <class T>
void PutRaw(T value, std::string* bytes) {
  char raw[sizeof(T)];
  std::memcpy(raw, &value, sizeof(T));
  bytes->append(raw, sizeof(T));
}

// What every index begins with.
std::string IndexHeader(const char* kind, int64_t count, int64_t dimension) {
  if (dimension > std::numeric_limits<int32_t>::max()) {
    throw UsageError("FAISS takes at most 2147483647 dimensions");
  }
  constexpr int64_t kUnused = 1 << 20;
  std::string header = kind;
  PutRaw(static_cast<int32_t>(dimension), &header);
  PutRaw(count, &header);
  PutRaw(kUnused, &header);
  PutRaw(kUnused, &header);
  PutRaw(uint8_t{1}, &header);
  PutRaw(int32_t{0}, &header);
  return header;
}

constexpr int32_t kQuantizer8Bit = 0;
constexpr int32_t kQuantizerFp16 = 4;

// An IndexScalarQuantizer of `bytes` a number.
void WriteFaissCodes(const std::string& path, int32_t quantizer, const std::vector<float>& ranges,
                     const void* codes, int64_t count, int64_t dimension, int64_t bytes) {
  std::string header = IndexHeader("IxSQ", count, dimension);
  PutRaw(quantizer, &header);
  PutRaw(int32_t{0}, &header);
  PutRaw(0.0f, &header);
  PutRaw(static_cast<uint64_t>(dimension), &header);
  PutRaw(static_cast<uint64_t>(dimension * bytes), &header);
  PutRaw(static_cast<uint64_t>(ranges.size()), &header);
  for (const float number : ranges) PutRaw(number, &header);
  PutRaw(static_cast<uint64_t>(count * dimension * bytes), &header);
  OutputFile file(path);
  file.Write(header.data(), static_cast<int64_t>(header.size()));
  file.Write(codes, count * dimension * bytes);
  file.Commit();
}

// The items in the request's precision.
void WriteFaissItems(const ExportSource& source, const ExportVectors& exact,
                     const std::string& path, CardExport* card) {
  const auto users_as_they_are = [&](const float* rows, int64_t count) {
    return AlignedVector<float>(rows, rows + count * exact.dimension);
  };
  if (source.request.precision == "fp16") {
    const HalfRows items = NarrowToHalf(exact.item_rows, exact.items, exact.dimension, "item");
    ReportRecall(source, exact, users_as_they_are, ReadBack(items).data(), card);
    WriteFaissCodes(path, kQuantizerFp16, {}, items.values.data(), exact.items, exact.dimension, 2);
    card->files.emplace_back("items.faiss",
                             "`IndexScalarQuantizer` (QT_fp16) over the item vectors");
  } else if (source.request.precision == "int8") {
    const ColumnCodes items = NarrowToColumnCodes(exact.item_rows, exact.items, exact.dimension);
    ReportRecall(source, exact, users_as_they_are, items.read.data(), card);
    WriteFaissCodes(path, kQuantizer8Bit, items.ranges, items.codes.data(), exact.items,
                    exact.dimension, 1);
    card->files.emplace_back("items.faiss",
                             "`IndexScalarQuantizer` (QT_8bit) over the item vectors");
  } else {
    WriteFaissFlat(path, exact.item_rows, exact.items, exact.dimension);
    card->files.emplace_back("items.faiss", "`IndexFlatIP` over the item vectors");
  }
}

}  // namespace

void WriteFaissFlat(const std::string& path, const float* vectors, int64_t count,
                    int64_t dimension) {
  std::string header = IndexHeader("IxFI", count, dimension);
  PutRaw(static_cast<uint64_t>(count * dimension), &header);
  OutputFile file(path);
  file.Write(header.data(), static_cast<int64_t>(header.size()));
  file.Write(vectors, count * dimension * static_cast<int64_t>(sizeof(float)));
  file.Commit();
}

void ExportFaiss(const ExportSource& source, const std::string& directory, CardExport* card) {
  const ExportVectors exact = VectorsOf(source, card);
  WriteFaissItems(source, exact, directory + "/items.faiss", card);
  WriteSafetensors(directory + "/users.safetensors",
                   {ViewArray("user_factors", {exact.users, exact.dimension}, exact.user_rows)},
                   {{"producer", "tidewright"}});
  card->files.emplace_back("users.safetensors", "`user_factors`, float32: the queries");
  WriteIdLists(source, directory, true, card);
}

}  // namespace tidewright
