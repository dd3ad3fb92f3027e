#ifndef TIDEWRIGHT_HOST_CORE_CLOCK_H_
#define TIDEWRIGHT_HOST_CORE_CLOCK_H_

#include <chrono>

namespace tidewright {

// What durations are measured with.
using Clock = std::chrono::steady_clock;

inline double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_CLOCK_H_
