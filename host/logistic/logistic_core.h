#ifndef TIDEWRIGHT_HOST_LOGISTIC_LOGISTIC_CORE_H_
#define TIDEWRIGHT_HOST_LOGISTIC_LOGISTIC_CORE_H_

#include <cmath>
#include <cstdint>

#include "host/core/host_device.h"

namespace tidewright {

// What one row adds to the objective and to its gradient; margin: its log-odds.
struct LogisticPart {
  double loss = 0;      // -log of the probability of its label
  double residual = 0;  // d loss / d margin
};

// No overflow and no cancellation for any margin: exp takes numbers below 0 alone.
TIDEWRIGHT_HOST_DEVICE inline LogisticPart LogisticOf(double margin, bool positive) {
  const double agreement = positive ? margin : -margin;
  const double e = std::exp(-std::abs(agreement));
  const double miss = (agreement >= 0 ? e : 1.0) / (1.0 + e);  // probability of the other label
  LogisticPart part;
  part.loss = std::log1p(e) + (agreement < 0 ? -agreement : 0.0);
  part.residual = positive ? -miss : miss;
  return part;
}

TIDEWRIGHT_HOST_DEVICE inline double ProbabilityOf(double margin) {
  const double e = std::exp(-std::abs(margin));
  return (margin >= 0 ? 1.0 : e) / (1.0 + e);
}

// Sums of residuals as integers, so that their order does not matter: weights sum to 1, and so no
// sum of residuals leaves [-1, 1]. A residual is rounded to 2e-19.
inline constexpr double kFixedOne = 4611686018427387904.0;  // 2^62
TIDEWRIGHT_HOST_DEVICE inline int64_t ToFixed(double residual) {
  return static_cast<int64_t>(residual * kFixedOne);
}
TIDEWRIGHT_HOST_DEVICE inline double FromFixed(int64_t sum) {
  return static_cast<double>(sum) / kFixedOne;
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_LOGISTIC_LOGISTIC_CORE_H_
