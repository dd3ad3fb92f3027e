#ifndef TIDEWRIGHT_HOST_MODEL_BGNBD_MODEL_H_
#define TIDEWRIGHT_HOST_MODEL_BGNBD_MODEL_H_

#include <array>
#include <cstdint>

namespace tidewright {

// The four numbers of BG/NBD (host/bgnbd/bgnbd.h); alpha is in units of time.
struct BgnbdParameters {
  double r = 1;
  double alpha = 1;
  double a = 1;
  double b = 1;
};

// A fitted BG/NBD model, and how a log becomes what it speaks of. Times are microseconds.
struct BgnbdModel {
  BgnbdParameters parameters;
  // Of (log r, log alpha, log a, log b), row-major.
  std::array<double, 16> log_covariance{};
  int64_t unit = 0;    // of time
  int64_t merge = 0;   // events within one such span are one; 0: each by itself
  int64_t cutoff = 0;  // no event after it was fitted on
  int64_t customers = 0;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_MODEL_BGNBD_MODEL_H_
