#include "tests/support/ials_iterations.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "tests/support/ials_reference.h"

namespace tidewright {
namespace {

// A x = b of one row.
struct RowSystem {
  std::vector<double> a;
  std::vector<double> b;

  std::vector<double> Residual(const double* x) const {
    std::vector<double> r = b;
    for (size_t i = 0; i < b.size(); ++i) {
      for (size_t j = 0; j < b.size(); ++j) r[i] -= a[i * b.size() + j] * x[j];
    }
    return r;
  }
};

double DotOf(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// Calls solve(system, x) for every row; one without a positive entry has b = 0 and becomes 0.
std::vector<double> ForEveryRow(const IalsConfig& config, const CsrView& rows,
                                const std::vector<double>& fixed, std::vector<double> x,
                                const std::function<void(const RowSystem&, double*)>& solve) {
  const size_t f = static_cast<size_t>(config.factors);
  std::vector<double> base(f * f, 0.0);
  for (size_t other = 0; other < static_cast<size_t>(rows.cols); ++other) {
    const double* h = fixed.data() + other * f;
    for (size_t i = 0; i < f; ++i) {
      for (size_t j = 0; j < f; ++j) base[i * f + j] += config.unobserved_weight * h[i] * h[j];
    }
  }
  for (int64_t row = 0; row < rows.rows; ++row) {
    RowSystem system{base, std::vector<double>(f, 0.0)};
    bool liked = false;
    for (int64_t k = rows.offsets[row]; k < rows.offsets[row + 1]; ++k) {
      const double* h = fixed.data() + static_cast<size_t>(rows.ids[k]) * f;
      const double value = static_cast<double>(rows.values[k]);
      const double confidence = 1.0 + config.alpha * std::abs(value);
      liked = liked || value > 0;
      for (size_t i = 0; i < f; ++i) {
        for (size_t j = 0; j < f; ++j) system.a[i * f + j] += confidence * h[i] * h[j];
        if (value > 0) system.b[i] += confidence * h[i];
      }
    }
    const double n = static_cast<double>(rows.offsets[row + 1] - rows.offsets[row]);
    for (size_t i = 0; i < f; ++i) {
      system.a[i * f + i] += config.regularization *
                             std::pow(n + config.unobserved_weight * static_cast<double>(rows.cols),
                                      config.frequency_exponent);
    }
    double* own = x.data() + static_cast<size_t>(row) * f;
    if (liked) {
      solve(system, own);
    } else {
      std::fill(own, own + f, 0.0);
    }
  }
  return x;
}

}  // namespace

std::vector<double> ConjugateGradientsDense(const IalsConfig& config, const CsrView& rows,
                                            const std::vector<double>& fixed,
                                            std::vector<double> start, int64_t steps) {
  return ForEveryRow(config, rows, fixed, std::move(start),
                     [steps](const RowSystem& system, double* x) {
                       const size_t f = system.b.size();
                       std::vector<double> r = system.Residual(x);
                       std::vector<double> p = r;
                       double square = DotOf(r, r);
                       for (int64_t step = 0; step < steps && square > 0; ++step) {
                         std::vector<double> q(f, 0.0);
                         for (size_t i = 0; i < f; ++i) {
                           for (size_t j = 0; j < f; ++j) q[i] += system.a[i * f + j] * p[j];
                         }
                         const double length = square / DotOf(p, q);
                         for (size_t i = 0; i < f; ++i) {
                           x[i] += length * p[i];
                           r[i] -= length * q[i];
                         }
                         const double before = square;
                         square = DotOf(r, r);
                         for (size_t i = 0; i < f; ++i) p[i] = r[i] + square / before * p[i];
                       }
                     });
}

std::vector<double> BlockSweepDense(const IalsConfig& config, const CsrView& rows,
                                    const std::vector<double>& fixed, std::vector<double> start,
                                    int64_t block) {
  return ForEveryRow(
      config, rows, fixed, std::move(start), [block](const RowSystem& system, double* x) {
        const size_t f = system.b.size();
        for (size_t first = 0; first < f; first += static_cast<size_t>(block)) {
          const size_t width = std::min(static_cast<size_t>(block), f - first);
          const std::vector<double> residual = system.Residual(x);
          std::vector<double> a(width * width);
          for (size_t i = 0; i < width; ++i) {
            for (size_t j = 0; j < width; ++j) {
              a[i * width + j] = system.a[(first + i) * f + first + j];
            }
          }
          const std::vector<double> move = SolveDense(
              std::move(a),
              std::vector<double>(residual.begin() + static_cast<int64_t>(first),
                                  residual.begin() + static_cast<int64_t>(first + width)));
          for (size_t i = 0; i < width; ++i) x[first + i] += move[i];
        }
      });
}

}  // namespace tidewright
