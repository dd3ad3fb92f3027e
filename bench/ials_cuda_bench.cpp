// Times epochs of iALS on a CUDA device, on a made-up matrix of the shape of MovieLens 20M. First
// trains a small matrix on the CPU and on the device and compares them; a difference ends it.
//
//   ials_cuda_bench [--device cuda:N] [--factors 64,128,256] [--precision tf32|fp32] [--epochs 10]
//
// An epoch's time is the host's around RunEpoch, which ends when the device has finished. The share
// of the roofline is sum(max(bytes / bandwidth, flops / peak)) over its phases, over its time, with
// the ceilings of a Hopper H200 below; on another device read the milliseconds alone.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "host/backend/backend.h"
#include "host/core/errors.h"
#include "host/data/synthetic.h"
#include "tests/support/tolerances.h"

namespace tidewright {
namespace {

constexpr double kBandwidth = 4.3e12;
constexpr double kFp32Peak = 67e12;
constexpr double kTf32Peak = 490e12;

struct Options {
  std::string device = "cuda";
  std::string precision = "tf32";
  std::vector<int64_t> factors{64, 128, 256};
  int epochs = 10;
};

IalsConfig ConfigOf(const Options& options, int64_t factors) {
  IalsConfig config;
  config.factors = factors;
  config.precision = options.precision;
  return config;
}

void Verify(const Backend& cuda, const Options& options, int64_t factors) {
  SyntheticShape shape;
  shape.users = 600;
  shape.items = 400;
  shape.entries = 12000;
  const Interactions data = Interactions::FromUserRows(SyntheticInteractions(shape, 1));
  const IalsConfig config = ConfigOf(options, factors);
  const StopFlag stop;
  const double expected = CpuBackend().make_ials(config, data)->RunEpoch(stop).loss;
  const double loss = cuda.make_ials(config, data)->RunEpoch(stop).loss;
  const double tolerance = options.precision == "tf32" ? kTf32LossTolerance : kFp32LossTolerance;
  if (!(std::abs(loss - expected) <= tolerance * expected)) {
    throw DeviceError("the loss after an epoch with " + std::to_string(factors) + " factors is " +
                      std::to_string(loss) + " on the device and " + std::to_string(expected) +
                      " on the CPU");
  }
}

// Seconds that an epoch takes at least, by the ceilings above.
double RooflineSeconds(const Options& options, double f, double rows, double entries) {
  const bool tf32 = options.precision == "tf32";
  const auto phase = [](double bytes, double flops, double peak) {
    return std::max(bytes / kBandwidth, flops / peak);
  };
  const double fixed = phase(4 * f * rows, 2 * rows * f * f, kFp32Peak);
  const double gather =
      phase(2 * entries * (4 * f + 8), 2 * entries * f * (f + 1), tf32 ? kTf32Peak : kFp32Peak);
  // Products of the factorization are three TF32 ones each.
  const double solve =
      phase(4 * f * rows, rows * (f * f * f / 3 + 2 * f * f), tf32 ? kTf32Peak / 3 : kFp32Peak);
  return fixed + gather + solve;
}

void Bench(const Backend& cuda, const Options& options, const Interactions& data) {
  const StopFlag stop;
  for (const int64_t factors : options.factors) {
    Verify(cuda, options, factors);
    const IalsConfig config = ConfigOf(options, factors);
    const auto solver = cuda.make_ials(config, data);
    solver->RunEpoch(stop);
    std::vector<double> seconds;
    for (int epoch = 0; epoch < options.epochs; ++epoch) {
      const auto begin = std::chrono::steady_clock::now();
      solver->RunEpoch(stop);
      seconds.push_back(
          std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
    std::sort(seconds.begin(), seconds.end());
    const double median = seconds[seconds.size() / 2];
    const CostEstimate cost =
        cuda.estimate_ials(config, data.by_user.rows, data.by_item.rows, data.by_user.nnz());
    const double rows = static_cast<double>(data.by_user.rows + data.by_item.rows);
    const double floor = RooflineSeconds(options, static_cast<double>(factors), rows,
                                         static_cast<double>(data.by_user.nnz()));
    std::printf(
        "%4lld factors  %8.2f ms (%.2f to %.2f)  %6.1f GB  %6.2f TFLOP  %4.1f %% of %.2f ms\n",
        static_cast<long long>(factors), 1e3 * median, 1e3 * seconds.front(), 1e3 * seconds.back(),
        cost.bytes_per_epoch / 1e9, cost.flops_per_epoch / 1e12, 100 * floor / median, 1e3 * floor);
  }
}

Options ParseOptions(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; i += 2) {
    const std::string name = argv[i];
    if (i + 1 == argc) throw UsageError(name + " needs a value");
    const std::string value = argv[i + 1];
    if (name == "--device") {
      options.device = value;
    } else if (name == "--precision") {
      options.precision = value;
    } else if (name == "--epochs") {
      options.epochs = std::max(1, std::atoi(value.c_str()));
    } else if (name == "--factors") {
      options.factors.clear();
      std::stringstream list(value);
      for (std::string part; std::getline(list, part, ',');) {
        options.factors.push_back(std::atoll(part.c_str()));
      }
    } else {
      throw UsageError("unknown option " + name);
    }
  }
  return options;
}

}  // namespace
}  // namespace tidewright

int main(int argc, char** argv) {
  using namespace tidewright;
  try {
    const Options options = ParseOptions(argc, argv);
    std::string reason;
    const Backend& cuda = ChooseBackend(options.device, &reason);
    const SyntheticShape shape = NamedSyntheticShape("ml20m");
    const Interactions data = Interactions::FromUserRows(SyntheticInteractions(shape, 1));
    std::printf("%s, %s; %lld x %lld, %lld entries\n", cuda.description.c_str(),
                options.precision.c_str(), static_cast<long long>(data.by_user.rows),
                static_cast<long long>(data.by_item.rows),
                static_cast<long long>(data.by_user.nnz()));
    Bench(cuda, options, data);
    return 0;
  } catch (const Error& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return static_cast<int>(error.exit_code());
  }
}
