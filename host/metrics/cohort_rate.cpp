#include "host/metrics/cohort_rate.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "host/core/random.h"
#include "host/metrics/normal_draw.h"
#include "host/metrics/quantile.h"

namespace tidewright {
namespace {

constexpr size_t kDrawnRows = 4096;  // up to here each row is drawn; a larger sum is a normal

}  // namespace

void CohortSums::Add(const std::vector<double>& probability, const std::vector<float>& weight) {
  for (size_t row = 0; row < probability.size(); ++row) {
    const double w = weight.empty() ? 1.0 : static_cast<double>(weight[row]);
    const double p = probability[row];
    weight_ += w;
    leaving_ += w * p;
    variance_ += w * w * p * (1 - p);
    if (++count_ > kDrawnRows) continue;
    probabilities_.push_back(p);
    weights_.push_back(w);
  }
}

CohortRate CohortSums::Rate(uint64_t seed, int samples) const {
  CohortRate rate;
  rate.rows = weight_;
  if (!(rate.rows > 0)) return rate;
  rate.expected = leaving_ / rate.rows;
  std::vector<double> drawn;
  for (int sample = 0; sample < samples; ++sample) {
    const auto draw = [&](uint64_t at) {
      return Philox(seed, static_cast<uint64_t>(RandomStream::kCohort),
                    static_cast<uint64_t>(sample) * count_ + at);
    };
    double gone = 0;
    if (count_ > kDrawnRows) {
      const PhiloxDraw one = draw(0);
      gone = leaving_ + std::sqrt(variance_) * NormalDraw(one.word[0], one.word[1]);
    } else {
      for (size_t row = 0; row < probabilities_.size(); ++row) {
        const PhiloxDraw one = draw(row);
        if (UniformDouble(one.word[0], one.word[1]) < probabilities_[row]) gone += weights_[row];
      }
    }
    drawn.push_back(std::clamp(gone / rate.rows, 0.0, 1.0));
  }
  std::sort(drawn.begin(), drawn.end());
  rate.low = Quantile(drawn, 0.025);
  rate.high = Quantile(drawn, 0.975);
  return rate;
}

CohortRate PredictCohortRate(const std::vector<double>& probability,
                             const std::vector<float>& weight, uint64_t seed, int samples) {
  CohortSums sums;
  sums.Add(probability, weight);
  return sums.Rate(seed, samples);
}

}  // namespace tidewright
