#include "host/backend/cpu_meter.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <vector>

#include "host/core/aligned.h"
#include "host/core/parallel.h"
#include "host/linalg/dense.h"

namespace tidewright {
namespace {

constexpr int kTries = 3;
constexpr int64_t kFmaSteps = 2'000'000;
// Copied from one buffer to another, in pieces that threads share: more than the last-level caches
// of most machines hold.
constexpr int64_t kCopyFloats = int64_t{32} << 20;
constexpr int64_t kCopyPiece = int64_t{1} << 20;

// The value of the first line of /proc/cpuinfo with this key; empty where there is none.
std::string ProcessorInfo(const std::string& key) {
  std::ifstream file("/proc/cpuinfo");
  std::string line;
  while (std::getline(file, line)) {
    const size_t colon = line.find(": ");
    if (line.rfind(key, 0) == 0 && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "";
}

class CpuMeter final : public Meter {
 public:
  DeviceFacts Facts() const override {
    DeviceFacts facts;
    facts.model = ProcessorName();
    facts.clock_mhz = std::strtod(ProcessorInfo("cpu MHz").c_str(), nullptr);
    return facts;
  }

  Ceilings MeasureCeilings() override {
    Ceilings ceilings;
    const AlignedVector<float> source(kCopyFloats, 1.0f);
    AlignedVector<float> target(kCopyFloats);
    for (int attempt = 0; attempt < kTries; ++attempt) {
      ceilings.flops["fp32"] = std::max(ceilings.flops["fp32"], FlopsPerSecond());
      ceilings.bandwidth = std::max(ceilings.bandwidth, CopyRate(source, &target));
    }
    ceilings.basis =
        "measured in this run on all threads: independent fused multiply-adds; a copy of 128 MiB, "
        "read and written";
    return ceilings;
  }

  // An epoch reads far more than the caches hold, and in the same order each time.
  void FlushCaches() override {}

  double Seconds(const std::function<void()>& work) override {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }

 private:
  double FlopsPerSecond() {
    const int threads = NumThreads();
    std::vector<float> sinks(static_cast<size_t>(threads) * 64, 0.0f);
    std::vector<double> flops(static_cast<size_t>(threads));
    const double seconds = Seconds([&] {
      ParallelBlocks(threads, [&](int64_t block, int) {
        flops[block] = RunFmaLoop(kFmaSteps, sinks.data() + block * 64);
      });
    });
    double total = 0;
    for (const double value : flops) total += value;
    return total / seconds;
  }

  double CopyRate(const AlignedVector<float>& source, AlignedVector<float>* target) {
    const double seconds = Seconds([&] {
      ParallelRanges(kCopyFloats, kCopyPiece, [&](int64_t begin, int64_t end, int) {
        std::memcpy(target->data() + begin, source.data() + begin,
                    static_cast<size_t>(end - begin) * sizeof(float));
      });
    });
    return 2.0 * kCopyFloats * sizeof(float) / seconds;
  }
};

}  // namespace

std::string ProcessorName() {
  const std::string name = ProcessorInfo("model name");
  return name.empty() ? "not known" : name;
}

std::unique_ptr<Meter> MakeCpuMeter() { return std::make_unique<CpuMeter>(); }

}  // namespace tidewright
