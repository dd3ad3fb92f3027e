#ifndef TIDEWRIGHT_HOST_OPTIM_LBFGS_H_
#define TIDEWRIGHT_HOST_OPTIM_LBFGS_H_

#include <cstdint>
#include <deque>
#include <vector>

#include "host/core/stop_flag.h"
#include "host/model/state.h"

namespace tidewright {

// A smooth function with a gradient, computed wherever its data lie.
class SmoothObjective {
 public:
  virtual ~SmoothObjective() = default;
  // The same numbers for the same x, to the bit.
  virtual double Evaluate(const std::vector<double>& x, std::vector<double>* gradient) = 0;
};

struct LbfgsOptions {
  int64_t memory = 10;
  double tolerance = 1e-8;  // of the largest component of the (pseudo-)gradient
  double l1 = 0;
  int64_t penalised = 0;  // how many of x, from the first, l1 applies to
};

// Minimises f(x) + l1 |x|_1 step by step: L-BFGS (Nocedal 1980) with a line search for the weak
// Wolfe conditions (Lewis and Overton 2013); where l1 > 0 OWL-QN (Andrew and Gao 2007), whose steps
// stay within one orthant, with curvature from the free variables alone and their directions left
// as they are (cf. Gong and Ye 2015): on correlated terms that takes far fewer steps.
// The value never rises.
class Lbfgs {
 public:
  Lbfgs(const LbfgsOptions& options, std::vector<double> x);

  struct Outcome {
    bool finished = false;   // false: stopped between evaluations; the step begins anew next time
    bool converged = false;  // the tolerance is met, or no lower value can be represented
  };
  Outcome Step(SmoothObjective& objective, const StopFlag& stop);

  const std::vector<double>& x() const { return x_; }
  double value() const { return value_; }  // after the first step

  void Save(State* state) const;
  // Throws DataError where the state is not of as many variables.
  void Restore(const State& state);

 private:
  struct Pair {
    std::vector<double> step;
    std::vector<double> change;  // of the gradient
  };
  enum class Search { kFound, kNone, kStopped };

  std::vector<double> PseudoGradients() const;
  std::vector<double> Direction(const std::vector<double>& slope) const;
  Search SearchAlong(const std::vector<double>& slope, const std::vector<double>& direction,
                     SmoothObjective& objective, const StopFlag& stop);
  void Move(double length, const std::vector<double>& slope, const std::vector<double>& direction,
            std::vector<double>* to) const;
  double Penalty(const std::vector<double>& x) const;
  void Accept(std::vector<double> x, std::vector<double> gradient, double value);

  LbfgsOptions options_;
  std::vector<double> x_;
  std::vector<double> gradient_;  // of f
  double value_ = 0;
  bool begun_ = false;  // value_ and gradient_ are those of x_
  std::deque<Pair> pairs_;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_OPTIM_LBFGS_H_
