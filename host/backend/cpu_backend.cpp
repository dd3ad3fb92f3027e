#include "host/backend/backend.h"
#include "host/backend/cpu_meter.h"
#include "host/bgnbd/bgnbd.h"
#include "host/core/parallel.h"
#include "host/features/build_features.h"
#include "host/gbdt/gbdt.h"
#include "host/ials/ials.h"
#include "host/linalg/simd.h"
#include "host/linalg/top_k.h"
#include "host/logistic/logistic.h"

namespace tidewright {

const Backend& CpuBackend() {
  static const Backend backend = [] {
    Backend cpu;
    cpu.name = "cpu";
    cpu.target = SimdTarget();
    cpu.description = std::to_string(NumThreads()) +
                      (NumThreads() == 1 ? " thread, " : " threads, ") + cpu.target;
    cpu.make_ials = MakeIalsCpu;
    cpu.estimate_ials = EstimateIalsCpu;
    cpu.make_gbdt = MakeGbdtCpu;
    cpu.estimate_gbdt = EstimateGbdtCpu;
    cpu.make_logistic = MakeLogisticCpu;
    cpu.estimate_logistic = EstimateLogisticCpu;
    cpu.make_bgnbd = MakeBgnbdCpu;
    cpu.top_k = TopKCpu;
    cpu.build_features = BuildFeaturesCpu;
    cpu.make_meter = MakeCpuMeter;
    return cpu;
  }();
  return backend;
}

}  // namespace tidewright
