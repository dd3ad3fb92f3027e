#include "host/data/synthetic.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "host/core/config.h"
#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/core/random.h"

namespace tidewright {
namespace {

constexpr int64_t kUsersPerDraw = 512;
constexpr double kTwoPi = 6.283185307179586;

// What is drawn, each from a stream of its own.
enum class Purpose : uint64_t { kLength = 1, kRank = 2, kItem = 3, kKey = 4 };

PhiloxDraw Draw(uint64_t seed, Purpose purpose, uint64_t index) {
  const uint64_t stream =
      static_cast<uint64_t>(RandomStream::kSynthetic) | (static_cast<uint64_t>(purpose) << 8);
  return Philox(seed, stream, index);
}

double Normal(const PhiloxDraw& draw) {
  const double radius = std::sqrt(-2 * std::log(UniformDouble(draw.word[0], draw.word[1])));
  return radius * std::cos(kTwoPi * UniformDouble(draw.word[2], draw.word[3]));
}

void CheckShape(const SyntheticShape& shape) {
  constexpr int64_t kMaxSide = std::numeric_limits<int32_t>::max();
  if (shape.users < 1 || shape.items < 1 || shape.users > kMaxSide || shape.items > kMaxSide) {
    throw UsageError("a synthetic matrix needs 1 to 2147483647 users and items; got " +
                     std::to_string(shape.users) + " x " + std::to_string(shape.items));
  }
  if (shape.entries < 0 || shape.entries > shape.users * shape.items) {
    throw UsageError("a matrix of " + std::to_string(shape.users) + " x " +
                     std::to_string(shape.items) + " cannot have " + std::to_string(shape.entries) +
                     " entries; expected 0 to " + std::to_string(shape.users * shape.items));
  }
  if (!(shape.skew >= 0) || !(shape.head >= 0) || !(shape.length_spread >= 0) ||
      shape.min_length < 0) {
    throw UsageError("skew, head, length spread and minimal length cannot be negative");
  }
}

// Offsets of rows that sum to the entries exactly: the shares are rounded along their running sum.
std::vector<int64_t> RowOffsets(const SyntheticShape& shape, uint64_t seed) {
  std::vector<double> weights(static_cast<size_t>(shape.users));
  for (int64_t user = 0; user < shape.users; ++user) {
    weights[user] = std::exp(shape.length_spread *
                             Normal(Draw(seed, Purpose::kLength, static_cast<uint64_t>(user))));
  }
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  const int64_t mean = shape.entries / shape.users;
  const int64_t shortest = std::min(shape.min_length, mean);
  const int64_t rest = shape.entries - shortest * shape.users;
  const int64_t longest = std::max((shape.items + 1) / 2, std::min(shape.items, mean + 1));

  std::vector<int64_t> lengths(weights.size());
  double running = 0;
  int64_t given = 0;
  int64_t excess = 0;
  for (size_t user = 0; user < weights.size(); ++user) {
    running += weights[user];
    const bool last = user + 1 == weights.size();
    const double share = running / total * static_cast<double>(rest);
    const int64_t upto = last ? rest : std::min<int64_t>(rest, std::llround(share));
    const int64_t wanted = shortest + upto - given;
    given = upto;
    lengths[user] = std::min(wanted, longest);
    excess += wanted - lengths[user];
  }
  // What was cut off goes to the others, from the first on.
  for (size_t user = 0; excess > 0; ++user) {
    const int64_t more = std::min(excess, longest - lengths[user]);
    lengths[user] += more;
    excess -= more;
  }
  std::vector<int64_t> offsets(1, 0);
  for (const int64_t length : lengths) offsets.push_back(offsets.back() + length);
  return offsets;
}

// The weight of each item id.
std::vector<double> ItemWeights(const SyntheticShape& shape, uint64_t seed) {
  std::vector<double> weights(static_cast<size_t>(shape.items));
  for (size_t rank = 0; rank < weights.size(); ++rank) {
    weights[rank] = std::pow(static_cast<double>(rank) + 1 + shape.head, -shape.skew);
  }
  for (size_t i = weights.size() - 1; i > 0; --i) {
    std::swap(weights[i], weights[UniformBelow(Draw(seed, Purpose::kRank, i), i + 1)]);
  }
  return weights;
}

// Draws an index by weight in constant time (Vose, "A linear algorithm for generating random
// numbers with a given distribution", 1991).
class AliasTable {
 public:
  explicit AliasTable(const std::vector<double>& weights)
      : keep_(weights.size()), other_(weights.size()) {
    const double mean =
        std::accumulate(weights.begin(), weights.end(), 0.0) / static_cast<double>(weights.size());
    std::vector<int32_t> small;
    std::vector<int32_t> large;
    for (size_t i = 0; i < weights.size(); ++i) {
      keep_[i] = weights[i] / mean;
      other_[i] = static_cast<int32_t>(i);
      (keep_[i] < 1 ? small : large).push_back(static_cast<int32_t>(i));
    }
    while (!small.empty() && !large.empty()) {
      const int32_t poor = small.back();
      const int32_t rich = large.back();
      small.pop_back();
      other_[poor] = rich;
      keep_[rich] -= 1 - keep_[poor];
      if (keep_[rich] < 1) {
        large.pop_back();
        small.push_back(rich);
      }
    }
    // What is left differs from 1 by rounding only.
    for (const int32_t i : small) keep_[i] = 1;
    for (const int32_t i : large) keep_[i] = 1;
  }
  int32_t Pick(const PhiloxDraw& draw) const {
    const size_t i = UniformBelow(draw, keep_.size());
    return UniformDouble(draw.word[2], draw.word[3]) < keep_[i] ? static_cast<int32_t>(i)
                                                                : other_[i];
  }

 private:
  std::vector<double> keep_;
  std::vector<int32_t> other_;
};

// Draws the items of users, one user at a time; one sampler a thread.
class RowSampler {
 public:
  RowSampler(const std::vector<double>& weights, const AliasTable& alias, uint64_t seed)
      : weights_(weights), alias_(alias), seed_(seed), taken_(weights.size(), 0) {}

  void Sample(int64_t user, int32_t* ids, int64_t length) {
    if (!SampleByRejection(user, ids, length)) SampleByKeys(user, ids, length);
    std::sort(ids, ids + length);
  }

 private:
  // Draws with replacement and leaves out what came before: fast where most items are free.
  bool SampleByRejection(int64_t user, int32_t* ids, int64_t length) {
    const uint64_t base = static_cast<uint64_t>(user) << 32;
    const int64_t limit = 32 * length + 256;
    int64_t found = 0;
    for (int64_t draw = 0; draw < limit && found < length; ++draw) {
      const int32_t item =
          alias_.Pick(Draw(seed_, Purpose::kItem, base + static_cast<uint64_t>(draw)));
      if (taken_[item]) continue;
      taken_[item] = 1;
      ids[found++] = item;
    }
    for (int64_t i = 0; i < found; ++i) taken_[ids[i]] = 0;
    return found == length;
  }
  // The `length` smallest of an exponential waiting time an item, with its weight as the rate: the
  // same distribution at a fixed cost (Efraimidis and Spirakis, "Weighted random sampling with a
  // reservoir", 2006).
  void SampleByKeys(int64_t user, int32_t* ids, int64_t length) {
    const uint64_t base = static_cast<uint64_t>(user) << 32;
    keys_.resize(weights_.size());
    for (size_t item = 0; item < weights_.size(); ++item) {
      const PhiloxDraw draw = Draw(seed_, Purpose::kKey, base + item);
      keys_[item] = {-std::log(UniformDouble(draw.word[0], draw.word[1])) / weights_[item],
                     static_cast<int32_t>(item)};
    }
    if (length < static_cast<int64_t>(keys_.size())) {
      std::nth_element(keys_.begin(), keys_.begin() + length, keys_.end());
    }
    for (int64_t i = 0; i < length; ++i) ids[i] = keys_[i].second;
  }

  const std::vector<double>& weights_;
  const AliasTable& alias_;
  uint64_t seed_;
  std::vector<uint8_t> taken_;
  std::vector<std::pair<double, int32_t>> keys_;
};

}  // namespace

SyntheticShape NamedSyntheticShape(const std::string& name) {
  if (name == "ml20m") return {136'677, 20'108, 10'000'000, 1.0, 32, 1.1, 5};
  if (name == "gowalla") return {29'858, 40'981, 1'027'370, 0.7, 10, 1.25, 8};
  throw UsageError("no shape '" + name + "'" + DidYouMean(name, {"ml20m", "gowalla"}) +
                   "; expected ml20m or gowalla");
}

Csr SyntheticInteractions(const SyntheticShape& shape, uint64_t seed) {
  CheckShape(shape);
  Csr matrix;
  matrix.rows = shape.users;
  matrix.cols = shape.items;
  matrix.offsets = RowOffsets(shape, seed);
  matrix.ids.resize(static_cast<size_t>(shape.entries));
  matrix.values.assign(static_cast<size_t>(shape.entries), 1.0f);
  const std::vector<double> weights = ItemWeights(shape, seed);
  const AliasTable alias(weights);
  std::vector<RowSampler> samplers(static_cast<size_t>(NumThreads()),
                                   RowSampler(weights, alias, seed));
  ParallelRanges(shape.users, kUsersPerDraw, [&](int64_t begin, int64_t end, int thread) {
    for (int64_t user = begin; user < end; ++user) {
      samplers[thread].Sample(user, matrix.ids.data() + matrix.offsets[user],
                              matrix.RowLength(user));
    }
  });
  return matrix;
}

}  // namespace tidewright
