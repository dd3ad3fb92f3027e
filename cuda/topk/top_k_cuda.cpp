#include "cuda/topk/top_k_cuda.h"

#include <span>
#include <string>

#include "cuda/core/device_buffer.h"
#include "cuda/core/trace.h"
#include "cuda/topk/top_k_launch.h"
#include "host/core/errors.h"
#include "host/linalg/candidate_key.h"

namespace tidewright {
namespace {

struct DeviceLists {
  DeviceLists(const DeviceContext& context, const CsrView& matrix) {
    if (matrix.rows == 0) return;
    offsets = DeviceBuffer<int64_t>(
        context, std::span(matrix.offsets, static_cast<size_t>(matrix.rows + 1)));
    ids = DeviceBuffer<int32_t>(
        context, std::span(matrix.ids, static_cast<size_t>(matrix.offsets[matrix.rows])));
  }
  DeviceBuffer<int64_t> offsets;
  DeviceBuffer<int32_t> ids;
};

// The items of a request: on the device as a whole where they are there or there is room, else a
// block at a time.
class DeviceItems {
 public:
  DeviceItems(const DeviceContext& context, const TopKRequest& request, TopKPlace place,
              int64_t block)
      : context_(context), request_(request), block_(block) {
    if (place == TopKPlace::kDevice) {
      whole_ = request.items;
      return;
    }
    const bool fits = 4 * request.item_count * request.factors <= context.FreeBytes();
    floats_ = DeviceBuffer<float>(context, (fits ? request.item_count : block) * request.factors);
    if (!fits) return;
    floats_.Upload(Host(0, request.item_count));
    whole_ = floats_.data();
  }

  // scores[count x items] = queries[count x factors] items^T, row-major, block by block.
  void Score(const float* queries, int64_t count, float* scores) {
    const float one = 1.0f;
    const float zero = 0.0f;
    const int64_t items = request_.item_count;
    const int64_t factors = request_.factors;
    for (int64_t first = 0; first < items; first += block_) {
      const int64_t some = std::min(block_, items - first);
      if (whole_ == nullptr) floats_.Upload(Host(first, some));
      const float* block = whole_ == nullptr ? floats_.data() : whole_ + first * factors;
      // cuBLAS thinks in columns: what is row-major here is its transpose there.
      CUBLAS_CHECK(cublasSgemm_64(context_.cublas(), CUBLAS_OP_T, CUBLAS_OP_N, some, count, factors,
                                  &one, block, factors, queries, factors, &zero, scores + first,
                                  items));
    }
  }

 private:
  std::span<const float> Host(int64_t first, int64_t count) const {
    return {request_.items + first * request_.factors,
            static_cast<size_t>(count * request_.factors)};
  }

  const DeviceContext& context_;
  const TopKRequest& request_;
  const int64_t block_;
  DeviceBuffer<float> floats_;
  const float* whole_ = nullptr;
};

// queries[0 .. floats) from where they are.
void TakeQueries(const DeviceContext& context, const float* from, TopKPlace place, int64_t floats,
                 DeviceBuffer<float>* queries) {
  if (place == TopKPlace::kHost) {
    queries->Upload(std::span(from, static_cast<size_t>(floats)));
    return;
  }
  CUDA_CHECK(cudaMemcpyAsync(queries->data(), from, 4 * static_cast<size_t>(floats),
                             cudaMemcpyDeviceToDevice, context.stream()));
}

}  // namespace

int64_t TopKBytes(int64_t count, int64_t items, int64_t factors, int64_t k,
                  const TopKBlocks& blocks) {
  return blocks.Queries(count, items) * (4 * (items + factors) + 8 * k) +
         4 * blocks.Items(items, factors) * factors;
}

TopKResult TopKCuda(const DeviceContext& context, const TopKRequest& request, TopKPlace place,
                    const TopKBlocks& blocks) {
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

  const DeviceLists masked(context, request.masked);
  const DeviceLists targets(context, request.relevant);
  DeviceBuffer<uint8_t> denied;
  if (request.denied != nullptr) {
    denied = DeviceBuffer<uint8_t>(context, std::span(request.denied, size(request.item_count)));
  }
  DeviceBuffer<float> saved(context, relevant);
  DeviceBuffer<int64_t> higher(context, relevant);
  DeviceBuffer<int64_t> equal(context, relevant);

  const int64_t batch = blocks.Queries(request.count, request.item_count);
  context.RefuseWhatDoesNotFit(
      TopKBytes(request.count, request.item_count, request.factors, k, blocks),
      "ranking " + std::to_string(request.item_count) + " items for " + std::to_string(batch) +
          " users at a time",
      "use another device or --device cpu");
  DeviceBuffer<float> queries(context, batch * request.factors);
  DeviceBuffer<float> scores(context, batch * request.item_count);
  DeviceBuffer<int32_t> best_ids(context, batch * k);
  DeviceBuffer<float> best_scores(context, batch * k);
  DeviceItems items(context, request, place, blocks.Items(request.item_count, request.factors));

  ScoreRows rows;
  rows.scores = scores.data();
  rows.items = request.item_count;
  rows.masked_offsets = masked.offsets.data();
  rows.masked_ids = masked.ids.data();
  rows.denied = denied.data();
  rows.relevant_offsets = targets.offsets.data();
  rows.relevant_ids = targets.ids.data();
  const RankedRows ranked{best_ids.data(), best_scores.data(), counts ? saved.data() : nullptr,
                          higher.data(), equal.data()};
  for (int64_t first = 0; first < request.count; first += batch) {
    const int64_t count = std::min(batch, request.count - first);
    TakeQueries(context, request.queries + first * request.factors, place, count * request.factors,
                &queries);
    items.Score(queries.data(), count, scores.data());
    rows.first_query = first;
    LaunchRank(context, rows, count, request.k, ranked);
    best_ids.Download(std::span(result.ids).subspan(size(first * k), size(count * k)));
    best_scores.Download(std::span(result.scores).subspan(size(first * k), size(count * k)));
  }
  higher.Download(result.higher);
  equal.Download(result.equal);
  return result;
}

}  // namespace tidewright
