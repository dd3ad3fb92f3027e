#ifndef TIDEWRIGHT_HOST_CORE_CLOCK_H_
#define TIDEWRIGHT_HOST_CORE_CLOCK_H_

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace tidewright {

// What durations are measured with.
using Clock = std::chrono::steady_clock;

inline double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// Seconds by stage of a run, in order.
using StageSeconds = std::vector<std::pair<std::string, double>>;

class StageClock {
 public:
  // What passed since the last call, or since this was made, was `stage`.
  void End(const std::string& stage) {
    stages_.emplace_back(stage, SecondsSince(begin_));
    begin_ = Clock::now();
  }
  const StageSeconds& stages() const { return stages_; }

 private:
  Clock::time_point begin_ = Clock::now();
  StageSeconds stages_;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_CLOCK_H_
