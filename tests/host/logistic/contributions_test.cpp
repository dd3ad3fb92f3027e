#include <gtest/gtest.h>

#include <cmath>

#include "host/logistic/logistic.h"
#include "tests/support/table_fixture.h"

namespace tidewright {
namespace {

LinearModel WithCoefficients(const FeatureTable& table) {
  LinearModel model = MakeTerms(table);
  model.intercept = -0.4;
  for (int64_t term = 0; term < model.terms(); ++term) {
    model.coefficient[term] = std::sin(1.0 + static_cast<double>(term));
  }
  return model;
}

TEST(LinearContributions, ARowSumsUpToItsMargin) {
  const FeatureTable table = RandomTable(500, 3);
  const LinearModel model = WithCoefficients(table);
  const std::vector<double> parts = LinearContributions(model, table);
  const std::vector<double> margins = LinearMargins(model, table);
  ASSERT_EQ(parts.size(), 500u * 5);
  for (size_t row = 0; row < 500; ++row) {
    double sum = 0;
    for (size_t column = 0; column < 5; ++column) sum += parts[row * 5 + column];
    ASSERT_NEAR(sum, margins[row], 1e-12);
    ASSERT_EQ(parts[row * 5 + 4], -0.4);
  }
}

TEST(LinearContributions, AColumnAddsNothingOnAverage) {
  const FeatureTable table = RandomTable(500, 4);
  const std::vector<double> parts = LinearContributions(WithCoefficients(table), table);
  for (const size_t column : {1u, 2u}) {
    double sum = 0;
    double squares = 0;
    for (size_t row = 0; row < 500; ++row) {
      sum += parts[row * 5 + column];
      squares += parts[row * 5 + column] * parts[row * 5 + column];
    }
    EXPECT_GT(squares, 1);
    EXPECT_NEAR(sum, 0, 1e-9);
  }
}

}  // namespace
}  // namespace tidewright
