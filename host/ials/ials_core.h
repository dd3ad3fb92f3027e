#ifndef TIDEWRIGHT_HOST_IALS_IALS_CORE_H_
#define TIDEWRIGHT_HOST_IALS_IALS_CORE_H_

#include <cmath>
#include <cstdint>

#include "host/core/host_device.h"

namespace tidewright {

// The arithmetic of one entry and one row that both twins call; the symbols are those of ials.h.
struct IalsScalars {
  float alpha = 0;
  float unobserved_weight = 0;
  double regularization = 0;
  double frequency_exponent = 0;
};

TIDEWRIGHT_HOST_DEVICE inline float IalsConfidence(const IalsScalars& s, float value) {
  return 1.0f + s.alpha * (value < 0 ? -value : value);
}

TIDEWRIGHT_HOST_DEVICE inline float IalsPreference(float value) { return value > 0 ? 1.0f : 0.0f; }

// lambda (n + alpha0 * others)^nu: the regularization of a row with n entries where the other side
// has `others` rows.
TIDEWRIGHT_HOST_DEVICE inline float IalsRowRegularization(const IalsScalars& s, int64_t n,
                                                          int64_t others) {
  const double base = static_cast<double>(n) +
                      static_cast<double>(s.unobserved_weight) * static_cast<double>(others);
  return static_cast<float>(s.regularization * std::pow(base, s.frequency_exponent));
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_IALS_IALS_CORE_H_
