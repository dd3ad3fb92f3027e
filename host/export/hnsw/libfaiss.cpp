#include <faiss/IndexHNSW.h>
#include <faiss/impl/FaissException.h>
#include <faiss/impl/io.h>
#include <faiss/index_io.h>
#include <omp.h>

#include <algorithm>
#include <limits>

#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/export/hnsw/hnsw.h"

namespace tidewright {
namespace {

// libfaiss's parallel loops on so many threads, as long as this lives.
class OpenMpThreads {
 public:
  explicit OpenMpThreads(int threads) : before_(omp_get_max_threads()) {
    omp_set_num_threads(threads);
  }
  ~OpenMpThreads() { omp_set_num_threads(before_); }
  OpenMpThreads(const OpenMpThreads&) = delete;
  OpenMpThreads& operator=(const OpenMpThreads&) = delete;

 private:
  int before_;
};

// What libfaiss throws is no error of ours. Its own checks hold here by construction (dimensions,
// counts), so that what is left is memory.
template <class Body>
void CallLibfaiss(const Body& body) {
  try {
    body();
  } catch (const faiss::FaissException& error) {
    throw DeviceError(std::string("--index hnsw: libfaiss: ") + error.what());
  }
}

class FileWriter : public faiss::IOWriter {
 public:
  explicit FileWriter(OutputFile& file) : file_(file) {}
  size_t operator()(const void* data, size_t size, size_t count) override {
    file_.Write(data, static_cast<int64_t>(size * count));
    return count;
  }

 private:
  OutputFile& file_;
};

int DimensionOf(int64_t dimension) {
  if (dimension <= std::numeric_limits<int>::max()) return static_cast<int>(dimension);
  throw UsageError("FAISS takes at most 2147483647 dimensions");
}

class LibfaissHnsw : public HnswIndex {
 public:
  LibfaissHnsw(int64_t dimension, int64_t rows, const HnswSettings& settings)
      : index_(DimensionOf(dimension), settings.links, faiss::METRIC_INNER_PRODUCT) {
    index_.hnsw.efConstruction = settings.ef_construction;
    index_.hnsw.efSearch = settings.ef_search;
    // Vectors that grow row by row take up to three times what they hold.
    const auto count = static_cast<size_t>(rows);
    dynamic_cast<faiss::IndexFlatCodes&>(*index_.storage)
        .codes.reserve(count * static_cast<size_t>(dimension) * sizeof(float));
    index_.hnsw.levels.reserve(count);
    index_.hnsw.offsets.reserve(count + 1);
    const auto links = static_cast<size_t>(settings.links);
    index_.hnsw.neighbors.reserve(count * 2 * links + count * links / (links - 1) + links);
  }

  void Add(const float* rows, int64_t count) override {
    const OpenMpThreads one(1);
    CallLibfaiss([&] { index_.add(count, rows); });
  }

  std::vector<int32_t> Search(const float* queries, int64_t count, int64_t k) const override {
    const OpenMpThreads all(NumThreads());
    std::vector<float> scores(static_cast<size_t>(count * k));
    std::vector<faiss::Index::idx_t> found(scores.size());
    CallLibfaiss([&] { index_.search(count, queries, k, scores.data(), found.data()); });
    std::vector<int32_t> rows(found.size());
    std::transform(found.begin(), found.end(), rows.begin(),
                   [](faiss::Index::idx_t row) { return static_cast<int32_t>(row); });
    return rows;
  }

  void Write(OutputFile& file) const override {
    FileWriter writer(file);
    CallLibfaiss([&] { faiss::write_index(&index_, &writer); });
  }

 private:
  faiss::IndexHNSWFlat index_;
};

}  // namespace

bool HasLibfaiss() { return true; }

std::unique_ptr<HnswIndex> MakeHnsw(int64_t dimension, int64_t rows, const HnswSettings& settings) {
  return std::make_unique<LibfaissHnsw>(dimension, rows, settings);
}

}  // namespace tidewright
