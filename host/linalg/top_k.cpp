#include "host/linalg/top_k.h"

#define HWY_DISABLED_TARGETS HWY_SSSE3
#define HWY_TARGET_INCLUDE "host/linalg/top_k_kernels-inl.h"
#include <hwy/foreach_target.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "host/core/aligned.h"
#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/linalg/candidate_key.h"
#include "host/linalg/gemm.h"
#include "host/linalg/item_order.h"
#include "host/linalg/packed.h"
#include "host/linalg/top_k_kernels-inl.h"

namespace tidewright {

HWY_EXPORT(PlacesAboveKernel);
HWY_EXPORT(CountAgainstKernel);

namespace {

// A tile of scores, 512 KB at most, stays in a core's cache while it is masked and searched.
constexpr int64_t kMaxQueries = 256;
constexpr int64_t kTileItems = 512;
constexpr int64_t kVector = 16;
// More candidates than k before the k-th best is looked for anew.
constexpr size_t kFewCandidates = 16;
// Up to so many relevant items, comparing all scores with each is cheaper than searching for each.
constexpr int64_t kFewRelevant = 64;
constexpr float kMasked = -std::numeric_limits<float>::infinity();

// The best k of what it is offered.
class BestK {
 public:
  void Reset(int k) {
    k_ = static_cast<size_t>(k);
    worst_ = std::numeric_limits<uint64_t>::max();
    keys_.clear();
  }

  // A score below this one cannot enter any more.
  float threshold() const { return full() ? CandidateScore(worst_) : kMasked; }

  // scores[i] is of the item at that place; n is a multiple of kVector. `found` is scratch.
  void Offer(const float* scores, int64_t n, const ItemOrder& order, int64_t place,
             int32_t* found) {
    // Scores level with the k-th best enter where their item's id is smaller.
    const float below = full() ? std::nextafter(threshold(), kMasked) : kMasked;
    const int64_t count = HWY_DYNAMIC_DISPATCH(PlacesAboveKernel)(scores, n, below, found);
    for (int64_t i = 0; i < count; ++i) {
      const uint64_t key = CandidateKey(scores[found[i]], order.item(place + found[i]));
      if (key < worst_) keys_.push_back(key);
    }
    if (keys_.size() >= k_ + std::max(k_ / 2, kFewCandidates)) KeepBest();
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
  bool full() const { return worst_ != std::numeric_limits<uint64_t>::max(); }

  void KeepBest() {
    const auto kth = keys_.begin() + static_cast<int64_t>(k_) - 1;
    std::nth_element(keys_.begin(), kth, keys_.end());
    worst_ = *kth;
    keys_.resize(k_);
  }

  size_t k_ = 0;
  uint64_t worst_ = 0;  // the k-th best key when last looked at; the greatest number: none yet
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

// One query of a block.
struct Query {
  int64_t row = 0;  // of the request
  double length = 0;
  BestK best;
  RelevantCounts counts;
  std::vector<int32_t> masked;    // places, rising
  std::vector<int32_t> relevant;  // places, rising
  size_t next_masked = 0;
  size_t next_relevant = 0;
};

// What one thread works with.
struct Workspace {
  AlignedVector<float> vectors;  // of the queries that are not done, one after the other
  AlignedVector<float> scores;
  AlignedVector<float> relevant_rows;
  std::vector<float> saved;
  std::vector<int32_t> found;
  std::vector<Query> queries;
  std::vector<Query*> open;  // those that are not done
};

class TopKRun {
 public:
  TopKRun(const TopKRequest& request, TopKResult* result)
      : request_(request),
        result_(result),
        order_(request.items, request.item_count, request.factors, request.denied,
               request.relevant.rows == 0) {}

  void RunBlock(int64_t begin, int64_t end, Workspace* work) const {
    Prepare(begin, end, work);
    for (int64_t place = 0; place < order_.size(); place += kTileItems) {
      CloseWhatIsDone(place, work);
      if (work->open.empty()) break;
      const int64_t width = std::min(kTileItems, order_.size() - place);
      const int64_t padded = (width + kVector - 1) / kVector * kVector;
      GemmPackedPart(static_cast<int64_t>(work->open.size()), work->vectors.data(),
                     request_.factors, order_.packed(),
                     {0, request_.factors, place / kTile, place / kTile + TilesOf(width)},
                     work->scores.data(), kTileItems);
      for (size_t i = 0; i < work->open.size(); ++i) {
        Query& query = *work->open[i];
        float* scores = work->scores.data() + static_cast<int64_t>(i) * kTileItems;
        std::fill(scores + width, scores + padded, kMasked);
        for (; query.next_masked < query.masked.size() &&
               query.masked[query.next_masked] < place + width;
             ++query.next_masked) {
          scores[query.masked[query.next_masked] - place] = kMasked;
        }
        if (HasRelevant()) Count(place, width, padded, scores, &query, work);
        query.best.Offer(scores, padded, order_, place, work->found.data());
      }
    }
    for (int64_t row = begin; row < end; ++row) {
      Query& query = work->queries[row - begin];
      query.best.Write(result_->ids.data() + row * request_.k,
                       result_->scores.data() + row * request_.k);
      if (!HasRelevant()) continue;
      const int64_t first = request_.relevant.offsets[row];
      query.counts.Write(result_->higher.data() + first, result_->equal.data() + first);
    }
  }

 private:
  bool HasRelevant() const { return request_.relevant.rows > 0; }

  void Prepare(int64_t begin, int64_t end, Workspace* work) const {
    const int64_t factors = request_.factors;
    const size_t queries = static_cast<size_t>(end - begin);
    work->vectors.assign(request_.queries + begin * factors, request_.queries + end * factors);
    work->scores.resize(queries * kTileItems);
    work->found.resize(kTileItems + kVector);
    work->queries.resize(queries);
    work->open.clear();
    for (int64_t row = begin; row < end; ++row) {
      Query& query = work->queries[row - begin];
      query.row = row;
      query.length = Length(request_.queries + row * factors, factors);
      query.best.Reset(request_.k);
      Places(request_.masked, row, &query.masked, &query.next_masked);
      Places(request_.relevant, row, &query.relevant, &query.next_relevant);
      if (HasRelevant()) query.counts.Reset(RelevantScores(row, &work->relevant_rows));
      work->open.push_back(&query);
    }
  }

  void Places(const CsrView& rows, int64_t row, std::vector<int32_t>* places, size_t* next) const {
    *next = 0;
    if (rows.rows == 0) return;
    order_.PlacesOf(rows.ids + rows.offsets[row], rows.offsets[row + 1] - rows.offsets[row],
                    places);
  }

  // Drops the queries in which no item of this place or later can be among the best.
  void CloseWhatIsDone(int64_t place, Workspace* work) const {
    const int64_t factors = request_.factors;
    size_t kept = 0;
    for (size_t i = 0; i < work->open.size(); ++i) {
      Query* query = work->open[i];
      if (order_.Bound(query->length, place) < query->best.threshold()) continue;
      if (kept < i) {
        std::copy_n(work->vectors.data() + static_cast<int64_t>(i) * factors, factors,
                    work->vectors.data() + static_cast<int64_t>(kept) * factors);
      }
      work->open[kept++] = query;
    }
    work->open.resize(kept);
  }

  // An element of a product depends on its two rows alone, so these are the floats of the tiles.
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

  // Relevant items are candidates of the ranking, not of the counts: they step aside for these.
  void Count(int64_t place, int64_t width, int64_t padded, float* scores, Query* query,
             Workspace* work) const {
    const size_t first = query->next_relevant;
    size_t next = first;
    work->saved.clear();
    for (; next < query->relevant.size() && query->relevant[next] < place + width; ++next) {
      float& score = scores[query->relevant[next] - place];
      work->saved.push_back(score);
      score = kMasked;
    }
    query->counts.Count(scores, padded, work->found.data());
    for (size_t i = first; i < next; ++i) {
      scores[query->relevant[i] - place] = work->saved[i - first];
    }
    query->next_relevant = next;
  }

  const TopKRequest& request_;
  TopKResult* result_;
  ItemOrder order_;
};

}  // namespace

TopKResult TopKCpu(const TopKRequest& request) {
  if (request.k < 1 || request.k > kMaxTopK) {
    throw UsageError("k = " + std::to_string(request.k) + " is not between 1 and " +
                     std::to_string(kMaxTopK));
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
