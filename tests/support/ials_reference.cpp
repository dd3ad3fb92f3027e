#include "tests/support/ials_reference.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "host/core/random.h"

namespace tidewright {

std::vector<double> SolveDense(std::vector<double> a, std::vector<double> b) {
  const size_t n = b.size();
  for (size_t column = 0; column < n; ++column) {
    size_t pivot = column;
    for (size_t row = column + 1; row < n; ++row) {
      if (std::abs(a[row * n + column]) > std::abs(a[pivot * n + column])) pivot = row;
    }
    for (size_t k = 0; k < n; ++k) std::swap(a[column * n + k], a[pivot * n + k]);
    std::swap(b[column], b[pivot]);
    for (size_t row = column + 1; row < n; ++row) {
      const double factor = a[row * n + column] / a[column * n + column];
      for (size_t k = column; k < n; ++k) a[row * n + k] -= factor * a[column * n + k];
      b[row] -= factor * b[column];
    }
  }
  for (size_t row = n; row-- > 0;) {
    for (size_t k = row + 1; k < n; ++k) b[row] -= a[row * n + k] * b[k];
    b[row] /= a[row * n + row];
  }
  return b;
}

std::vector<double> SolveRowsDense(const IalsConfig& config, const CsrView& rows,
                                   const std::vector<double>& fixed) {
  const size_t f = static_cast<size_t>(config.factors);
  std::vector<double> solution;
  for (int64_t row = 0; row < rows.rows; ++row) {
    std::vector<double> a(f * f, 0.0);
    std::vector<double> b(f, 0.0);
    for (int64_t other = 0; other < rows.cols; ++other) {
      const double* h = fixed.data() + other * config.factors;
      for (size_t i = 0; i < f; ++i) {
        for (size_t j = 0; j < f; ++j) a[i * f + j] += config.unobserved_weight * h[i] * h[j];
      }
    }
    for (int64_t k = rows.offsets[row]; k < rows.offsets[row + 1]; ++k) {
      const double* h = fixed.data() + rows.ids[k] * config.factors;
      const double value = static_cast<double>(rows.values[k]);
      const double confidence = 1.0 + config.alpha * std::abs(value);
      for (size_t i = 0; i < f; ++i) {
        for (size_t j = 0; j < f; ++j) a[i * f + j] += confidence * h[i] * h[j];
        if (value > 0) b[i] += confidence * h[i];
      }
    }
    const double n = static_cast<double>(rows.offsets[row + 1] - rows.offsets[row]);
    const double regularization =
        config.regularization *
        std::pow(n + config.unobserved_weight * static_cast<double>(rows.cols),
                 config.frequency_exponent);
    for (size_t i = 0; i < f; ++i) a[i * f + i] += regularization;
    const std::vector<double> x = SolveDense(std::move(a), std::move(b));
    solution.insert(solution.end(), x.begin(), x.end());
  }
  return solution;
}

IalsReference::IalsReference(const IalsConfig& config, const Interactions& data)
    : factors(config.factors) {
  const AlignedVector<float> users = InitialFactors(config, data.by_user.rows, false);
  const AlignedVector<float> items = InitialFactors(config, data.by_item.rows, true);
  user_factors.assign(users.begin(), users.end());
  item_factors.assign(items.begin(), items.end());
}

void IalsReference::RunEpoch(const IalsConfig& config, const Interactions& data) {
  user_factors = SolveRowsDense(config, data.by_user.view(), item_factors);
  item_factors = SolveRowsDense(config, data.by_item.view(), user_factors);
}

Interactions RandomInteractions(int64_t users, int64_t items, double density, uint64_t seed) {
  Csr matrix;
  matrix.rows = users;
  matrix.cols = items;
  for (int64_t user = 0; user < users; ++user) {
    for (int64_t item = 0; item < items; ++item) {
      const PhiloxDraw draw = Philox(seed, static_cast<uint64_t>(RandomStream::kSynthetic),
                                     static_cast<uint64_t>(user * items + item));
      if (user % 7 == 6 || UniformFloat(draw.word[0]) >= density) continue;
      const float magnitude = 0.5f + 3.0f * UniformFloat(draw.word[1]);
      matrix.ids.push_back(static_cast<int32_t>(item));
      matrix.values.push_back(draw.word[2] % 5 == 0 ? -magnitude : magnitude);
    }
    matrix.offsets.push_back(matrix.nnz());
  }
  return Interactions::FromUserRows(std::move(matrix));
}

FactorModel Trained(const IalsConfig& config, const Interactions& data, int epochs) {
  const auto solver = MakeIalsCpu(config, data);
  const StopFlag stop;
  for (int epoch = 0; epoch < epochs; ++epoch) EXPECT_TRUE(solver->RunEpoch(stop).finished);
  return std::get<FactorModel>(solver->Snapshot());
}

double LargestDifference(const AlignedVector<float>& a, const std::vector<double>& b) {
  EXPECT_EQ(a.size(), b.size());
  double largest = 0;
  double scale = 0;
  for (size_t i = 0; i < b.size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(a[i]) - b[i]));
    scale = std::max(scale, std::abs(b[i]));
  }
  return largest / scale;
}

}  // namespace tidewright
