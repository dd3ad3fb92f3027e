#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "host/bgnbd/bgnbd.h"

namespace tidewright {
namespace {

constexpr double kSmallTerm = 1e-17;  // of the sum
// A longer series is left to the quadrature.
constexpr double kLongestSeries = 4000;
// Below, p has lost digits: the quotient is its limit at 0.
constexpr double kTiny = 1e-290;

// What is expected of a customer who is there at the cutoff; z = span / (alpha + age).
struct Presence {
  double shape = 0;  // r + x
  double a = 0;
  double stay = 0;  // b + x
  double z = 0;
};

// The series of bgnbd.h. Terms are relative to that of k = 0, and divided by their own sum.
double SeriesEvents(const Presence& here) {
  const double w = here.z / (1 + here.z);
  double term = 1;     // NegativeBinomial(k) / NegativeBinomial(0)
  double weights = 1;  // their sum
  double sum = 0;
  double survival = 1;  // E[(1 - p)^k]
  double events = 0;    // sum over j < k of E[(1 - p)^j]
  for (double k = 0;; ++k) {
    const double ratio = (here.shape + k) / (k + 1) * w;
    term *= ratio;
    events += survival;
    survival *= (here.stay + k) / (here.a + here.stay + k);
    weights += term;
    sum += term * events;
    // From here on terms fall at least as fast as a geometric series of `fall`.
    const double fall = std::max(ratio, w);
    if (fall < 1 && term * (events + 1 / (1 - fall)) <= kSmallTerm * (1 - fall) * sum) break;
    if (weights > 1e250) {
      term *= 1e-250;
      weights *= 1e-250;
      sum *= 1e-250;
    }
  }
  return sum / weights;
}

// The mean over p ~ Beta(a, stay) of (1 - (1 + z p)^-shape) / p, with the logit of p running as
// center + width sinh(t): trapezoids of `step` in t converge exponentially, whatever the exponents
// at 0 and 1. Divided by the density's own sum, so that its norm need not be known.
double TrapezoidEvents(const Presence& here, double step) {
  const double center = std::log(here.a / here.stay);
  const double width = std::min(std::sqrt(1 / here.a + 1 / here.stay), std::numbers::pi / 2);
  // Beyond, the density is below exp(-45) of its peak.
  const double begin = -std::asinh(10 + 45 / (here.a * width));
  const double end = std::asinh(10 + 45 / (here.stay * width));
  double largest = -std::numeric_limits<double>::infinity();
  double density = 0;
  double sum = 0;
  for (double t = begin; t <= end; t += step) {
    const double logit = center + width * std::sinh(t);
    const double log_p = -LeftOf(-logit).log_sum;
    const double log_q = -LeftOf(logit).log_sum;
    const double log_weight = here.a * log_p + here.stay * log_q + std::log(std::cosh(t));
    if (log_weight > largest) {
      const double shrink = std::exp(largest - log_weight);
      density *= shrink;
      sum *= shrink;
      largest = log_weight;
    }
    const double weight = std::exp(log_weight - largest);
    const double p = std::exp(log_p);
    density += weight;
    sum += weight * (p > kTiny ? -std::expm1(-here.shape * std::log1p(here.z * p)) / p
                               : here.shape * here.z);
  }
  return sum / density;
}

double QuadratureEvents(const Presence& here) {
  constexpr double kFinest = 1.0 / 2048;
  double step = 1.0 / 16;
  double events = TrapezoidEvents(here, step);
  while (step > kFinest) {
    step /= 2;
    const double finer = TrapezoidEvents(here, step);
    const bool settled = std::abs(finer - events) <= 1e-12 * finer;
    events = finer;
    if (settled) break;
  }
  return events;
}

double LeftLogOdds(const BgnbdParameters& p, const BgnbdCustomer& customer) {
  const double x = customer.frequency;
  return std::log(p.a / (p.b + x - 1)) +
         (p.r + x) * (std::log1p(customer.age / p.alpha) - std::log1p(customer.recency / p.alpha));
}

}  // namespace

BgnbdCustomer InUnits(const PurchaseHistory& history, int64_t unit) {
  const auto units = static_cast<double>(unit);
  return {static_cast<double>(history.frequency), static_cast<double>(history.recency) / units,
          static_cast<double>(history.age) / units};
}

double AliveProbability(const BgnbdParameters& p, const BgnbdCustomer& customer) {
  if (customer.frequency == 0) return 1;
  return LeftOf(-LeftLogOdds(p, customer)).share;
}

double SilenceProbability(const BgnbdParameters& p, const BgnbdCustomer& customer, double span) {
  const double z = span / (p.alpha + customer.age);
  const double quiet = std::exp(-(p.r + customer.frequency) * std::log1p(z));
  const double left = customer.frequency == 0 ? 0 : LeftOf(LeftLogOdds(p, customer)).share;
  return left + (1 - left) * quiet;
}

double ExpectedEvents(const BgnbdParameters& p, const BgnbdCustomer& customer, double span) {
  if (!(span > 0)) return 0;
  const Presence here = {p.r + customer.frequency, p.a, p.b + customer.frequency,
                         span / (p.alpha + customer.age)};
  // Mean and tail of the negative binomial: the terms the series will need.
  const double terms = here.shape * here.z + 40 * (1 + here.z);
  const double events = terms < kLongestSeries ? SeriesEvents(here) : QuadratureEvents(here);
  return AliveProbability(p, customer) * events;
}

}  // namespace tidewright
