#ifndef TIDEWRIGHT_HOST_LINALG_SIMD_H_
#define TIDEWRIGHT_HOST_LINALG_SIMD_H_

#include <string>
#include <vector>

namespace tidewright {

// The instruction set the kernels run with: chosen at run time, the best this CPU has.
std::string SimdTarget();                         // "AVX3", "AVX2", "SSE4", …
std::vector<std::string> AvailableSimdTargets();  // best first; after a pin, that one
// Pins it (--simd), before any kernel ran. Throws UsageError where this CPU or this build does not
// have it.
void PinSimdTarget(const std::string& name);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_LINALG_SIMD_H_
