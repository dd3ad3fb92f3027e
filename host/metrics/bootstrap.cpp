#include <algorithm>

#include "host/core/parallel.h"
#include "host/core/random.h"
#include "host/metrics/quantile.h"
#include "host/metrics/ranking.h"

namespace tidewright {
namespace {

constexpr int64_t kMaxGroups = 65536;

// How often each group is drawn in one resample of as many draws as there are groups. Philox gives
// two 64-bit numbers a call: draws 2j and 2j + 1.
void DrawCounts(uint64_t seed, int64_t resample, std::vector<int32_t>* counts) {
  const uint64_t groups = counts->size();
  const uint64_t calls = (groups + 1) / 2;
  std::fill(counts->begin(), counts->end(), 0);
  for (uint64_t j = 0; j < calls; ++j) {
    const PhiloxDraw draw = Philox(seed, static_cast<uint64_t>(RandomStream::kBootstrap),
                                   static_cast<uint64_t>(resample) * calls + j);
    ++(*counts)[UniformBelow(draw, groups)];
    const PhiloxDraw second{{draw.word[2], draw.word[3], 0, 0}};
    if (2 * j + 1 < groups) ++(*counts)[UniformBelow(second, groups)];
  }
}

}  // namespace

MetricMeans::MetricMeans(int64_t metrics) : metrics_(metrics) {}

void MetricMeans::Add(const double* values) {
  const int64_t group = users_++ % kMaxGroups;
  if (group == static_cast<int64_t>(sizes_.size())) {
    sizes_.push_back(0);
    sums_.resize(sums_.size() + static_cast<size_t>(metrics_), 0.0);
  }
  ++sizes_[group];
  double* sums = sums_.data() + group * metrics_;
  for (int64_t m = 0; m < metrics_; ++m) sums[m] += values[m];
}

std::vector<double> MetricMeans::Means() const {
  std::vector<double> means(static_cast<size_t>(metrics_), 0.0);
  const int64_t groups = static_cast<int64_t>(sizes_.size());
  for (int64_t group = 0; group < groups; ++group) {
    for (int64_t m = 0; m < metrics_; ++m) means[m] += sums_[group * metrics_ + m];
  }
  for (double& mean : means) mean /= static_cast<double>(std::max<int64_t>(users_, 1));
  return means;
}

std::vector<MetricValue> MetricMeans::Intervals(uint64_t seed, int resamples) const {
  const std::vector<double> means = Means();
  std::vector<MetricValue> result(means.size());
  for (size_t m = 0; m < means.size(); ++m) result[m] = {means[m], means[m], means[m]};
  if (users_ == 0 || resamples == 0) return result;

  const int64_t groups = static_cast<int64_t>(sizes_.size());
  // resampled[m][r]: the mean of metric m in resample r.
  std::vector<std::vector<double>> resampled(means.size(),
                                             std::vector<double>(static_cast<size_t>(resamples)));
  ParallelRanges(resamples, 8, [&](int64_t begin, int64_t end, int) {
    std::vector<int32_t> counts(static_cast<size_t>(groups));
    std::vector<double> sums(static_cast<size_t>(metrics_));
    for (int64_t resample = begin; resample < end; ++resample) {
      DrawCounts(seed, resample, &counts);
      std::fill(sums.begin(), sums.end(), 0.0);
      double drawn = 0;
      for (int64_t group = 0; group < groups; ++group) {
        if (counts[group] == 0) continue;
        const double count = counts[group];
        drawn += count * sizes_[group];
        for (int64_t m = 0; m < metrics_; ++m) sums[m] += count * sums_[group * metrics_ + m];
      }
      for (int64_t m = 0; m < metrics_; ++m) resampled[m][resample] = sums[m] / drawn;
    }
  });
  ParallelBlocks(metrics_, [&](int64_t m, int) {
    std::sort(resampled[m].begin(), resampled[m].end());
    result[m].low = Quantile(resampled[m], 0.025);
    result[m].high = Quantile(resampled[m], 0.975);
  });
  return result;
}

MetricValue BootstrapMean(const std::vector<double>& per_user, uint64_t seed, int resamples) {
  MetricMeans means(1);
  for (const double& value : per_user) means.Add(&value);
  return means.Intervals(seed, resamples)[0];
}

}  // namespace tidewright
