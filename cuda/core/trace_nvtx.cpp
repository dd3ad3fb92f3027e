#include <nvtx3/nvToolsExt.h>

#include "cuda/core/trace.h"

namespace tidewright {

TraceRange::TraceRange(const char* name) { nvtxRangePushA(name); }
TraceRange::~TraceRange() { nvtxRangePop(); }

}  // namespace tidewright
