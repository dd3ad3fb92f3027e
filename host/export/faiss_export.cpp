#include "host/export/faiss_export.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <vector>

#include "host/core/atomic_file.h"
#include "host/core/errors.h"
#include "host/export/export_files.h"
#include "host/export/hnsw/hnsw.h"
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

// The rest of an IndexScalarQuantizer's header, of `bytes` a number; the codes follow.
std::string QuantizerHeader(int32_t quantizer, const std::vector<float>& ranges, int64_t count,
                            int64_t dimension, int64_t bytes) {
  std::string header = IndexHeader("IxSQ", count, dimension);
  PutRaw(quantizer, &header);
  PutRaw(int32_t{0}, &header);
  PutRaw(0.0f, &header);
  PutRaw(static_cast<uint64_t>(dimension), &header);
  PutRaw(static_cast<uint64_t>(dimension * bytes), &header);
  PutRaw(static_cast<uint64_t>(ranges.size()), &header);
  for (const float number : ranges) PutRaw(number, &header);
  PutRaw(static_cast<uint64_t>(count * dimension * bytes), &header);
  return header;
}

// The header and, a block of rows at a time, what `encode` makes of the items.
template <class Code, class Encode>
void WriteFaissRows(const std::string& path, const std::string& header, const ExportVectors& exact,
                    const Encode& encode) {
  OutputFile file(path);
  file.Write(header.data(), static_cast<int64_t>(header.size()));
  AlignedVector<float> buffer;
  std::vector<Code> codes;
  ForRowBlocks(exact.items(), [&](int64_t begin, int64_t end) {
    codes.resize(static_cast<size_t>((end - begin) * exact.dimension()));
    encode(exact.Items(begin, end, &buffer), begin, end - begin, codes.data());
    file.Write(codes.data(), static_cast<int64_t>(codes.size() * sizeof(Code)));
  });
  file.Commit();
}

void WriteHalfItems(const ExportSource& source, const ExportVectors& exact, const std::string& path,
                    CardExport* card) {
  const int64_t width = exact.dimension();
  const auto narrow = [&](const float* rows, int64_t first, int64_t count, Fp16* out) {
    NarrowToHalf(rows, first, count, width, "item", out);
  };
  const auto read = [&](int64_t begin, int64_t end, float* out) {
    AlignedVector<float> buffer;
    std::vector<Fp16> values(static_cast<size_t>((end - begin) * width));
    narrow(exact.Items(begin, end, &buffer), begin, end - begin, values.data());
    ReadHalf(values.data(), (end - begin) * width, out);
  };
  ReportNarrowRecall(source, exact, nullptr, read, card);
  WriteFaissRows<Fp16>(path, QuantizerHeader(kQuantizerFp16, {}, exact.items(), width, 2), exact,
                       narrow);
}

void WriteByteItems(const ExportSource& source, const ExportVectors& exact, const std::string& path,
                    CardExport* card) {
  const int64_t width = exact.dimension();
  ColumnRanges ranges(width);
  AlignedVector<float> buffer;
  ForRowBlocks(exact.items(), [&](int64_t begin, int64_t end) {
    ranges.Add(exact.Items(begin, end, &buffer), end - begin);
  });
  const auto read = [&](int64_t begin, int64_t end, float* out) {
    std::vector<uint8_t> codes(static_cast<size_t>((end - begin) * width));
    ranges.Narrow(exact.Items(begin, end, &buffer), end - begin, codes.data());
    ranges.Read(codes.data(), end - begin, out);
  };
  ReportNarrowRecall(source, exact, nullptr, read, card);
  WriteFaissRows<uint8_t>(
      path, QuantizerHeader(kQuantizer8Bit, ranges.Trained(), exact.items(), width, 1), exact,
      [&](const float* rows, int64_t, int64_t count, uint8_t* out) {
        ranges.Narrow(rows, count, out);
      });
}

void WriteHnswItems(const ExportSource& source, const ExportVectors& exact, const std::string& path,
                    CardExport* card) {
  HnswSettings settings;
  settings.ef_search = static_cast<int>(source.request.ef_search);
  const std::unique_ptr<HnswIndex> index = MakeHnsw(exact.dimension(), exact.items(), settings);
  AlignedVector<float> buffer;
  ForRowBlocks(exact.items(), [&](int64_t begin, int64_t end) {
    index->Add(exact.Items(begin, end, &buffer), end - begin);
    source.progress.Step("indexing", end, exact.items(), "items");
  });
  card->vectors.emplace_back("index", "hnsw");
  for (const auto& [name, value] : SettingsOf(settings)) {
    card->vectors.emplace_back(name, std::to_string(value));
  }
  ReportRecall(
      source, exact, "The index is HNSW",
      [&](const float* users, int64_t count, int64_t k) { return index->Search(users, count, k); },
      card);
  OutputFile file(path);
  index->Write(file);
  file.Commit();
}

// The items in the request's precision.
void WriteFaissItems(const ExportSource& source, const ExportVectors& exact,
                     const std::string& path, CardExport* card) {
  const ExportRequest& request = source.request;
  std::string kind = "`IndexFlatIP`";
  if (request.index == "hnsw") {
    kind = "`IndexHNSWFlat`, inner product,";
    WriteHnswItems(source, exact, path, card);
  } else if (request.precision == "fp16") {
    kind = "`IndexScalarQuantizer` (QT_fp16)";
    WriteHalfItems(source, exact, path, card);
  } else if (request.precision == "int8") {
    kind = "`IndexScalarQuantizer` (QT_8bit)";
    WriteByteItems(source, exact, path, card);
  } else {
    WriteFaissFlat(path, exact);
  }
  card->files.emplace_back("items.faiss", kind + " over the item vectors");
}

}  // namespace

void WriteFaissFlat(const std::string& path, const ExportVectors& items) {
  std::string header = IndexHeader("IxFI", items.items(), items.dimension());
  PutRaw(static_cast<uint64_t>(items.items() * items.dimension()), &header);
  OutputFile file(path);
  file.Write(header.data(), static_cast<int64_t>(header.size()));
  AlignedVector<float> buffer;
  ForRowBlocks(items.items(), [&](int64_t begin, int64_t end) {
    const float* rows = items.Items(begin, end, &buffer);
    file.Write(rows, (end - begin) * items.dimension() * static_cast<int64_t>(sizeof(float)));
  });
  file.Commit();
}

void ExportFaiss(const ExportSource& source, const std::string& directory, CardExport* card) {
  const ExportVectors exact = VectorsOf(source, card);
  WriteFaissItems(source, exact, directory + "/items.faiss", card);
  const ArrayView users = MadeArray<float>("user_factors", {exact.users(), exact.dimension()},
                                           [&](int64_t begin, int64_t end, float* out) {
                                             AlignedVector<float> buffer;
                                             std::copy_n(exact.Users(begin, end, &buffer),
                                                         (end - begin) * exact.dimension(), out);
                                           });
  WriteSafetensors(directory + "/users.safetensors", {users}, {{"producer", "tidewright"}});
  card->files.emplace_back("users.safetensors", "`user_factors`, float32: the queries");
  WriteIdLists(source, directory, true, card);
}

}  // namespace tidewright
