#ifndef TIDEWRIGHT_HOST_BACKEND_BACKEND_H_
#define TIDEWRIGHT_HOST_BACKEND_BACKEND_H_

#include <memory>
#include <string>

#include "host/backend/meter.h"
#include "host/bgnbd/bgnbd.h"
#include "host/data/interactions.h"
#include "host/features/build_features.h"
#include "host/gbdt/gbdt.h"
#include "host/ials/ials.h"
#include "host/linalg/top_k.h"
#include "host/logistic/logistic.h"
#include "host/model/solver.h"

namespace tidewright {

// To add an algorithm: host/<name>/ (config and its field list, core, CPU twin), cuda/<name>/ (the
// GPU twin), a factory and an estimate below with one line each in host/backend/cpu_backend.cpp and
// cuda/backend.cpp, its line in host/train/algorithms.cpp. tests/contract/ then tests it. Nothing
// registers itself.

// What one device can do. Plain data: a table of functions. A twin means the same by every option.
struct Backend {
  std::string name;         // "cpu", "cuda:0"
  std::string description;  // "2 threads, AVX3", "NVIDIA H200, 139 GiB, sm_90"
  std::string unavailable;  // why it cannot be used and what to do; empty where it can
  std::string target;       // what the manifest records: "AVX3", "sm_90"

  // Refuses with DeviceError, naming the estimate, what does not fit.
  std::unique_ptr<Solver> (*make_ials)(const IalsConfig& config,
                                       const Interactions& data) = nullptr;
  CostEstimate (*estimate_ials)(const IalsConfig& config, int64_t users, int64_t items,
                                int64_t entries) = nullptr;
  std::unique_ptr<Solver> (*make_gbdt)(const GbdtConfig& config, TableProblem problem) = nullptr;
  CostEstimate (*estimate_gbdt)(const GbdtConfig& config, int64_t rows, int64_t columns) = nullptr;
  std::unique_ptr<Solver> (*make_logistic)(const LogisticConfig& config,
                                           TableProblem problem) = nullptr;
  CostEstimate (*estimate_logistic)(const LogisticConfig& config, int64_t rows,
                                    int64_t columns) = nullptr;
  // The cells outlive it.
  std::unique_ptr<BgnbdSummer> (*make_bgnbd)(const PurchaseCells& cells) = nullptr;
  TopKResult (*top_k)(const TopKRequest& request) = nullptr;
  // The same bits on every device.
  FeatureValues (*build_features)(const FeatureRequest& request) = nullptr;
  // For benchmarks: how its time is taken, and what it can do at best.
  std::unique_ptr<Meter> (*make_meter)() = nullptr;
};

const Backend& CpuBackend();
// One device, by index. Linked from cuda/backend.cpp, or from cuda/unavailable.cpp where the build
// has no CUDA.
const Backend& CudaBackend(int device = 0);

// "auto", "cpu", "cuda", "cuda:N" -> the backend; `reason` gets one line on what was chosen and
// why. Throws UsageError for another name and DeviceError where the device asked for is not
// available: no silent fallback.
const Backend& ChooseBackend(const std::string& device, std::string* reason);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_BACKEND_BACKEND_H_
