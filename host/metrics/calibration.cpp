#include "host/metrics/calibration.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <vector>

#include "host/core/parallel.h"
#include "host/metrics/classification_measures.h"

namespace tidewright {
namespace {

constexpr double kFarthestLogOdds = 36;  // beyond it 1 - p is lost in a double's rounding
constexpr double kClosest = 1e-9;  // to 0 and 1, of a knot: what nine digits can tell from them
constexpr double kLogOddsStep = 1e-9;
constexpr int64_t kCurveGrain = 16384;
constexpr int kMostTerms = 3;  // of a curve: two slopes and the intercept

using Terms = std::array<double, kMostTerms>;

double WeightOf(const ScoredRows& rows, size_t row) {
  return rows.weight.empty() ? 1.0 : rows.weight[row];
}

double NineDigits(double value) {
  char text[40];
  std::snprintf(text, sizeof(text), "%.9g", value);
  return std::strtod(text, nullptr);
}

double SoftPlusOf(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

// What a logistic curve is fitted to: log-odds = sum of coefficient * term.
struct CurveProblem {
  int terms = 0;
  std::vector<Terms> row;
  std::vector<double> target;  // in (0, 1)
  std::vector<double> weight;
};

struct CurveStep {
  double loss = 0;
  Terms gradient{};
  std::array<Terms, kMostTerms> hessian{};
};

CurveStep Differentiate(const CurveProblem& problem, const Terms& at) {
  const auto rows = static_cast<int64_t>(problem.row.size());
  std::vector<CurveStep> parts(static_cast<size_t>((rows + kCurveGrain - 1) / kCurveGrain));
  ParallelRanges(rows, kCurveGrain, [&](int64_t begin, int64_t end, int) {
    CurveStep part;
    for (int64_t row = begin; row < end; ++row) {
      const Terms& x = problem.row[row];
      double margin = 0;
      for (int t = 0; t < problem.terms; ++t) margin += at[t] * x[t];
      const double e = std::exp(-std::abs(margin));
      const double p = (margin >= 0 ? 1.0 : e) / (1.0 + e);
      const double w = problem.weight[row];
      part.loss += w * (SoftPlusOf(margin) - problem.target[row] * margin);
      const double residual = w * (p - problem.target[row]);
      const double curvature = w * p * (1 - p);
      for (int t = 0; t < problem.terms; ++t) {
        part.gradient[t] += residual * x[t];
        for (int u = 0; u <= t; ++u) part.hessian[t][u] += curvature * x[t] * x[u];
      }
    }
    parts[begin / kCurveGrain] = part;
  });
  CurveStep sum;
  for (const CurveStep& part : parts) {
    sum.loss += part.loss;
    for (int t = 0; t < problem.terms; ++t) {
      sum.gradient[t] += part.gradient[t];
      for (int u = 0; u <= t; ++u) sum.hessian[t][u] += part.hessian[t][u];
    }
  }
  return sum;
}

// hessian^-1 gradient by Cholesky, with a ridge that only a singular matrix feels.
Terms NewtonDirection(const CurveStep& step, int terms) {
  std::array<Terms, kMostTerms> l = step.hessian;
  double trace = 0;
  for (int t = 0; t < terms; ++t) trace += l[t][t];
  Terms x = step.gradient;
  for (int t = 0; t < terms; ++t) {
    l[t][t] += 1e-12 * trace + 1e-300;
    for (int u = 0; u <= t; ++u) {
      for (int k = 0; k < u; ++k) l[t][u] -= l[t][k] * l[u][k];
      l[t][u] = u < t ? l[t][u] / l[u][u] : std::sqrt(std::max(l[t][t], 1e-300));
    }
    for (int k = 0; k < t; ++k) x[t] -= l[t][k] * x[k];
    x[t] /= l[t][t];
  }
  for (int t = terms - 1; t >= 0; --t) {
    for (int k = t + 1; k < terms; ++k) x[t] -= l[k][t] * x[k];
    x[t] /= l[t][t];
  }
  return x;
}

Terms FitCurve(const CurveProblem& problem, Terms at) {
  CurveStep step = Differentiate(problem, at);
  for (int iteration = 0; iteration < 100; ++iteration) {
    const Terms direction = NewtonDirection(step, problem.terms);
    double length = 1;
    double moved = 0;
    Terms next = at;
    CurveStep after;
    for (int halving = 0; halving < 40; ++halving, length /= 2) {
      moved = 0;
      for (int t = 0; t < problem.terms; ++t) {
        next[t] = at[t] - length * direction[t];
        moved = std::max(moved, std::abs(next[t] - at[t]) / std::max(1.0, std::abs(at[t])));
      }
      after = Differentiate(problem, next);
      if (after.loss <= step.loss) break;
    }
    if (!(after.loss <= step.loss)) break;
    at = next;
    step = after;
    if (moved < 1e-13) break;
  }
  return at;
}

// Which of ln p (0) and -ln(1 - p) (1), or of their sum x (2), a curve reads beside its intercept.
CurveProblem CurveOf(const ScoredRows& rows, const std::vector<int>& read) {
  CurveProblem problem;
  problem.terms = static_cast<int>(read.size()) + 1;
  double classes[2] = {0, 0};
  for (size_t row = 0; row < rows.label.size(); ++row) {
    classes[rows.label[row] == 1.0f ? 1 : 0] += WeightOf(rows, row);
  }
  for (size_t row = 0; row < rows.label.size(); ++row) {
    const double x = LogOddsOf(rows.probability[row]);
    const Terms all = {-SoftPlusOf(-x), SoftPlusOf(x), x};
    Terms terms{};
    for (size_t t = 0; t < read.size(); ++t) terms[t] = all[read[t]];
    terms[read.size()] = 1;
    problem.row.push_back(terms);
    problem.target.push_back(rows.label[row] == 1.0f ? (classes[1] + 1) / (classes[1] + 2)
                                                     : 1 / (classes[0] + 2));
    problem.weight.push_back(WeightOf(rows, row));
  }
  return problem;
}

std::optional<Calibrator> FitPlatt(const ScoredRows& rows) {
  const Terms at = FitCurve(CurveOf(rows, {2}), {1, 0, 0});
  Calibrator calibrator;
  calibrator.a = calibrator.b = NineDigits(at[0]);
  calibrator.c = NineDigits(at[1]);
  if (!(calibrator.a > 0) || !std::isfinite(calibrator.c)) return std::nullopt;
  return calibrator;
}

std::optional<Calibrator> FitBeta(const ScoredRows& rows) {
  Calibrator calibrator;
  calibrator.method = CalibrationMethod::kBeta;
  Terms at = FitCurve(CurveOf(rows, {0, 1}), {1, 1, 0});
  calibrator.a = at[0];
  calibrator.b = at[1];
  calibrator.c = at[2];
  if (calibrator.a < 0 || calibrator.b < 0) {
    const bool first = calibrator.b < 0;  // the slope that stays
    at = FitCurve(CurveOf(rows, {first ? 0 : 1}), {1, 0, 0});
    calibrator.a = first ? at[0] : 0;
    calibrator.b = first ? 0 : at[0];
    calibrator.c = at[1];
  }
  calibrator.a = NineDigits(calibrator.a);
  calibrator.b = NineDigits(calibrator.b);
  calibrator.c = NineDigits(calibrator.c);
  if (!(calibrator.a >= 0 && calibrator.b >= 0 && calibrator.a + calibrator.b > 0) ||
      !std::isfinite(calibrator.a + calibrator.b + calibrator.c)) {
    return std::nullopt;
  }
  return calibrator;
}

// Rows whose neighbours in log-odds churn at one rate.
struct IsotonicBlock {
  double first = 0;  // log-odds
  double last = 0;
  double positive = 0;  // weights
  double all = 0;

  double rate() const { return positive / all; }
};

std::vector<IsotonicBlock> PoolViolators(const ScoredRows& rows) {
  std::vector<double> x;
  for (const double p : rows.probability) x.push_back(LogOddsOf(p));
  std::vector<size_t> order(x.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return x[a] < x[b]; });
  std::vector<IsotonicBlock> tied;
  for (const size_t row : order) {
    const double weight = WeightOf(rows, row);
    if (!(weight > 0)) continue;
    if (tied.empty() || tied.back().last != x[row]) tied.push_back({x[row], x[row], 0, 0});
    tied.back().all += weight;
    if (rows.label[row] == 1.0f) tied.back().positive += weight;
  }
  std::vector<IsotonicBlock> blocks;
  for (IsotonicBlock block : tied) {
    while (!blocks.empty() && blocks.back().rate() >= block.rate()) {
      block.first = blocks.back().first;
      block.positive += blocks.back().positive;
      block.all += blocks.back().all;
      blocks.pop_back();
    }
    blocks.push_back(block);
  }
  return blocks;
}

std::optional<Calibrator> FitIsotonic(const ScoredRows& rows) {
  const std::vector<IsotonicBlock> blocks = PoolViolators(rows);
  if (blocks.size() < 2) return std::nullopt;
  std::vector<double> rates;
  for (const IsotonicBlock& block : blocks) rates.push_back(block.rate());
  const auto half_a_row = [](const IsotonicBlock& block) { return 0.5 / (block.all + 0.5); };
  if (rates.front() <= 0) rates.front() = std::min(half_a_row(blocks.front()), rates[1]);
  if (rates.back() >= 1) {
    rates.back() = std::max(1 - half_a_row(blocks.back()), rates[rates.size() - 2]);
  }
  // Of two blocks that saw one label each, both borders may have met what is no probability.
  if (!(rates.front() > 0 && rates.back() < 1)) return std::nullopt;
  Calibrator calibrator;
  calibrator.method = CalibrationMethod::kIsotonic;
  const auto add = [&](double x, double rate) {
    calibrator.log_odds.push_back(x);
    calibrator.probability.push_back(std::clamp(NineDigits(rate), kClosest, 1 - kClosest));
  };
  for (size_t block = 0; block < blocks.size(); ++block) {
    add(blocks[block].first, rates[block]);
    if (blocks[block].last > blocks[block].first) add(blocks[block].last, rates[block]);
  }
  return calibrator;
}

}  // namespace

double LogOddsOf(double probability) {
  const double x = std::log(probability) - std::log1p(-probability);
  return std::round(std::clamp(x, -kFarthestLogOdds, kFarthestLogOdds) / kLogOddsStep) *
         kLogOddsStep;
}

std::optional<Calibrator> FitCalibrator(CalibrationMethod method, const ScoredRows& rows) {
  CheckScoredRows(rows);
  double positive = 0;
  double negative = 0;
  for (size_t row = 0; row < rows.label.size(); ++row) {
    (rows.label[row] == 1.0f ? positive : negative) += WeightOf(rows, row);
  }
  if (!(positive > 0 && negative > 0)) return std::nullopt;
  switch (method) {
    case CalibrationMethod::kPlatt:
      return FitPlatt(rows);
    case CalibrationMethod::kBeta:
      return FitBeta(rows);
    case CalibrationMethod::kIsotonic:
      break;
  }
  return FitIsotonic(rows);
}

ScoredRows CalibrateRows(const Calibrator& calibrator, ScoredRows rows) {
  for (double& p : rows.probability) p = CalibratedProbability(calibrator, LogOddsOf(p));
  return rows;
}

CalibrationQuality QualityOfProbabilities(const ScoredRows& rows) {
  ScoredRows pooled = rows;
  pooled.fold.clear();
  return {ClassificationMetric("log_loss", pooled), ClassificationMetric("brier", pooled),
          ClassificationMetric("ece", pooled)};
}

}  // namespace tidewright
