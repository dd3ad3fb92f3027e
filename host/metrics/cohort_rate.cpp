#include "host/metrics/cohort_rate.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "host/core/random.h"
#include "host/metrics/quantile.h"

namespace tidewright {
namespace {

constexpr double kManyEvents = 32;  // from here on a Poisson is drawn as a rounded normal
constexpr double kFullTurn = 6.283185307179586;

// A sum of w * Poisson(q) over rows.
struct PoissonSum {
  double mean = 0;
  double variance = 0;

  void Add(double w, double q) {
    mean += w * q;
    variance += w * w * q;
  }

  // As unit * Poisson(mean / unit), which has the sum's mean and variance.
  double Draw(uint32_t first, uint32_t second) const {
    if (!(mean > 0)) return 0;
    const double unit = variance / mean;
    const double events = mean / unit;
    if (events >= kManyEvents) {
      constexpr double kStep = 1.0 / 4294967296.0;
      const double radius = std::sqrt(-2 * std::log((first + 0.5) * kStep));
      const double normal = radius * std::cos(kFullTurn * (second + 0.5) * kStep);
      return unit * std::max(0.0, std::round(events + std::sqrt(events) * normal));
    }
    double term = std::exp(-events);
    double left = UniformDouble(first, second) - term;
    int count = 0;
    while (left > 0 && count < 200) {
      term *= events / ++count;
      left -= term;
    }
    return unit * count;
  }
};

}  // namespace

CohortRate PredictCohortRate(const std::vector<double>& probability,
                             const std::vector<float>& weight, uint64_t seed, int samples) {
  PoissonSum leaving;
  PoissonSum staying;
  for (size_t row = 0; row < probability.size(); ++row) {
    const double w = weight.empty() ? 1.0 : weight[row];
    leaving.Add(w, probability[row]);
    staying.Add(w, 1 - probability[row]);
  }
  CohortRate rate;
  rate.rows = leaving.mean + staying.mean;
  if (!(rate.rows > 0)) return rate;
  rate.expected = rate.low = rate.high = leaving.mean / rate.rows;
  std::vector<double> drawn;
  for (int sample = 0; sample < samples; ++sample) {
    const PhiloxDraw draw =
        Philox(seed, static_cast<uint64_t>(RandomStream::kCohort), static_cast<uint64_t>(sample));
    const double gone = leaving.Draw(draw.word[0], draw.word[1]);
    const double all = gone + staying.Draw(draw.word[2], draw.word[3]);
    if (all > 0) drawn.push_back(gone / all);
  }
  if (drawn.empty()) return rate;
  std::sort(drawn.begin(), drawn.end());
  rate.low = Quantile(drawn, 0.025);
  rate.high = Quantile(drawn, 0.975);
  return rate;
}

}  // namespace tidewright
