#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "host/core/parallel.h"
#include "host/core/random.h"
#include "host/metrics/classification_measures.h"
#include "host/metrics/normal_draw.h"
#include "host/metrics/quantile.h"

namespace tidewright {
namespace {

// Neighbouring groups are drawn as one beyond this many in all; what that changes of a measure is
// corrected afterwards.
constexpr int64_t kMaxReportGroups = 16384;
constexpr int64_t kMinGroupsOfFold = 512;
constexpr double kNormalFrom = 32;  // a Poisson of this mean is drawn as a rounded normal

// The weight that some rows have together in a sample in which each is drawn Poisson(1) times:
// unit * Poisson(mean), which has the mean and the variance of the true sum and, for equal weights,
// its distribution.
struct DrawnWeight {
  double unit = 0;
  double mean = 0;
  double none = 1;  // exp(-mean): the probability of drawing nothing

  DrawnWeight(double sum, double squares) {
    if (sum == 0) return;
    unit = squares / sum;
    mean = sum / unit;
    none = std::exp(-mean);
  }

  double Draw(uint32_t first, uint32_t second) const {
    if (mean == 0) return 0;
    if (mean >= kNormalFrom) {
      return unit * std::max(0.0, std::round(mean + std::sqrt(mean) * NormalDraw(first, second)));
    }
    double left = UniformDouble(first, second) - none;
    double term = none;
    int count = 0;
    while (left > 0 && count < 200) {
      ++count;
      term *= mean / count;
      left -= term;
    }
    return unit * count;
  }
};

// Runs of neighbouring groups taken together so that about `most` are left.
struct Neighbours {
  ScoreGroups groups;
  std::vector<DrawnWeight> positive;
  std::vector<DrawnWeight> negative;
};

Neighbours Join(const ScoreGroups& groups, const ScoreGroups& squares, int64_t most) {
  Neighbours joined;
  const int64_t run = (groups.size() + most - 1) / std::max<int64_t>(most, 1);
  for (int64_t begin = 0; begin < groups.size(); begin += run) {
    const int64_t end = std::min(begin + run, groups.size());
    double sums[2] = {0, 0};
    double square_sums[2] = {0, 0};
    double probability = 0;
    for (int64_t g = begin; g < end; ++g) {
      sums[0] += groups.positive[g];
      sums[1] += groups.negative[g];
      square_sums[0] += squares.positive[g];
      square_sums[1] += squares.negative[g];
      probability += groups.probability[g] * (groups.positive[g] + groups.negative[g]);
    }
    joined.groups.probability.push_back(end - begin == 1 ? groups.probability[begin]
                                                         : probability / (sums[0] + sums[1]));
    joined.groups.positive.push_back(sums[0]);
    joined.groups.negative.push_back(sums[1]);
    joined.positive.emplace_back(sums[0], square_sums[0]);
    joined.negative.emplace_back(sums[1], square_sums[1]);
  }
  return joined;
}

// All folds' groups in falling order of probability.
class Pool {
 public:
  explicit Pool(const std::vector<Neighbours>& folds) {
    for (size_t fold = 0; fold < folds.size(); ++fold) {
      for (int64_t g = 0; g < folds[fold].groups.size(); ++g) {
        from_.push_back({folds[fold].groups.probability[g], fold, g});
      }
    }
    std::stable_sort(from_.begin(), from_.end(),
                     [](const From& a, const From& b) { return a.probability > b.probability; });
  }

  void Gather(const std::vector<ScoreGroups>& folds, ScoreGroups* pooled) const {
    pooled->probability.resize(from_.size());
    pooled->positive.resize(from_.size());
    pooled->negative.resize(from_.size());
    for (size_t i = 0; i < from_.size(); ++i) {
      pooled->probability[i] = from_[i].probability;
      pooled->positive[i] = folds[from_[i].fold].positive[from_[i].group];
      pooled->negative[i] = folds[from_[i].fold].negative[from_[i].group];
    }
  }

 private:
  struct From {
    double probability;
    size_t fold;
    int64_t group;
  };
  std::vector<From> from_;
};

void DrawFolds(const std::vector<Neighbours>& from, uint64_t seed, uint64_t first_draw,
               std::vector<ScoreGroups>* folds) {
  uint64_t index = first_draw;
  for (size_t fold = 0; fold < from.size(); ++fold) {
    const Neighbours& neighbours = from[fold];
    ScoreGroups& groups = (*folds)[fold];
    for (int64_t g = 0; g < groups.size(); ++g) {
      const PhiloxDraw draw =
          Philox(seed, static_cast<uint64_t>(RandomStream::kBootstrap), index++);
      groups.positive[g] = neighbours.positive[g].Draw(draw.word[0], draw.word[1]);
      groups.negative[g] = neighbours.negative[g].Draw(draw.word[2], draw.word[3]);
    }
  }
}

// A resample adds noise to every bin, and a mean of |observed - predicted| only grows by it: the
// samples lie above the measure. They are moved so that their mean is the measure itself.
void MoveOnto(double value, std::vector<double>* samples) {
  const double mean =
      std::accumulate(samples->begin(), samples->end(), 0.0) / static_cast<double>(samples->size());
  for (double& sample : *samples) sample = std::max(0.0, sample - mean + value);
}

}  // namespace

std::vector<MetricValue> BootstrapIntervals(const ClassificationMeasures& measures,
                                            const FoldedGroups& groups,
                                            const std::vector<double>& values, int samples,
                                            uint64_t seed) {
  std::vector<MetricValue> result(values.size());
  for (size_t m = 0; m < values.size(); ++m) result[m] = {values[m], values[m], values[m]};
  if (samples <= 0) return result;

  const int64_t most =
      std::max(kMinGroupsOfFold, kMaxReportGroups / static_cast<int64_t>(groups.folds.size()));
  std::vector<Neighbours> folds;
  std::vector<ScoreGroups> as_they_are;
  uint64_t draws = 0;
  for (size_t fold = 0; fold < groups.folds.size(); ++fold) {
    folds.push_back(Join(groups.folds[fold], groups.squares[fold], most));
    as_they_are.push_back(folds.back().groups);
    draws += static_cast<uint64_t>(folds.back().groups.size());
  }
  const Pool pool(folds);
  ScoreGroups pooled;
  pool.Gather(as_they_are, &pooled);
  const std::vector<double> joined = Measure(measures, as_they_are, pooled);

  std::vector<std::vector<double>> drawn(static_cast<size_t>(samples));
  ParallelRanges(samples, 16, [&](int64_t begin, int64_t end, int) {
    std::vector<ScoreGroups> sample = as_they_are;
    ScoreGroups all;
    for (int64_t s = begin; s < end; ++s) {
      DrawFolds(folds, seed, static_cast<uint64_t>(s) * draws, &sample);
      pool.Gather(sample, &all);
      drawn[s] = Measure(measures, sample, all);
    }
  });
  ParallelBlocks(static_cast<int64_t>(values.size()), [&](int64_t m, int) {
    std::vector<double> sorted;
    for (const std::vector<double>& sample : drawn) {
      if (!sample.empty()) sorted.push_back(sample[m] + (values[m] - joined[m]));
    }
    if (sorted.empty()) return;
    if (measures.names()[m] == "ece") MoveOnto(values[m], &sorted);
    std::sort(sorted.begin(), sorted.end());
    result[m].low = Quantile(sorted, 0.025);
    result[m].high = Quantile(sorted, 0.975);
  });
  return result;
}

}  // namespace tidewright
