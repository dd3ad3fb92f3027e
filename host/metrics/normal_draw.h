#ifndef TIDEWRIGHT_HOST_METRICS_NORMAL_DRAW_H_
#define TIDEWRIGHT_HOST_METRICS_NORMAL_DRAW_H_

#include <cmath>
#include <cstdint>

namespace tidewright {

// A standard normal of two random words (Box and Muller 1958).
inline double NormalDraw(uint32_t first, uint32_t second) {
  constexpr double kStep = 1.0 / 4294967296.0;
  constexpr double kTwoPi = 6.283185307179586;
  const double radius = std::sqrt(-2 * std::log((first + 0.5) * kStep));
  return radius * std::cos(kTwoPi * (second + 0.5) * kStep);
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_METRICS_NORMAL_DRAW_H_
