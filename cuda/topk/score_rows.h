#ifndef TIDEWRIGHT_CUDA_TOPK_SCORE_ROWS_H_
#define TIDEWRIGHT_CUDA_TOPK_SCORE_ROWS_H_

#include <cstdint>
#include <limits>

namespace tidewright {

constexpr int kTopKThreads = 256;
constexpr float kMaskedScore = -std::numeric_limits<float>::infinity();

// A batch of queries' scores of all items, and what is known of each query. Row b of `scores`
// belongs to query first_query + b of the request, whose CSRs these are. All pointers are the
// device's.
struct ScoreRows {
  float* scores = nullptr;
  int64_t items = 0;
  int64_t first_query = 0;
  const int64_t* masked_offsets = nullptr;  // null: none
  const int32_t* masked_ids = nullptr;
  const uint8_t* denied = nullptr;  // a flag an item, or null
  const int64_t* relevant_offsets = nullptr;
  const int32_t* relevant_ids = nullptr;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_TOPK_SCORE_ROWS_H_
