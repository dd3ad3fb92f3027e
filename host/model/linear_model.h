#ifndef TIDEWRIGHT_HOST_MODEL_LINEAR_MODEL_H_
#define TIDEWRIGHT_HOST_MODEL_LINEAR_MODEL_H_

#include <cstdint>
#include <vector>

namespace tidewright {

// What a term reads of its column where it is no category's code.
inline constexpr int32_t kTermNumber = -1;   // the number or boolean itself
inline constexpr int32_t kTermMissing = -2;  // 1 where the value is missing, else 0

// Log-odds as a sum of terms: margin(x) = intercept + sum_t coefficient[t] * z_t. A term reads one
// column of the table: z = (x - center) * scale of a number, and 0 where it is missing; or 1 and 0
// for a category (one term a category), centred and scaled alike; or 1 and 0 for a missing value.
struct LinearModel {
  int64_t features = 0;  // columns of the table
  double intercept = 0;
  std::vector<int32_t> feature;   // of each term: its column
  std::vector<int32_t> category;  // its category's code, or kTermNumber, kTermMissing
  std::vector<double> center;
  std::vector<double> scale;
  std::vector<double> coefficient;  // of the standardised term; 0 where L1 left it out

  int64_t terms() const { return static_cast<int64_t>(feature.size()); }
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_MODEL_LINEAR_MODEL_H_
