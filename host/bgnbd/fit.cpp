#include <algorithm>
#include <cmath>
#include <cstdio>

#include "host/bgnbd/bgnbd.h"
#include "host/core/errors.h"
#include "host/optim/lbfgs.h"

namespace tidewright {
namespace {

constexpr int kParameters = 4;
// A parameter that leaves this range runs away from its data.
constexpr double kFarthest = 1e5;
// Of the logarithms, for the derivative of the gradient.
constexpr double kCurvatureStep = 1e-4;

struct CellTotals {
  double customers = 0;
  double frequency = 0;
  double age = 0;
};

CellTotals TotalsOf(const PurchaseCells& cells) {
  CellTotals totals;
  for (int64_t cell = 0; cell < cells.size(); ++cell) {
    totals.customers += cells.customers[cell];
    totals.frequency += cells.customers[cell] * cells.frequencies[cells.place[cell]];
    totals.age += cells.customers[cell] * cells.age[cell];
  }
  return totals;
}

// The mean loss as a function of (log r, log (alpha / scale), log a, log b).
class BgnbdLoss final : public SmoothObjective {
 public:
  BgnbdLoss(const PurchaseCells& cells, double customers, double scale, double penalty,
            BgnbdSummer& summer)
      : cells_(cells), customers_(customers), scale_(scale), penalty_(penalty), summer_(summer) {}

  BgnbdParameters ParametersOf(const std::vector<double>& x) const {
    return {std::exp(x[0]), scale_ * std::exp(x[1]), std::exp(x[2]), std::exp(x[3])};
  }

  double Evaluate(const std::vector<double>& x, std::vector<double>* gradient) override {
    ++evaluations_;
    const BgnbdParameters p = ParametersOf(x);
    const BgnbdSums sums = summer_.Sum(p, FrequencyTerms(p, cells_.frequencies));
    *gradient = {-p.r * sums.by_r / customers_, -sums.by_log_alpha / customers_,
                 -p.a * sums.by_a / customers_, -p.b * sums.by_b / customers_};
    double loss = -sums.log_likelihood / customers_;
    for (int i = 0; i < kParameters; ++i) {
      loss += penalty_ * x[i] * x[i];
      (*gradient)[i] += 2 * penalty_ * x[i];
    }
    return loss;
  }

  int evaluations() const { return evaluations_; }

 private:
  const PurchaseCells& cells_;
  double customers_;
  double scale_;
  double penalty_;
  BgnbdSummer& summer_;
  int evaluations_ = 0;
};

[[noreturn]] void RefuseRunaway(const BgnbdParameters& p, const std::string& why) {
  char text[160];
  std::snprintf(text, sizeof(text), "r = %.3g, alpha = %.3g, a = %.3g, b = %.3g", p.r, p.alpha, p.a,
                p.b);
  throw DataError("the likelihood of BG/NBD has no maximum on this log (" + why + " at " + text +
                  "); expected customers of whom some leave and some come back; more of them, or "
                  "--penalty 0.01, make one");
}

// What the parameters run towards.
std::string WhyItRises(const BgnbdParameters& p) {
  constexpr double kNever = 1e-6;
  if (p.a < kNever * p.b) return "nobody ever seems to leave: it rises towards a = 0";
  return "it still rises";
}

// In place; false where the matrix is not positive definite.
bool InvertSymmetric(std::array<double, 16>* matrix) {
  std::array<double, 16>& m = *matrix;
  for (int pivot = 0; pivot < kParameters; ++pivot) {
    const double diagonal = m[pivot * kParameters + pivot];
    if (!(diagonal > 0)) return false;
    m[pivot * kParameters + pivot] = 1;
    for (int j = 0; j < kParameters; ++j) m[pivot * kParameters + j] /= diagonal;
    for (int i = 0; i < kParameters; ++i) {
      if (i == pivot) continue;
      const double factor = m[i * kParameters + pivot];
      m[i * kParameters + pivot] = 0;
      for (int j = 0; j < kParameters; ++j) {
        m[i * kParameters + j] -= factor * m[pivot * kParameters + j];
      }
    }
  }
  return true;
}

// The inverse of the observed information: of the summed loss's curvature, by central differences
// of its gradient.
bool CovarianceAt(const std::vector<double>& x, double customers, BgnbdLoss& loss,
                  std::array<double, 16>* covariance) {
  std::array<double, 16> curvature{};
  for (int i = 0; i < kParameters; ++i) {
    std::vector<double> up = x;
    std::vector<double> down = x;
    up[i] += kCurvatureStep;
    down[i] -= kCurvatureStep;
    std::vector<double> above;
    std::vector<double> below;
    loss.Evaluate(up, &above);
    loss.Evaluate(down, &below);
    for (int j = 0; j < kParameters; ++j) {
      const double slope = customers * (above[j] - below[j]) / (2 * kCurvatureStep);
      curvature[i * kParameters + j] += slope / 2;
      curvature[j * kParameters + i] += slope / 2;
    }
  }
  *covariance = curvature;
  return InvertSymmetric(covariance);
}

void CheckCells(const CellTotals& totals) {
  if (totals.customers < 2) {
    throw DataError("BG/NBD found " + std::to_string(static_cast<int64_t>(totals.customers)) +
                    " customers with an event up to the cutoff; expected at least 2");
  }
  if (totals.frequency == 0) {
    throw DataError(
        "no customer came back after their first event up to the cutoff; expected repeat events, "
        "of which BG/NBD learns; a shorter --merge may find some");
  }
}

}  // namespace

ConfigFields FieldsOf(BgnbdConfig& config) {
  return {
      {"unit", &config.unit, "of time, in which alpha is", 0, 0, {}},
      {"merge",
       &config.merge,
       "events within one such span (of the calendar, UTC) are one; 0d: each by itself",
       0,
       0,
       {}},
      {"penalty",
       &config.penalty,
       "weight of the parameters' squared logarithms, where the likelihood alone has no maximum",
       0,
       1e6,
       {}},
      {"iterations", &config.iterations, "at most", 1, 1000000, {}},
      {"tolerance",
       &config.tolerance,
       "fitted where no derivative of the mean loss is larger",
       1e-12,
       1e-3,
       {}},
  };
}

BgnbdFit FitBgnbd(const BgnbdConfig& config, const PurchaseCells& cells, BgnbdSummer& summer,
                  const StopFlag& stop) {
  const CellTotals totals = TotalsOf(cells);
  CheckCells(totals);
  const double scale = totals.age / totals.customers;
  BgnbdLoss loss(cells, totals.customers, scale, config.penalty, summer);
  // As if all had the mean rate: r / alpha events a unit.
  Lbfgs lbfgs({10, config.tolerance, 0, 0},
              {0, -std::log(totals.frequency / totals.customers), 0, 0});
  BgnbdFit fit;
  bool converged = false;
  while (!converged) {
    const Lbfgs::Outcome outcome = lbfgs.Step(loss, stop);
    if (!outcome.finished) {
      fit.stopped = true;
      return fit;
    }
    ++fit.iterations;
    converged = outcome.converged;
    fit.parameters = loss.ParametersOf(lbfgs.x());
    for (const double x : lbfgs.x()) {
      if (!(std::abs(x) < std::log(kFarthest)))
        RefuseRunaway(fit.parameters, WhyItRises(fit.parameters));
    }
    if (!converged && fit.iterations >= config.iterations) {
      throw Error(ExitCode::kDiverged, "BG/NBD has not converged after " +
                                           std::to_string(fit.iterations) +
                                           " iterations; nothing was saved; try more --iterations");
    }
  }
  if (!CovarianceAt(lbfgs.x(), totals.customers, loss, &fit.log_covariance)) {
    RefuseRunaway(fit.parameters, "it is flat");
  }
  const BgnbdSums sums =
      summer.Sum(fit.parameters, FrequencyTerms(fit.parameters, cells.frequencies));
  fit.log_likelihood = sums.log_likelihood;
  fit.evaluations = loss.evaluations() + 1;
  return fit;
}

std::array<double, 4> StandardErrors(const BgnbdModel& model) {
  const BgnbdParameters& p = model.parameters;
  const double values[kParameters] = {p.r, p.alpha, p.a, p.b};
  std::array<double, 4> errors{};
  for (int i = 0; i < kParameters; ++i) {
    errors[i] = values[i] * std::sqrt(std::max(0.0, model.log_covariance[i * kParameters + i]));
  }
  return errors;
}

}  // namespace tidewright
