#ifndef TIDEWRIGHT_HOST_BACKEND_METER_H_
#define TIDEWRIGHT_HOST_BACKEND_METER_H_

#include <functional>
#include <map>
#include <string>

namespace tidewright {

// What a timing is worth nothing without.
struct DeviceFacts {
  std::string model;     // of the processor or the GPU: "NVIDIA H200"
  double clock_mhz = 0;  // 0: not known
  double memory_clock_mhz = 0;
  std::string driver;  // empty on the CPU
};

// What a device can do at best, and where that is from.
struct Ceilings {
  // Flops a second by arithmetic. "fp32" is always there; a GPU adds those of its tensor cores:
  // "tf32", "bf16", "fp16", and "tf32x3" (an fp32 product, of three TF32 ones where that is
  // faster).
  std::map<std::string, double> flops;
  double bandwidth = 0;  // bytes a second between the device and its memory
  std::string basis;     // one line: what was measured, what was assumed
};

// How a device's time is taken for benchmarks.
class Meter {
 public:
  virtual ~Meter() = default;
  virtual DeviceFacts Facts() const = 0;
  // Takes a moment; all threads or the whole device. A shared machine's clock is not the same a
  // second later, so it is asked again beside every timing.
  virtual Ceilings MeasureCeilings() = 0;
  // Between two timings: what the first left in the caches does not help the second.
  virtual void FlushCaches() = 0;
  // Seconds from the beginning of `work` until all that it enqueued has run.
  virtual double Seconds(const std::function<void()>& work) = 0;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_BACKEND_METER_H_
