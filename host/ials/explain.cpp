#include "host/ials/explain.h"

#include <cmath>

#include "host/core/parallel.h"
#include "host/ials/ials_core.h"
#include "host/ials/row_solver.h"

namespace tidewright {
namespace {

constexpr double kResidual = 1e-12;    // of the right-hand side, where the steps end
constexpr int64_t kGramianRows = 512;  // a thread takes at once

double Dot(const double* a, const double* b, int64_t n) {
  double sum = 0;
  for (int64_t k = 0; k < n; ++k) sum += a[k] * b[k];
  return sum;
}

double Dot(const double* a, const float* b, int64_t n) {
  double sum = 0;
  for (int64_t k = 0; k < n; ++k) sum += a[k] * static_cast<double>(b[k]);
  return sum;
}

// A_u as a function: never formed.
class RowOperator {
 public:
  RowOperator(const IalsScalars& scalars, const FactorModel& model, const CsrView& rows,
              int64_t row)
      : scalars_(scalars), model_(model), rows_(rows), row_(row) {
    regularization_ =
        static_cast<double>(IalsRowRegularization(scalars, end() - begin(), rows.cols));
  }

  int64_t begin() const { return rows_.offsets[row_]; }
  int64_t end() const { return rows_.offsets[row_ + 1]; }
  const float* ItemAt(int64_t entry) const {
    return model_.item_factors.data() + static_cast<int64_t>(rows_.ids[entry]) * model_.factors;
  }
  double ConfidenceAt(int64_t entry) const {
    return static_cast<double>(IalsConfidence(scalars_, rows_.values[entry]));
  }

  // out = A_u x
  void Apply(const std::vector<double>& x, std::vector<double>* out) const {
    const int64_t f = model_.factors;
    const auto unobserved = static_cast<double>(scalars_.unobserved_weight);
    ParallelRanges(f, kGramianRows, [&](int64_t first, int64_t last, int) {
      for (int64_t k = first; k < last; ++k) {
        (*out)[k] = regularization_ * x[k] +
                    unobserved * Dot(x.data(), model_.item_gramian.data() + k * f, f);
      }
    });
    for (int64_t entry = begin(); entry < end(); ++entry) {
      const float* item = ItemAt(entry);
      const double scale = ConfidenceAt(entry) * Dot(x.data(), item, f);
      for (int64_t k = 0; k < f; ++k) (*out)[k] += scale * static_cast<double>(item[k]);
    }
  }

 private:
  IalsScalars scalars_;
  const FactorModel& model_;
  CsrView rows_;
  int64_t row_;
  double regularization_ = 0;
};

// A_u^-1 b by conjugate gradients from 0.
std::vector<double> Solve(const RowOperator& a, const std::vector<double>& b) {
  const auto n = static_cast<int64_t>(b.size());
  std::vector<double> x(b.size(), 0.0);
  std::vector<double> residual = b;
  std::vector<double> direction = b;
  std::vector<double> image(b.size());
  double squares = Dot(b.data(), b.data(), n);
  const double enough = kResidual * kResidual * squares;
  // Exact after n steps, but for rounding.
  for (int64_t step = 0; step < 4 * n + 20 && squares > enough; ++step) {
    a.Apply(direction, &image);
    const double curvature = Dot(direction.data(), image.data(), n);
    if (!(curvature > 0)) break;
    const double length = squares / curvature;
    for (int64_t k = 0; k < n; ++k) {
      x[k] += length * direction[k];
      residual[k] -= length * image[k];
    }
    const double next = Dot(residual.data(), residual.data(), n);
    for (int64_t k = 0; k < n; ++k) direction[k] = residual[k] + next / squares * direction[k];
    squares = next;
  }
  return x;
}

}  // namespace

std::vector<double> IalsContributions(const IalsConfig& config, const FactorModel& model,
                                      const CsrView& rows, int64_t row,
                                      const std::vector<int32_t>& items) {
  const RowOperator a(ScalarsOf(config), model, rows, row);
  std::vector<double> contributions;
  for (const int32_t item : items) {
    const float* wanted = model.item_factors.data() + static_cast<int64_t>(item) * model.factors;
    const std::vector<double> seen = Solve(a, std::vector<double>(wanted, wanted + model.factors));
    for (int64_t entry = a.begin(); entry < a.end(); ++entry) {
      const auto preference = static_cast<double>(IalsPreference(rows.values[entry]));
      contributions.push_back(preference == 0
                                  ? 0
                                  : a.ConfidenceAt(entry) *
                                        Dot(seen.data(), a.ItemAt(entry), model.factors));
    }
  }
  return contributions;
}

}  // namespace tidewright
