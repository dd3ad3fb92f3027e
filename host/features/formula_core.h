#ifndef TIDEWRIGHT_HOST_FEATURES_FORMULA_CORE_H_
#define TIDEWRIGHT_HOST_FEATURES_FORMULA_CORE_H_

#include <cstdint>
#include <limits>

#include "host/core/host_device.h"
#include "host/core/portable_math.h"
#include "host/features/profile_numbers.h"

namespace tidewright {

inline constexpr float kLargestFloat = std::numeric_limits<float>::max();
inline constexpr float kNoFloat = std::numeric_limits<float>::quiet_NaN();

TIDEWRIGHT_HOST_DEVICE inline double SignedLog(double x) {
  return x < 0 ? -PortableLog1p(-x) : PortableLog1p(x);
}

TIDEWRIGHT_HOST_DEVICE inline double FormulaValue(Formula formula, double a, double b) {
  switch (formula) {
    case Formula::kNumber:
      return a;
    case Formula::kLog:
      return PortableLog(a);
    case Formula::kLog1p:
      return PortableLog1p(a);
    case Formula::kSignedLog:
      return SignedLog(a);
    case Formula::kRatio:
      return a / b;
    case Formula::kShare:
      return a / (a + b);
    case Formula::kLogRatio:
      return PortableLog(a / b);
    case Formula::kLog1pRatio:
      return PortableLog1p(a / b);
    case Formula::kSignedLogRatio:
      return SignedLog(a / b);
    case Formula::kLog1pDifference:
      return PortableLog1p(a) - PortableLog1p(b);
    case Formula::kTrend:
      return PortableLog1p(a) - PortableLog1p(b > a ? b - a : 0.0);
  }
  return portable::kNaN;
}

// As it stands in the table: missing where it is not finite.
TIDEWRIGHT_HOST_DEVICE inline float FeatureValue(const FeatureFormula& feature, const Numbers& n) {
  const auto value = static_cast<float>(FormulaValue(feature.formula, n[feature.a], n[feature.b]));
  return value >= -kLargestFloat && value <= kLargestFloat ? value : kNoFloat;
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_FEATURES_FORMULA_CORE_H_
