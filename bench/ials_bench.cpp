// Times the CPU's iALS on a data set: the Gramians (gather fused with the rank-k update), the
// Cholesky solves and whole epochs, as GFLOP/s and as a share of the peak that independent fused
// multiply-adds reach on this machine in this very run. Verifies rows against a float64 solution
// before it times anything.
//
//   ials_bench DATA.h5 [--factors 64,128,256] [--threads N] [--repeats 5] [--simd TARGET]
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "host/backend/cpu_meter.h"
#include "host/bench/quartiles.h"
#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/data/hdf5/dataset_file.h"
#include "host/data/split.h"
#include "host/ials/ials.h"
#include "host/ials/row_solver.h"
#include "host/linalg/dense.h"
#include "host/linalg/packed.h"
#include "host/linalg/simd.h"

namespace tidewright {
namespace {

// One thing measured a few times, the peak beside each.
struct Series {
  std::vector<double> seconds;
  std::vector<double> peaks;

  void Add(double time, double peak) {
    seconds.push_back(time);
    peaks.push_back(peak);
  }
};

double Median(const std::vector<double>& values) { return QuartilesOf(values).median; }

// Flops a second of all threads at once, as the solver uses them.
double MeasuredPeak(Meter& meter) { return meter.MeasureCeilings().flops.at("fp32"); }

// Largest residual |A x - b| over |b| of sampled rows, computed in double from the definition.
double LargestResidual(const IalsConfig& config, const CsrView& rows, const float* fixed,
                       const std::vector<float>& gramian) {
  const int64_t f = config.factors;
  AlignedVector<float> base(static_cast<size_t>(PackedFloats(f)));
  PackedGramian(fixed, rows.cols, f, base.data());
  for (float& value : base) value *= static_cast<float>(config.unobserved_weight);
  const IalsRowProblem problem{ScalarsOf(config), rows, fixed, f, base.data()};
  IalsRowSolver solver(f);
  std::vector<float> x(static_cast<size_t>(f));
  double largest = 0;
  for (int64_t row = 0; row < rows.rows; row += std::max<int64_t>(rows.rows / 50, 1)) {
    solver.Solve(problem, row, x.data());
    const int64_t begin = rows.offsets[row];
    const int64_t end = rows.offsets[row + 1];
    const double shift =
        static_cast<double>(IalsRowRegularization(problem.scalars, end - begin, rows.cols));
    double residual = 0;
    double size = 1e-30;
    std::vector<double> left(static_cast<size_t>(f), 0.0);
    std::vector<double> right(static_cast<size_t>(f), 0.0);
    for (int64_t i = 0; i < f; ++i) {
      left[i] = shift * x[i];
      for (int64_t j = 0; j < f; ++j) {
        left[i] += config.unobserved_weight * gramian[i * f + j] * static_cast<double>(x[j]);
      }
    }
    for (int64_t k = begin; k < end; ++k) {
      const float* h = fixed + static_cast<int64_t>(rows.ids[k]) * f;
      const double confidence = IalsConfidence(problem.scalars, rows.values[k]);
      double score = 0;
      for (int64_t i = 0; i < f; ++i) score += static_cast<double>(h[i]) * x[i];
      for (int64_t i = 0; i < f; ++i) {
        left[i] += confidence * score * h[i];
        right[i] += confidence * static_cast<double>(IalsPreference(rows.values[k])) * h[i];
      }
    }
    for (int64_t i = 0; i < f; ++i) {
      residual = std::max(residual, std::abs(left[i] - right[i]));
      size = std::max(size, std::abs(right[i]));
    }
    largest = std::max(largest, residual / size);
  }
  return largest;
}

struct Phases {
  double gramian = 0;
  double cholesky = 0;
};

// One pass over the rows of one side, in two phases that are timed apart. The Cholesky phase
// factorizes a copy of one row's matrix as often as there are rows: its cost depends on the size
// alone.
Phases TimePhases(const IalsConfig& config, const CsrView& rows, const float* fixed, Meter& meter) {
  const int64_t f = config.factors;
  AlignedVector<float> base(static_cast<size_t>(PackedFloats(f)));
  PackedGramian(fixed, rows.cols, f, base.data());
  const IalsRowProblem problem{ScalarsOf(config), rows, fixed, f, base.data()};
  struct Workspace {
    explicit Workspace(int64_t n)
        : solver(n),
          copy(static_cast<size_t>(PackedFloats(n))),
          work(static_cast<size_t>(3 * kTile * TilesOf(n))),
          x(static_cast<size_t>(n)),
          rhs(static_cast<size_t>(n), 1.0f) {}
    IalsRowSolver solver;
    AlignedVector<float> copy, work, x, rhs;
  };
  std::vector<Workspace> spaces;
  for (int thread = 0; thread < NumThreads(); ++thread) spaces.emplace_back(f);
  Phases phases;
  phases.gramian = meter.Seconds([&] {
    ParallelRanges(rows.rows, kIalsBlockRows, [&](int64_t begin, int64_t end, int thread) {
      for (int64_t row = begin; row < end; ++row)
        spaces[thread].solver.BuildEquations(problem, row);
    });
  });
  phases.cholesky = meter.Seconds([&] {
    ParallelRanges(rows.rows, kIalsBlockRows, [&](int64_t begin, int64_t end, int thread) {
      Workspace& space = spaces[thread];
      for (int64_t row = begin; row < end; ++row) {
        std::copy(base.begin(), base.end(), space.copy.begin());
        CholeskySolve(f, space.copy.data(), 1.0f, space.rhs.data(), space.x.data(),
                      space.work.data());
      }
    });
  });
  return phases;
}

void Bench(const Interactions& data, int64_t factors, int repeats) {
  IalsConfig config;
  config.factors = factors;
  config.regularization = 0.006;
  config.unobserved_weight = 0.01;
  const auto solver = MakeIalsCpu(config, data);
  const StopFlag stop;
  solver->RunEpoch(stop);
  const FactorModel model = std::get<FactorModel>(solver->Snapshot());
  const std::vector<float> gramian(model.item_gramian.begin(), model.item_gramian.end());
  const double residual =
      LargestResidual(config, data.by_user.view(), model.item_factors.data(), gramian);
  if (!(residual < 1e-3)) {
    throw DataError("rows do not solve their equations: relative residual " +
                    std::to_string(residual));
  }
  const std::unique_ptr<Meter> meter = MakeCpuMeter();
  Series gramians;
  Series cholesky;
  Series epoch;
  for (int repeat = 0; repeat < repeats; ++repeat) {
    double peak = MeasuredPeak(*meter);
    const Phases users = TimePhases(config, data.by_user.view(), model.item_factors.data(), *meter);
    const Phases items = TimePhases(config, data.by_item.view(), model.user_factors.data(), *meter);
    peak = (peak + MeasuredPeak(*meter)) / 2;
    gramians.Add(users.gramian + items.gramian, peak);
    cholesky.Add(users.cholesky + items.cholesky, peak);
    const double before = MeasuredPeak(*meter);
    const double seconds = meter->Seconds([&] { solver->RunEpoch(stop); });
    epoch.Add(seconds, (before + MeasuredPeak(*meter)) / 2);
  }
  const double f = static_cast<double>(factors);
  const double entries = static_cast<double>(data.by_user.nnz());
  const double rows = static_cast<double>(data.by_user.rows + data.by_item.rows);
  const double gramian_flops = 2 * entries * f * (f + 1);
  const double cholesky_flops = rows * (f * f * f / 3 + 2 * f * f);
  const double epoch_flops =
      EstimateIalsCpu(config, data.by_user.rows, data.by_item.rows, data.by_user.nnz())
          .flops_per_epoch;
  const auto line = [&](const char* what, double flops, const Series& series) {
    std::vector<double> shares;
    for (size_t i = 0; i < series.seconds.size(); ++i) {
      shares.push_back(100 * flops / series.seconds[i] / series.peaks[i]);
    }
    const auto [low, high] = std::minmax_element(series.seconds.begin(), series.seconds.end());
    std::printf("%7lld  %-22s %8.2f  %7.3f (%.3f to %.3f)  %8.1f  %8.1f  %6.1f %%\n",
                static_cast<long long>(factors), what, flops / 1e9, Median(series.seconds), *low,
                *high, flops / Median(series.seconds) / 1e9, Median(series.peaks) / 1e9,
                Median(shares));
  };
  line("Gramians, gather fused", gramian_flops, gramians);
  line("Cholesky and solve", cholesky_flops, cholesky);
  line("epoch", epoch_flops, epoch);
  std::printf("%7lld  largest relative residual of 50 rows before timing: %.1e\n",
              static_cast<long long>(factors), residual);
}

int Main(int argc, char** argv) {
  std::string path;
  std::vector<int64_t> factors = {64, 128, 256};
  int repeats = 5;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument.rfind("--", 0) == 0 && i + 1 < argc) {
      const std::string value = argv[++i];
      if (argument == "--factors") {
        factors.clear();
        std::istringstream list(value);
        for (std::string part; std::getline(list, part, ',');) factors.push_back(std::stoll(part));
      } else if (argument == "--threads") {
        SetNumThreads(std::stoi(value));
      } else if (argument == "--repeats") {
        repeats = std::stoi(value);
      } else if (argument == "--simd") {
        PinSimdTarget(value);
      } else {
        throw UsageError("unknown option " + argument);
      }
    } else {
      path = argument;
    }
  }
  if (path.empty()) throw UsageError("ials_bench DATA.h5 [--factors LIST] [--threads N]");
  const Dataset dataset = ReadDataset(path);
  const Interactions data =
      Interactions::FromUserRows(PrepareInteractions(dataset, ParseSplit("none"), {}).train);
  std::printf("%lld x %lld, %lld entries; %d threads, %s\n\n",
              static_cast<long long>(data.by_user.rows), static_cast<long long>(data.by_user.cols),
              static_cast<long long>(data.by_user.nnz()), NumThreads(), SimdTarget().c_str());
  std::printf(
      "factors  phase                     GFLOP  seconds (range)            GFLOP/s      peak   "
      "share\n");
  for (const int64_t f : factors) Bench(data, f, repeats);
  return 0;
}

}  // namespace
}  // namespace tidewright

int main(int argc, char** argv) {
  try {
    return tidewright::Main(argc, argv);
  } catch (const tidewright::Error& error) {
    std::fprintf(stderr, "ials_bench: %s\n", error.what());
    return static_cast<int>(error.exit_code());
  }
}
