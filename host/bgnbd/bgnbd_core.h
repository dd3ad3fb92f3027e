#ifndef TIDEWRIGHT_HOST_BGNBD_BGNBD_CORE_H_
#define TIDEWRIGHT_HOST_BGNBD_BGNBD_CORE_H_

#include <cmath>
#include <cstdint>

#include "host/core/host_device.h"
#include "host/model/bgnbd_model.h"

namespace tidewright {

// What the log likelihood of a customer takes from the frequency x alone: sums over the x repeat
// events, so that no difference of large lgammas is ever taken.
struct BgnbdFrequencyTerms {
  double frequency = 0;
  double log_gain = 0;   // sum over j < x of log(r + j) + log((b + j) / (a + b + j))
  double gain_by_r = 0;  // its derivatives
  double gain_by_a = 0;
  double gain_by_b = 0;
  double log_left_odds = 0;  // log(a / (b + x - 1)); not read where x is 0
  double inverse_stay = 0;   // 1 / (b + x - 1); 0 where x is 0
};

// Sums over customers of the log likelihood and of its derivatives.
struct BgnbdSums {
  double log_likelihood = 0;
  double by_r = 0;
  double by_log_alpha = 0;
  double by_a = 0;
  double by_b = 0;
};

// log(1 + exp(d)) and the share exp(d) / (1 + exp(d)), without overflow.
struct BgnbdLeft {
  double log_sum = 0;
  double share = 0;
};
TIDEWRIGHT_HOST_DEVICE inline BgnbdLeft LeftOf(double log_odds) {
  const double e = std::exp(-std::abs(log_odds));
  BgnbdLeft left;
  left.log_sum = std::log1p(e) + (log_odds > 0 ? log_odds : 0.0);
  left.share = (log_odds >= 0 ? 1.0 : e) / (1.0 + e);
  return left;
}

// Adds `weight` customers of the same history. With u = log(1 + age / alpha) and
// v = log(1 + recency / alpha), the odds of having left after the last event are
// exp(log_left_odds + (r + x)(u - v)), and
// log L = log_gain - x log alpha - (r + x) u + log(1 + odds)      (Fader, Hardie, Lee 2005, eq. 6)
TIDEWRIGHT_HOST_DEVICE inline void AddBgnbdCustomers(const BgnbdParameters& p, double log_alpha,
                                                     const BgnbdFrequencyTerms& terms,
                                                     double recency, double age, double weight,
                                                     BgnbdSums* sums) {
  const double x = terms.frequency;
  const double shape = p.r + x;
  const double u = std::log1p(age / p.alpha);
  double v = 0;
  BgnbdLeft left;
  if (x > 0) {
    v = std::log1p(recency / p.alpha);
    left = LeftOf(terms.log_left_odds + shape * (u - v));
  }
  const double stayed = 1 - left.share;
  sums->log_likelihood += weight * (terms.log_gain - x * log_alpha - shape * u + left.log_sum);
  sums->by_r += weight * (terms.gain_by_r - stayed * u - left.share * v);
  sums->by_log_alpha +=
      weight *
      (shape * (stayed * age / (p.alpha + age) + left.share * recency / (p.alpha + recency)) - x);
  sums->by_a += weight * (terms.gain_by_a + left.share / p.a);
  sums->by_b += weight * (terms.gain_by_b - left.share * terms.inverse_stay);
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_BGNBD_BGNBD_CORE_H_
