#include "cuda/core/trace.h"

namespace tidewright {

TraceRange::TraceRange(const char*) {}
TraceRange::~TraceRange() = default;

}  // namespace tidewright
