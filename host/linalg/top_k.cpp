#include "host/linalg/top_k.h"

#define HWY_DISABLED_TARGETS HWY_SSSE3
#define HWY_TARGET_INCLUDE "host/linalg/top_k_kernels-inl.h"
#include <hwy/foreach_target.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>

#include "host/core/aligned.h"
#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/linalg/gemm.h"
#include "host/linalg/top_k_kernels-inl.h"

namespace tidewright {

HWY_EXPORT(PlacesAboveKernel);
HWY_EXPORT(CountAgainstKernel);

namespace {

constexpr int kMaxK = 1024;
// A tile of scores, 512 KB at most, stays in a core's cache while it is masked and searched.
constexpr int64_t kMaxQueries = 256;
constexpr int64_t kTileItems = 512;
constexpr int64_t kVector = 16;
// Up to so many relevant items, comparing all scores with each is cheaper than searching for each.
constexpr int64_t kFewRelevant = 64;
constexpr float kMasked = -std::numeric_limits<float>::infinity();

// A score and its item as one number that sorts best first, ties by the smaller id.
uint64_t CandidateKey(float score, int32_t item) {
  const uint32_t bits = std::bit_cast<uint32_t>(score + 0.0f);  // -0 is 0
  const uint32_t rising = bits ^ (bits >> 31 ? 0xffffffffu : 0x80000000u);
  return static_cast<uint64_t>(~rising) << 32 | static_cast<uint32_t>(item);
}

int32_t CandidateItem(uint64_t key) { return static_cast<int32_t>(key & 0xffffffffu); }

float CandidateScore(uint64_t key) {
  const uint32_t rising = ~static_cast<uint32_t>(key >> 32);
  return std::bit_cast<float>(rising >> 31 ? rising ^ 0x80000000u : ~rising);
}

// The best k of what it is offered, items rising.
class BestK {
 public:
  void Reset(int k) {
    k_ = static_cast<size_t>(k);
    threshold_ = kMasked;
    keys_.clear();
  }

  // scores[i] belongs to item first_item + i; n is a multiple of kVector. `places` is scratch.
  void Offer(const float* scores, int64_t n, int64_t first_item, int32_t* places) {
    const int64_t found = HWY_DYNAMIC_DISPATCH(PlacesAboveKernel)(scores, n, threshold_, places);
    for (int64_t i = 0; i < found; ++i) {
      keys_.push_back(
          CandidateKey(scores[places[i]], static_cast<int32_t>(first_item + places[i])));
    }
    if (keys_.size() >= std::max<size_t>(2 * k_, 64)) KeepBest();
  }

  void Write(int32_t* ids, float* scores) {
    std::sort(keys_.begin(), keys_.end());
    for (size_t rank = 0; rank < k_; ++rank) {
      const bool left = rank < keys_.size();
      ids[rank] = left ? CandidateItem(keys_[rank]) : -1;
      scores[rank] = left ? CandidateScore(keys_[rank]) : kMasked;
    }
  }

 private:
  // Later items have greater ids, so only a score above the k-th best can still enter.
  void KeepBest() {
    if (keys_.size() <= k_) return;
    const auto kth = keys_.begin() + static_cast<int64_t>(k_) - 1;
    std::nth_element(keys_.begin(), kth, keys_.end());
    threshold_ = CandidateScore(*kth);
    keys_.resize(k_);
  }

  size_t k_ = 0;
  float threshold_ = kMasked;
  std::vector<uint64_t> keys_;
};

// How many of the rising values lie below `value`; n > 0. Without branches: scores come in no order
// that a branch predictor could learn.
int64_t CountBelow(const float* rising, int64_t n, float value) {
  const float* base = rising;
  for (; n > 1; n -= n / 2) base += (base[n / 2 - 1] < value) * (n / 2);
  return base - rising + (*base < value);
}

// How many candidates score above, and level with, each relevant item of one query.
class RelevantCounts {
 public:
  // scores: of the relevant items, by the arithmetic that ranks them.
  void Reset(std::vector<float> scores) {
    scores_ = std::move(scores);
    sorted_ = scores_;
    std::sort(sorted_.begin(), sorted_.end());
    higher_.assign(scores_.size() + 1, 0);
    equal_.assign(scores_.size() + 1, 0);
  }

  void Count(const float* candidates, int64_t n, int32_t* places) {
    const int64_t relevant = static_cast<int64_t>(sorted_.size());
    if (relevant <= kFewRelevant) {
      for (int64_t i = 0; i < relevant; ++i) {
        HWY_DYNAMIC_DISPATCH(CountAgainstKernel)
        (candidates, n, scores_[i], &higher_[i], &equal_[i]);
      }
      return;
    }
    // Only scores that reach the lowest relevant one are searched for. higher_[p]: the candidates
    // that are above exactly p of the sorted scores; equal_[p]: of those, level with the next.
    const float below = std::nextafter(sorted_.front(), kMasked);
    const int64_t found = HWY_DYNAMIC_DISPATCH(PlacesAboveKernel)(candidates, n, below, places);
    for (int64_t i = 0; i < found; ++i) {
      const float score = candidates[places[i]];
      const int64_t at = CountBelow(sorted_.data(), relevant, score);
      ++higher_[at];
      equal_[at] += at < relevant && sorted_[at] == score;
    }
  }

  void Write(int64_t* higher, int64_t* equal) const {
    const int64_t relevant = static_cast<int64_t>(sorted_.size());
    if (relevant <= kFewRelevant) {
      std::copy_n(higher_.begin(), relevant, higher);
      std::copy_n(equal_.begin(), relevant, equal);
      return;
    }
    std::vector<int64_t> above(static_cast<size_t>(relevant));
    int64_t total = 0;
    for (int64_t i = relevant - 1; i >= 0; --i) above[i] = total += higher_[i + 1];
    for (int64_t i = 0; i < relevant; ++i) {
      const int64_t at = CountBelow(sorted_.data(), relevant, scores_[i]);
      higher[i] = above[at];
      equal[i] = equal_[at];
    }
  }

 private:
  std::vector<float> scores_;  // in the order of the request
  std::vector<float> sorted_;  // rising
  std::vector<int64_t> higher_;
  std::vector<int64_t> equal_;
};

// What one thread works with.
struct Workspace {
  AlignedVector<float> scores;
  AlignedVector<float> relevant_rows;
  std::vector<float> saved;
  std::vector<int32_t> places;
  std::vector<BestK> best;
  std::vector<RelevantCounts> counts;
  std::vector<int64_t> next_masked;
  std::vector<int64_t> next_relevant;
};

class TopKRun {
 public:
  TopKRun(const TopKRequest& request, TopKResult* result) : request_(request), result_(result) {}

  void RunBlock(int64_t begin, int64_t end, Workspace* work) const {
    Prepare(begin, end, work);
    for (int64_t item = 0; item < request_.item_count; item += kTileItems) {
      const int64_t width = std::min(kTileItems, request_.item_count - item);
      const int64_t padded = (width + kVector - 1) / kVector * kVector;
      GemmNT(end - begin, width, request_.factors, request_.queries + begin * request_.factors,
             request_.factors, request_.items + item * request_.factors, request_.factors,
             work->scores.data(), kTileItems);
      for (int64_t query = begin; query < end; ++query) {
        float* scores = work->scores.data() + (query - begin) * kTileItems;
        std::fill(scores + width, scores + padded, kMasked);
        Mask(query, query - begin, item, width, scores, work);
        if (HasRelevant()) Count(query, query - begin, item, width, padded, scores, work);
        work->best[query - begin].Offer(scores, padded, item, work->places.data());
      }
    }
    for (int64_t query = begin; query < end; ++query) {
      work->best[query - begin].Write(result_->ids.data() + query * request_.k,
                                      result_->scores.data() + query * request_.k);
      if (!HasRelevant()) continue;
      const int64_t first = request_.relevant.offsets[query];
      work->counts[query - begin].Write(result_->higher.data() + first,
                                        result_->equal.data() + first);
    }
  }

 private:
  bool HasRelevant() const { return request_.relevant.rows > 0; }
  bool HasMasked() const { return request_.masked.rows > 0; }

  void Prepare(int64_t begin, int64_t end, Workspace* work) const {
    const size_t queries = static_cast<size_t>(end - begin);
    work->scores.resize(queries * kTileItems);
    work->places.resize(kTileItems + kVector);
    work->best.resize(queries);
    work->counts.resize(queries);
    work->next_masked.resize(queries);
    work->next_relevant.resize(queries);
    for (int64_t query = begin; query < end; ++query) {
      work->best[query - begin].Reset(request_.k);
      if (HasMasked()) work->next_masked[query - begin] = request_.masked.offsets[query];
      if (!HasRelevant()) continue;
      work->next_relevant[query - begin] = request_.relevant.offsets[query];
      work->counts[query - begin].Reset(RelevantScores(query, &work->relevant_rows));
    }
  }

  // An element of GemmNT depends on its two rows alone, so these are the floats of the tiles.
  std::vector<float> RelevantScores(int64_t query, AlignedVector<float>* rows) const {
    const int64_t factors = request_.factors;
    const int64_t first = request_.relevant.offsets[query];
    const int64_t count = request_.relevant.offsets[query + 1] - first;
    rows->resize(static_cast<size_t>(count * factors));
    for (int64_t i = 0; i < count; ++i) {
      std::copy_n(request_.items + request_.relevant.ids[first + i] * factors, factors,
                  rows->data() + i * factors);
    }
    std::vector<float> scores(static_cast<size_t>(count));
    GemmNT(1, count, factors, request_.queries + query * factors, factors, rows->data(), factors,
           scores.data(), count);
    return scores;
  }

  void Mask(int64_t query, int64_t row, int64_t first_item, int64_t width, float* scores,
            Workspace* work) const {
    if (HasMasked()) {
      int64_t& next = work->next_masked[row];
      const int64_t end = request_.masked.offsets[query + 1];
      for (; next < end && request_.masked.ids[next] < first_item + width; ++next) {
        scores[request_.masked.ids[next] - first_item] = kMasked;
      }
    }
    if (request_.denied != nullptr) {
      for (int64_t i = 0; i < width; ++i) {
        if (request_.denied[first_item + i] != 0) scores[i] = kMasked;
      }
    }
  }

  // Relevant items are candidates of the ranking, not of the counts: they step aside for these.
  void Count(int64_t query, int64_t row, int64_t first_item, int64_t width, int64_t padded,
             float* scores, Workspace* work) const {
    const int64_t first = work->next_relevant[row];
    const int64_t end = request_.relevant.offsets[query + 1];
    int64_t next = first;
    work->saved.clear();
    for (; next < end && request_.relevant.ids[next] < first_item + width; ++next) {
      float& score = scores[request_.relevant.ids[next] - first_item];
      work->saved.push_back(score);
      score = kMasked;
    }
    work->counts[row].Count(scores, padded, work->places.data());
    for (int64_t i = first; i < next; ++i) {
      scores[request_.relevant.ids[i] - first_item] = work->saved[i - first];
    }
    work->next_relevant[row] = next;
  }

  const TopKRequest& request_;
  TopKResult* result_;
};

}  // namespace

TopKResult TopKCpu(const TopKRequest& request) {
  if (request.k < 1 || request.k > kMaxK) {
    throw UsageError("k = " + std::to_string(request.k) + " is not between 1 and " +
                     std::to_string(kMaxK));
  }
  TopKResult result;
  result.ids.resize(static_cast<size_t>(request.count * request.k));
  result.scores.resize(result.ids.size());
  if (request.count == 0) return result;
  if (request.relevant.rows > 0) {
    result.higher.resize(static_cast<size_t>(request.relevant.offsets[request.relevant.rows]));
    result.equal.resize(result.higher.size());
  }
  const TopKRun run(request, &result);
  std::vector<Workspace> workspaces(static_cast<size_t>(NumThreads()));
  const int64_t share = (request.count + NumThreads() - 1) / NumThreads();
  ParallelRanges(request.count, std::min(kMaxQueries, (share + 7) / 8 * 8),
                 [&](int64_t begin, int64_t end, int thread) {
                   run.RunBlock(begin, end, &workspaces[static_cast<size_t>(thread)]);
                 });
  return result;
}

}  // namespace tidewright
