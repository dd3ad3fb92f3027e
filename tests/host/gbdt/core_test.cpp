#include <gtest/gtest.h>

#include <cmath>

#include "host/gbdt/gbdt_core.h"
#include "host/gbdt/row_pass.h"
#include "tests/support/gbdt_tables.h"

namespace tidewright {
namespace {

TEST(GbdtCore, GradientsAndLossesAreThoseOfTheLogisticLoss) {
  for (double margin = -40; margin <= 40; margin += 0.0371) {
    const auto m = static_cast<float>(margin);
    const double p = 1 / (1 + std::exp(-static_cast<double>(m)));
    for (const float label : {0.0f, 1.0f}) {
      const RowGradient row = GradientOf(m, label);
      const double q = 1 / (1 + std::exp(static_cast<double>(m)));
      const double g = label > 0 ? -q : p;
      EXPECT_NEAR(row.gradient / g, 1, 1e-6) << m;
      EXPECT_NEAR(row.hessian / (p * q), 1, 1e-6) << m;
      const double against = label > 0 ? -static_cast<double>(m) : static_cast<double>(m);
      EXPECT_NEAR(PortableProbability(m) / p, 1, 1e-14) << m;
      EXPECT_NEAR(LogLossOf(m, label), std::log1p(std::exp(against)), 1e-6 * (1 + std::abs(m)));
    }
  }
}

TEST(GbdtCore, QuantisedGradientsAreUnbiased) {
  const Quantum quantum{64, 256};
  const RowGradient row{-0.3137f, 0.0071f};
  double g = 0;
  double h = 0;
  constexpr uint32_t kDraws = 200000;
  for (uint32_t i = 0; i < kDraws; ++i) {
    const int64_t word = PackedWord(QuantisedPair(row, 1.0f, quantum, MixedBits(i ^ 0x1234U)));
    g += static_cast<double>(PackedGradient(word));
    h += static_cast<double>(PackedHessian(word));
  }
  EXPECT_NEAR(g / kDraws / 64, -0.3137, 2e-4);
  EXPECT_NEAR(h / kDraws / 256, 0.0071, 2e-5);
}

TEST(GbdtCore, PackedWordsAddUpToTheirLimitWithoutOverflow) {
  for (const float sign : {-1.0f, 1.0f}) {
    const float scale = QuantumScale(0.7f);
    // The largest row there may be, always rounded up.
    const uint32_t pair = QuantisedPair({0.7f * sign, 0.7f}, 1.0f, {scale, scale}, 0xFFFFFFFFU);
    const int64_t word = PackedWord(pair);
    EXPECT_GT(std::abs(PackedGradient(word)), kQuantumLimit / 2 - 1);
    int64_t sum = 0;
    for (int64_t i = 0; i < kPackedRows; ++i) sum += word;
    EXPECT_EQ(PackedGradient(sum), kPackedRows * PackedGradient(word));
    EXPECT_EQ(PackedHessian(sum), kPackedRows * PackedHessian(word));
  }
}

TEST(GbdtCore, ScalesFitWhateverTheWeights) {
  for (const float largest : {1e-20f, 3e-5f, 0.25f, 1.0f, 32766.0f, 32767.0f, 7e8f, 1e20f}) {
    const float scale = QuantumScale(largest);
    EXPECT_LE(largest * scale, kQuantumLimit - 1);
    EXPECT_GT(largest * scale * 2, kQuantumLimit - 1);
    EXPECT_EQ(std::exp2(std::round(std::log2(scale))), scale);
  }
  EXPECT_EQ(QuantumScale(0), 1);
}

TEST(GbdtCore, TheSummaryIsThatOfThePlainSums) {
  const int64_t rows = 3 * kSummaryRows + 777;
  std::vector<float> margin;
  std::vector<float> label;
  std::vector<float> weight;
  double loss = 0;
  double total = 0;
  float largest_g = 0;
  float largest_h = 0;
  for (int64_t row = 0; row < rows; ++row) {
    margin.push_back(10 * TestUniform(3, 0, row) - 5);
    label.push_back(TestUniform(3, 1, row) < 0.5f ? 0.0f : 1.0f);
    weight.push_back(TestUniform(3, 2, row) * 7);
    const RowGradient gradient = GradientOf(margin.back(), label.back());
    loss += static_cast<double>(LogLossOf(margin.back(), label.back()) * weight.back());
    total += weight.back();
    largest_g = std::max(largest_g, std::abs(gradient.gradient) * weight.back());
    largest_h = std::max(largest_h, gradient.hessian * weight.back());
  }
  const RowSummary summary = SummariseRows({rows, margin.data(), label.data(), weight.data()});
  EXPECT_NEAR(summary.loss, loss / total, 1e-12);
  EXPECT_EQ(summary.largest_gradient, largest_g);
  EXPECT_EQ(summary.largest_hessian, largest_h);
}

}  // namespace
}  // namespace tidewright
