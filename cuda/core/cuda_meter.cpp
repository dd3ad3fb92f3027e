#include "cuda/core/cuda_meter.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>

#include "cuda/core/device_buffer.h"
#include "cuda/core/device_context.h"

namespace tidewright {
namespace {

constexpr int kCopies = 10;
constexpr int64_t kCopyBytes = int64_t{256} << 20;

// Fused multiply-adds that a multiprocessor starts in a clock: fp32, and dense TF32 products of the
// tensor cores. NVIDIA's architecture papers; A100 and H100 differ from the others of their time.
struct MultiplyAdds {
  int fp32;
  int tf32;
};

MultiplyAdds MultiplyAddsOf(const cudaDeviceProp& properties) {
  const int architecture = 10 * properties.major + properties.minor;
  if (architecture == 80) return {64, 512};
  if (architecture == 90) return {128, 1024};
  if (properties.major == 10) return {128, 2048};
  return {128, 128};
}

// "580.65.06, CUDA 13.0": the kernel driver's number where the system tells it.
std::string DriverText() {
  int version = 0;
  CUDA_CHECK(cudaDriverGetVersion(&version));
  std::string text =
      "CUDA " + std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
  std::ifstream file("/proc/driver/nvidia/version");
  for (std::string word; file >> word;) {
    if (std::isdigit(static_cast<unsigned char>(word[0])) && word.find('.') != std::string::npos) {
      return word + ", " + text;
    }
  }
  return text;
}

class CudaMeter final : public Meter {
 public:
  explicit CudaMeter(int device)
      : context_(device), flush_(context_, 2 * int64_t{context_.properties().l2CacheSize}) {
    CUDA_CHECK(cudaEventCreate(&begin_));
    CUDA_CHECK(cudaEventCreate(&end_));
  }
  ~CudaMeter() override {
    cudaEventDestroy(begin_);
    cudaEventDestroy(end_);
  }
  CudaMeter(const CudaMeter&) = delete;
  CudaMeter& operator=(const CudaMeter&) = delete;

  DeviceFacts Facts() const override {
    DeviceFacts facts;
    facts.model = context_.properties().name;
    facts.clock_mhz = Attribute(cudaDevAttrClockRate) / 1e3;
    facts.memory_clock_mhz = Attribute(cudaDevAttrMemoryClockRate) / 1e3;
    facts.driver = DriverText();
    return facts;
  }

  Ceilings MeasureCeilings() override {
    const cudaDeviceProp& properties = context_.properties();
    const MultiplyAdds each = MultiplyAddsOf(properties);
    const double megahertz = Attribute(cudaDevAttrClockRate) / 1e3;
    const double pulses = 1e6 * megahertz * properties.multiProcessorCount;
    Ceilings ceilings;
    ceilings.flops["fp32"] = 2 * pulses * each.fp32;
    ceilings.flops["tf32"] = 2 * pulses * each.tf32;
    // Twice that in 16 bits, on every architecture so far.
    ceilings.flops["bf16"] = ceilings.flops["fp16"] = 2 * ceilings.flops["tf32"];
    ceilings.flops["tf32x3"] = std::max(ceilings.flops["tf32"] / 3, ceilings.flops["fp32"]);
    ceilings.bandwidth = CopyRate();
    char basis[200];
    std::snprintf(basis, sizeof(basis),
                  "peaks assumed: %.0f MHz x %d multiprocessors x %d (fp32) or %d (TF32) fused "
                  "multiply-adds a clock; bandwidth measured: a copy of 256 MiB, read and written",
                  megahertz, properties.multiProcessorCount, each.fp32, each.tf32);
    ceilings.basis = basis;
    return ceilings;
  }

  void FlushCaches() override {
    context_.MakeCurrent();
    flush_.Clear();
  }

  // What `work` uses may have streams of its own: all of them end before the second event.
  double Seconds(const std::function<void()>& work) override {
    context_.MakeCurrent();
    CUDA_CHECK(cudaEventRecord(begin_, context_.stream()));
    CUDA_CHECK(cudaEventSynchronize(begin_));
    work();
    context_.MakeCurrent();
    CUDA_CHECK(cudaDeviceSynchronize());
    CUDA_CHECK(cudaEventRecord(end_, context_.stream()));
    CUDA_CHECK(cudaEventSynchronize(end_));
    float milliseconds = 0;
    CUDA_CHECK(cudaEventElapsedTime(&milliseconds, begin_, end_));
    return 1e-3 * milliseconds;
  }

 private:
  int Attribute(cudaDeviceAttr attribute) const {
    int value = 0;
    CUDA_CHECK(cudaDeviceGetAttribute(&value, attribute, context_.device()));
    return value;
  }

  double CopyRate() {
    context_.MakeCurrent();
    DeviceBuffer<char> source(context_, kCopyBytes);
    DeviceBuffer<char> target(context_, kCopyBytes);
    source.Clear();
    const auto copy = [&](int times) {
      for (int i = 0; i < times; ++i) {
        CUDA_CHECK(cudaMemcpyAsync(target.data(), source.data(), kCopyBytes,
                                   cudaMemcpyDeviceToDevice, context_.stream()));
      }
    };
    copy(1);
    return 2.0 * kCopies * kCopyBytes / Seconds([&] { copy(kCopies); });
  }

  DeviceContext context_;
  DeviceBuffer<char> flush_;
  cudaEvent_t begin_ = nullptr;
  cudaEvent_t end_ = nullptr;
};

}  // namespace

std::unique_ptr<Meter> MakeCudaMeter(int device) { return std::make_unique<CudaMeter>(device); }

}  // namespace tidewright
