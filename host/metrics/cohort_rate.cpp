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

CohortRate PredictCohortRate(const std::vector<double>& probability,
                             const std::vector<float>& weight, uint64_t seed, int samples) {
  const size_t rows = probability.size();
  const auto weight_of = [&](size_t row) { return weight.empty() ? 1.0 : weight[row]; };
  CohortRate rate;
  double leaving = 0;
  double variance = 0;
  for (size_t row = 0; row < rows; ++row) {
    const double w = weight_of(row);
    const double p = probability[row];
    rate.rows += w;
    leaving += w * p;
    variance += w * w * p * (1 - p);
  }
  if (!(rate.rows > 0)) return rate;
  rate.expected = leaving / rate.rows;
  std::vector<double> drawn;
  for (int sample = 0; sample < samples; ++sample) {
    const auto draw = [&](size_t at) {
      return Philox(seed, static_cast<uint64_t>(RandomStream::kCohort),
                    static_cast<uint64_t>(sample) * rows + at);
    };
    double gone = 0;
    if (rows > kDrawnRows) {
      const PhiloxDraw one = draw(0);
      gone = leaving + std::sqrt(variance) * NormalDraw(one.word[0], one.word[1]);
    } else {
      for (size_t row = 0; row < rows; ++row) {
        const PhiloxDraw one = draw(row);
        if (UniformDouble(one.word[0], one.word[1]) < probability[row]) gone += weight_of(row);
      }
    }
    drawn.push_back(std::clamp(gone / rate.rows, 0.0, 1.0));
  }
  std::sort(drawn.begin(), drawn.end());
  rate.low = Quantile(drawn, 0.025);
  rate.high = Quantile(drawn, 0.975);
  return rate;
}

}  // namespace tidewright
