#ifndef TIDEWRIGHT_HOST_CORE_STOP_FLAG_H_
#define TIDEWRIGHT_HOST_CORE_STOP_FLAG_H_

#include <atomic>

namespace tidewright {

// Set by a signal handler (it is lock-free), read by solvers between blocks of rows.
class StopFlag {
 public:
  void Request() { requested_.store(true, std::memory_order_relaxed); }
  bool requested() const { return requested_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> requested_{false};
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_STOP_FLAG_H_
