#include <algorithm>
#include <string>

#include "cuda/core/device_buffer.h"
#include "cuda/core/pinned_buffer.h"
#include "cuda/core/trace.h"
#include "cuda/topk/top_k_cuda.h"
#include "cuda/topk/top_k_kernels.cuh"
#include "host/core/errors.h"

namespace tidewright {
namespace {

// Scores on the device at a time: 256 MiB of them, and no more queries than keep the grid busy.
constexpr int64_t kScoresAtOnce = int64_t{1} << 26;
constexpr int64_t kMostQueries = 8192;

// scores[count x items] = queries[count x factors] items[items x factors]^T, row-major.
void Score(const DeviceContext& context, const float* queries, int64_t count, const float* items,
           int64_t item_count, int64_t factors, float* scores) {
  const float one = 1.0f;
  const float zero = 0.0f;
  // cuBLAS thinks in columns: what is row-major here is its transpose there.
  CUBLAS_CHECK(cublasSgemm_64(context.cublas(), CUBLAS_OP_T, CUBLAS_OP_N, item_count, count,
                              factors, &one, items, factors, queries, factors, &zero, scores,
                              item_count));
}

struct DeviceCsr {
  DeviceCsr(const DeviceContext& context, const CsrView& matrix) {
    if (matrix.rows == 0) return;
    offsets = DeviceBuffer<int64_t>(
        context, std::span(matrix.offsets, static_cast<size_t>(matrix.rows + 1)));
    ids = DeviceBuffer<int32_t>(
        context, std::span(matrix.ids, static_cast<size_t>(matrix.offsets[matrix.rows])));
  }
  DeviceBuffer<int64_t> offsets;
  DeviceBuffer<int32_t> ids;
};

}  // namespace

TopKResult TopKCuda(const DeviceContext& context, const TopKRequest& request) {
  if (request.k < 1 || request.k > kMaxTopK) {
    throw UsageError("k = " + std::to_string(request.k) + " is not between 1 and " +
                     std::to_string(kMaxTopK));
  }
  const TraceRange range("top-k");
  context.MakeCurrent();
  const auto size = [](int64_t count) { return static_cast<size_t>(count); };
  const int64_t k = request.k;
  TopKResult result;
  result.ids.resize(size(request.count * k));
  result.scores.resize(result.ids.size());
  if (request.count == 0) return result;
  const bool counts = request.relevant.rows > 0;
  const int64_t relevant = counts ? request.relevant.offsets[request.relevant.rows] : 0;
  result.higher.resize(size(relevant));
  result.equal.resize(size(relevant));

  const DeviceCsr masked(context, request.masked);
  const DeviceCsr targets(context, request.relevant);
  DeviceBuffer<uint8_t> denied;
  if (request.denied != nullptr) {
    denied = DeviceBuffer<uint8_t>(context, std::span(request.denied, size(request.item_count)));
  }
  DeviceBuffer<float> saved(context, relevant);
  DeviceBuffer<int64_t> higher(context, relevant);
  DeviceBuffer<int64_t> equal(context, relevant);

  const int64_t batch =
      std::min(request.count, std::clamp(kScoresAtOnce / std::max<int64_t>(request.item_count, 1),
                                         int64_t{1}, kMostQueries));
  // Items that do not fit beside the scores are read where they are.
  const int64_t item_floats = request.item_count * request.factors;
  const bool fits =
      4 * (item_floats + batch * (request.item_count + request.factors)) < context.FreeBytes();
  DeviceBuffer<float> resident;
  PinnedBuffer<float> pinned;
  if (fits) {
    resident = DeviceBuffer<float>(context, std::span(request.items, size(item_floats)));
  } else {
    pinned = PinnedBuffer<float>(item_floats);
    std::copy_n(request.items, item_floats, pinned.data());
  }
  const float* items = fits ? resident.data() : pinned.data();
  DeviceBuffer<float> queries(context, batch * request.factors);
  DeviceBuffer<float> scores(context, batch * request.item_count);
  DeviceBuffer<int32_t> best_ids(context, batch * k);
  DeviceBuffer<float> best_scores(context, batch * k);

  for (int64_t first = 0; first < request.count; first += batch) {
    const int64_t count = std::min(batch, request.count - first);
    const unsigned blocks = static_cast<unsigned>(count);
    queries.Upload(
        std::span(request.queries + first * request.factors, size(count * request.factors)));
    Score(context, queries.data(), count, items, request.item_count, request.factors,
          scores.data());
    ScoreRows rows;
    rows.scores = scores.data();
    rows.items = request.item_count;
    rows.first_query = first;
    rows.masked_offsets = masked.offsets.data();
    rows.masked_ids = masked.ids.data();
    rows.denied = denied.data();
    rows.relevant_offsets = targets.offsets.data();
    rows.relevant_ids = targets.ids.data();
    if (counts) {
      SaveRelevantKernel<<<blocks, kTopKThreads, 0, context.stream()>>>(rows, saved.data());
      CUDA_CHECK(cudaGetLastError());
    }
    MaskKernel<<<blocks, kTopKThreads, 0, context.stream()>>>(rows);
    CUDA_CHECK(cudaGetLastError());
    SelectTopKKernel<<<blocks, kTopKThreads, 0, context.stream()>>>(
        rows, request.k, best_ids.data(), best_scores.data());
    CUDA_CHECK(cudaGetLastError());
    if (counts) {
      CountAboveKernel<<<blocks, kTopKThreads, 0, context.stream()>>>(rows, saved.data(),
                                                                      higher.data(), equal.data());
      CUDA_CHECK(cudaGetLastError());
    }
    best_ids.Download(std::span(result.ids).subspan(size(first * k), size(count * k)));
    best_scores.Download(std::span(result.scores).subspan(size(first * k), size(count * k)));
  }
  higher.Download(result.higher);
  equal.Download(result.equal);
  return result;
}

}  // namespace tidewright
