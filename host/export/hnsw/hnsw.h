#ifndef TIDEWRIGHT_HOST_EXPORT_HNSW_HNSW_H_
#define TIDEWRIGHT_HOST_EXPORT_HNSW_HNSW_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "host/core/atomic_file.h"

namespace tidewright {

// FAISS's graph of near neighbours (Malkov and Yashunin 2016, "Efficient and robust approximate
// nearest neighbor search using Hierarchical Navigable Small World graphs"), over inner products.
// CMake links libfaiss.cpp where TIDEWRIGHT_FAISS is ON, else unavailable.cpp. What libfaiss throws
// comes as an Error of ExitCode::kDevice: it is short of memory.

struct HnswSettings {
  int links = 32;             // M: neighbours a vector; twice as many at the lowest level
  int ef_construction = 200;  // candidates that are kept while a vector is put in
  int ef_search = 256;        // while one is sought, --ef-search; written into the index
};
// Their names and values, as a model card has them.
std::vector<std::pair<std::string, int>> SettingsOf(const HnswSettings& settings);

class HnswIndex {
 public:
  virtual ~HnswIndex() = default;
  // Row-major. On one thread: the graph depends on the order in which vectors come.
  virtual void Add(const float* rows, int64_t count) = 0;
  // The `k` best of each query, best first; -1 where fewer are found.
  virtual std::vector<int32_t> Search(const float* queries, int64_t count, int64_t k) const = 0;
  // FAISS's own file of it. Throws IoError.
  virtual void Write(OutputFile& file) const = 0;
};

// Whether this program was built with libfaiss.
bool HasLibfaiss();
// Throws UsageError, saying how to build with it, where it was not.
void RequireLibfaiss();
// For `rows` vectors, for which it takes memory at once. Throws as RequireLibfaiss.
std::unique_ptr<HnswIndex> MakeHnsw(int64_t dimension, int64_t rows, const HnswSettings& settings);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_HNSW_HNSW_H_
