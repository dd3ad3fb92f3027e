#ifndef TIDEWRIGHT_CUDA_CORE_TRACE_H_
#define TIDEWRIGHT_CUDA_CORE_TRACE_H_

namespace tidewright {

// A named range on the profiler's time line while it lives, where the toolkit this was built with
// has NVTX; else nothing.
class TraceRange {
 public:
  explicit TraceRange(const char* name);
  ~TraceRange();
  TraceRange(const TraceRange&) = delete;
  TraceRange& operator=(const TraceRange&) = delete;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_CORE_TRACE_H_
