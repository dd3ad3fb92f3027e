#include "host/optim/lbfgs.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "host/core/errors.h"

namespace tidewright {
namespace {

constexpr double kDecrease = 1e-4;   // of the Armijo condition
constexpr double kCurvature = 0.9;   // of the weak Wolfe condition
constexpr int kMaxEvaluations = 40;  // in one search
// Where a step promises less than this share of the value, its rounding decides: few tries then.
constexpr double kRounding = 1e-14;
constexpr int kRoundingEvaluations = 3;

double Dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

void AddTo(double factor, const std::vector<double>& from, std::vector<double>* to) {
  for (size_t i = 0; i < from.size(); ++i) (*to)[i] += factor * from[i];
}

std::vector<double> Difference(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> difference(a.size());
  for (size_t i = 0; i < a.size(); ++i) difference[i] = a[i] - b[i];
  return difference;
}

// The steepest slope of f(x) + l1 |x| where f has slope `gradient` (Andrew and Gao 2007, eq. 4).
double PseudoGradient(double x, double gradient, double l1) {
  if (x > 0) return gradient + l1;
  if (x < 0) return gradient - l1;
  if (gradient + l1 < 0) return gradient + l1;
  if (gradient - l1 > 0) return gradient - l1;
  return 0;
}

// Whether a step along which the gradient changed so tells of a curvature at all.
bool IsCurved(double product, const std::vector<double>& change) {
  return product > std::numeric_limits<double>::epsilon() * Dot(change, change);
}

double LargestOf(const std::vector<double>& values) {
  double largest = 0;
  for (const double value : values) largest = std::max(largest, std::abs(value));
  return largest;
}

const std::vector<double>& DoublesOf(const State& state, const std::string& name, size_t size) {
  const auto found = state.doubles.find(name);
  if (found == state.doubles.end() || found->second.size() != size) {
    throw DataError("the state to go on from has no " + std::to_string(size) + " numbers '" + name +
                    "': it is of another table or configuration");
  }
  return found->second;
}

}  // namespace

Lbfgs::Lbfgs(const LbfgsOptions& options, std::vector<double> x)
    : options_(options), x_(std::move(x)), gradient_(x_.size(), 0.0) {}

Lbfgs::Outcome Lbfgs::Step(SmoothObjective& objective, const StopFlag& stop) {
  if (!begun_) {
    if (stop.requested()) return {false, false};
    value_ = objective.Evaluate(x_, &gradient_) + Penalty(x_);
    begun_ = true;
  }
  const std::vector<double> slope = PseudoGradients();
  if (LargestOf(slope) <= options_.tolerance) return {true, true};
  for (;;) {
    const bool steepest = pairs_.empty();
    switch (SearchAlong(slope, Direction(slope), objective, stop)) {
      case Search::kFound:
        return {true, LargestOf(PseudoGradients()) <= options_.tolerance};
      case Search::kStopped:
        return {false, false};
      case Search::kNone:
        if (steepest) return {true, true};
        pairs_.clear();  // the curvature they tell of misled: once more along the slope itself
    }
  }
}

std::vector<double> Lbfgs::PseudoGradients() const {
  std::vector<double> slope = gradient_;
  if (options_.l1 > 0) {
    for (int64_t i = 0; i < options_.penalised; ++i) {
      slope[i] = PseudoGradient(x_[i], gradient_[i], options_.l1);
    }
  }
  return slope;
}

// Minus the inverse curvature times the slope: the two-loop recursion. With l1 it is that of the
// free variables alone, those which the slope moves: what the pairs tell of variables that stay at
// 0 would mislead it.
std::vector<double> Lbfgs::Direction(const std::vector<double>& slope) const {
  std::vector<double> direction(slope.size());
  for (size_t i = 0; i < slope.size(); ++i) direction[i] = -slope[i];
  std::vector<Pair> pairs;
  std::vector<double> curvature;
  for (Pair pair : pairs_) {
    if (options_.l1 > 0) {
      for (size_t i = 0; i < slope.size(); ++i) {
        if (slope[i] == 0) pair.step[i] = pair.change[i] = 0;
      }
    }
    const double product = Dot(pair.step, pair.change);
    if (!IsCurved(product, pair.change)) continue;
    pairs.push_back(std::move(pair));
    curvature.push_back(product);
  }
  if (pairs.empty()) return direction;
  std::vector<double> along(pairs.size());
  for (size_t p = pairs.size(); p-- > 0;) {
    along[p] = Dot(pairs[p].step, direction) / curvature[p];
    AddTo(-along[p], pairs[p].change, &direction);
  }
  const double scale = curvature.back() / Dot(pairs.back().change, pairs.back().change);
  for (double& value : direction) value *= scale;
  for (size_t p = 0; p < pairs.size(); ++p) {
    const double back = Dot(pairs[p].change, direction) / curvature[p];
    AddTo(along[p] - back, pairs[p].step, &direction);
  }
  if (options_.l1 > 0) {
    for (int64_t i = 0; i < options_.penalised; ++i) {
      // From 0 the slope alone says to which side.
      if (x_[i] == 0 && direction[i] * slope[i] >= 0) direction[i] = 0;
    }
  }
  return direction;
}

double Lbfgs::Penalty(const std::vector<double>& x) const {
  if (options_.l1 == 0) return 0;
  double sum = 0;
  for (int64_t i = 0; i < options_.penalised; ++i) sum += std::abs(x[i]);
  return options_.l1 * sum;
}

// x + length * direction; what l1 applies to stops at 0 where it would change its sign.
void Lbfgs::Move(double length, const std::vector<double>& slope,
                 const std::vector<double>& direction, std::vector<double>* to) const {
  for (size_t i = 0; i < x_.size(); ++i) (*to)[i] = x_[i] + length * direction[i];
  if (options_.l1 == 0) return;
  for (int64_t i = 0; i < options_.penalised; ++i) {
    const double side = x_[i] != 0 ? x_[i] : -slope[i];
    if ((*to)[i] * side <= 0) (*to)[i] = 0;
  }
}

Lbfgs::Search Lbfgs::SearchAlong(const std::vector<double>& slope,
                                 const std::vector<double>& direction, SmoothObjective& objective,
                                 const StopFlag& stop) {
  const double descent = Dot(slope, direction);
  if (!(descent < 0)) return Search::kNone;
  const bool rounding = -descent < kRounding * std::abs(value_);
  const int evaluations = rounding ? kRoundingEvaluations : kMaxEvaluations;
  double too_short = 0;
  double too_long = std::numeric_limits<double>::infinity();
  double length = pairs_.empty() ? std::min(1.0, 1.0 / std::sqrt(Dot(slope, slope))) : 1.0;
  std::vector<double> x(x_.size());
  std::vector<double> gradient(x_.size());
  // The lowest point so far that is low enough, for where none is found that is far enough too.
  std::vector<double> low_x;
  std::vector<double> low_gradient;
  double low_value = value_;
  for (int evaluation = 0; evaluation < evaluations; ++evaluation) {
    if (stop.requested()) return Search::kStopped;
    Move(length, slope, direction, &x);
    const double value = objective.Evaluate(x, &gradient) + Penalty(x);
    // The slope times the way made: with l1 the way is bent.
    const double promised = Dot(slope, Difference(x, x_));
    if (value <= value_ + kDecrease * promised && x != x_) {
      if (options_.l1 > 0 || Dot(gradient, direction) >= kCurvature * descent) {
        Accept(std::move(x), std::move(gradient), value);
        return Search::kFound;
      }
      if (low_x.empty() || value <= low_value) {
        low_x = x;
        low_gradient = gradient;
        low_value = value;
      }
      too_short = length;
    } else {
      too_long = length;
    }
    length = std::isinf(too_long) ? 2 * length : 0.5 * (too_short + too_long);
  }
  if (low_x.empty()) return Search::kNone;
  Accept(std::move(low_x), std::move(low_gradient), low_value);
  return Search::kFound;
}

void Lbfgs::Accept(std::vector<double> x, std::vector<double> gradient, double value) {
  Pair pair{Difference(x, x_), Difference(gradient, gradient_)};
  if (IsCurved(Dot(pair.step, pair.change), pair.change)) {
    pairs_.push_back(std::move(pair));
    if (static_cast<int64_t>(pairs_.size()) > options_.memory) pairs_.pop_front();
  }
  x_ = std::move(x);
  gradient_ = std::move(gradient);
  value_ = value;
}

void Lbfgs::Save(State* state) const {
  state->integers["begun"] = begun_ ? 1 : 0;
  state->integers["pairs"] = static_cast<int64_t>(pairs_.size());
  state->numbers["value"] = value_;
  state->doubles["x"] = x_;
  state->doubles["gradient"] = gradient_;
  std::vector<double> steps;
  std::vector<double> changes;
  for (const Pair& pair : pairs_) {
    steps.insert(steps.end(), pair.step.begin(), pair.step.end());
    changes.insert(changes.end(), pair.change.begin(), pair.change.end());
  }
  state->doubles["steps"] = std::move(steps);
  state->doubles["changes"] = std::move(changes);
}

void Lbfgs::Restore(const State& state) {
  const auto begun = state.integers.find("begun");
  const auto count = state.integers.find("pairs");
  const auto value = state.numbers.find("value");
  if (begun == state.integers.end() || count == state.integers.end() ||
      value == state.numbers.end() || count->second < 0 || count->second > options_.memory) {
    throw DataError("the state to go on from is not one of steps with memory " +
                    std::to_string(options_.memory));
  }
  const size_t size = x_.size();
  const size_t pairs = static_cast<size_t>(count->second);
  const std::vector<double>& steps = DoublesOf(state, "steps", pairs * size);
  const std::vector<double>& changes = DoublesOf(state, "changes", pairs * size);
  x_ = DoublesOf(state, "x", size);
  gradient_ = DoublesOf(state, "gradient", size);
  value_ = value->second;
  begun_ = begun->second != 0;
  pairs_.clear();
  const auto part = [size](const std::vector<double>& all, size_t p) {
    const auto from = all.begin() + static_cast<int64_t>(p * size);
    return std::vector<double>(from, from + static_cast<int64_t>(size));
  };
  for (size_t p = 0; p < pairs; ++p) pairs_.push_back({part(steps, p), part(changes, p)});
}

}  // namespace tidewright
