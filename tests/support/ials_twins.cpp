#include "tests/support/ials_twins.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <variant>

#include "tests/support/tolerances.h"

namespace tidewright {

IalsConfig TwinConfig(int64_t factors, const std::string& precision) {
  IalsConfig config;
  config.factors = factors;
  config.regularization = 0.05;
  config.unobserved_weight = 0.1;
  config.alpha = 0.5;
  config.seed = 3;
  config.precision = precision;
  return config;
}

double LargestDifference(const AlignedVector<float>& a, const AlignedVector<float>& b) {
  EXPECT_EQ(a.size(), b.size());
  double largest = 0;
  double scale = 1e-6;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const double difference = std::abs(static_cast<double>(a[i]) - b[i]);
    largest = std::max(largest, std::isnan(difference) ? 1e9 : difference);
    scale = std::max(scale, std::abs(static_cast<double>(b[i])));
  }
  return largest / scale;
}

void ExpectTwins(Solver& twin, const IalsConfig& config, const Interactions& data) {
  const bool tf32 = config.precision == "tf32";
  double factor_tolerance = tf32 ? kTf32FactorTolerance : kFp32FactorTolerance;
  double loss_tolerance = tf32 ? kTf32LossTolerance : kFp32LossTolerance;
  if (config.storage != "fp32") {
    const bool bf16 = config.storage == "bf16";
    factor_tolerance += bf16 ? kBf16FactorTolerance : kFp16FactorTolerance;
    loss_tolerance += bf16 ? kBf16LossTolerance : kFp16LossTolerance;
  }
  const auto cpu = MakeIalsCpu(config, data);
  const StopFlag never;
  for (int epoch = 0; epoch < 2; ++epoch) {
    const EpochStats stats = twin.RunEpoch(never);
    EXPECT_TRUE(stats.finished);
    const double expected = cpu->RunEpoch(never).loss;
    EXPECT_NEAR(stats.loss, expected, loss_tolerance * expected);
  }
  const FactorModel model = std::get<FactorModel>(twin.Snapshot());
  const FactorModel expected = std::get<FactorModel>(cpu->Snapshot());
  EXPECT_LT(LargestDifference(model.user_factors, expected.user_factors), factor_tolerance);
  EXPECT_LT(LargestDifference(model.item_factors, expected.item_factors), factor_tolerance);
  EXPECT_LT(LargestDifference(model.item_gramian, expected.item_gramian), 2 * factor_tolerance);
}

}  // namespace tidewright
