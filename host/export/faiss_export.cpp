#include "host/export/faiss_export.h"

#include <cstring>
#include <limits>

#include "host/core/atomic_file.h"
#include "host/core/errors.h"
#include "host/export/export_files.h"
#include "host/model/safetensors.h"

namespace tidewright {
namespace {

template <class T>
void PutRaw(T value, std::string* bytes) {
  char raw[sizeof(T)];
  std::memcpy(raw, &value, sizeof(T));
  bytes->append(raw, sizeof(T));
}

}  // namespace

void WriteFaissFlat(const std::string& path, const float* vectors, int64_t count,
                    int64_t dimension) {
  if (dimension > std::numeric_limits<int32_t>::max()) {
    throw UsageError("FAISS takes at most 2147483647 dimensions");
  }
  constexpr int64_t kUnused = 1 << 20;
  std::string header = "IxFI";
  PutRaw(static_cast<int32_t>(dimension), &header);
  PutRaw(count, &header);
  PutRaw(kUnused, &header);
  PutRaw(kUnused, &header);
  PutRaw(uint8_t{1}, &header);
  PutRaw(int32_t{0}, &header);
  PutRaw(static_cast<uint64_t>(count * dimension), &header);
  OutputFile file(path);
  file.Write(header.data(), static_cast<int64_t>(header.size()));
  file.Write(vectors, count * dimension * static_cast<int64_t>(sizeof(float)));
  file.Commit();
}

void ExportFaiss(const ExportSource& source, const std::string& directory, CardExport* card) {
  const auto& model = std::get<FactorModel>(source.artifact.model);
  WriteFaissFlat(directory + "/items.faiss", model.item_factors.data(), model.items, model.factors);
  card->files.emplace_back("items.faiss", "`IndexFlatIP` over the item vectors");
  WriteSafetensors(
      directory + "/users.safetensors",
      {ViewArray("user_factors", {model.users, model.factors}, model.user_factors.data())},
      {{"producer", "tidewright"}});
  card->files.emplace_back("users.safetensors", "`user_factors`, float32: the queries");
  WriteIdLists(source, directory, true, card);
}

}  // namespace tidewright
