// Times the CPU's iALS by Cholesky on a data set: the Gramians, f x f and n x n, gathering
// included, and whole epochs, as GFLOP/s and as a share of the peak that independent fused
// multiply-adds reach on this machine in this very run. Verifies rows against their equations in
// float64 before it times anything.
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
#include "host/ials/dual_rows.h"
#include "host/ials/ials.h"
#include "host/ials/padded_rows.h"
#include "host/ials/row_solver.h"
#include "host/linalg/dense.h"
#include "host/linalg/packed.h"
#include "host/linalg/row_gram.h"
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
  const auto solver = MakeCholeskyHalfSolver();
  solver->Begin(problem);
  AlignedVector<float> solved(static_cast<size_t>(rows.rows * f));
  ParallelRanges(rows.rows, kIalsBlockRows, [&](int64_t begin, int64_t end, int thread) {
    solver->Solve(begin, end, thread, solved.data() + begin * f);
  });
  double largest = 0;
  for (int64_t row = 0; row < rows.rows; row += std::max<int64_t>(rows.rows / 50, 1)) {
    const float* x = solved.data() + row * f;
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

// Seconds and flops of the Gramians as the solver makes them: f x f for the rows it solves by their
// own equations, n x n for the rows that it solves through the dual (host/ials/dual_rows.h).
struct Phases {
  double own_seconds = 0;
  double own_flops = 0;
  double dual_seconds = 0;
  double dual_flops = 0;
};

void TimePhases(const IalsConfig& config, const CsrView& rows, const AlignedVector<float>& fixed,
                Meter& meter, Phases* phases) {
  const int64_t f = config.factors;
  AlignedVector<float> base(static_cast<size_t>(PackedFloats(f)));
  PackedGramian(fixed.data(), rows.cols, f, base.data());
  const IalsRowProblem problem{ScalarsOf(config), rows, fixed.data(), f, base.data()};
  PaddedRows padded;
  padded.Set(fixed.data(), rows.cols, f);
  const AlignedVector<float> ones(static_cast<size_t>(std::max<int64_t>(f, RowPanelStride(f))),
                                  1.0f);
  struct Workspace {
    explicit Workspace(int64_t n)
        : solver(n),
          panel(static_cast<size_t>(RowPanelFloats(n, n))),
          packed(static_cast<size_t>(PackedFloats(n))) {}
    IalsRowSolver solver;
    AlignedVector<float> panel, packed;
  };
  std::vector<Workspace> spaces;
  for (int thread = 0; thread < NumThreads(); ++thread) spaces.emplace_back(f);
  // The rows of one way, as if they were all: the next one's gather is fetched ahead, as in the
  // solver.
  const auto each_row = [&](bool dual, auto work) {
    std::vector<int64_t> list;
    for (int64_t row = 0; row < rows.rows; ++row) {
      const int64_t entries = rows.offsets[row + 1] - rows.offsets[row];
      if (entries > 0 && DualRows::Takes(entries, f) == dual) list.push_back(row);
    }
    const auto count = static_cast<int64_t>(list.size());
    ParallelRanges(count, kIalsBlockRows, [&](int64_t begin, int64_t end, int thread) {
      for (int64_t at = begin; at < end; ++at) {
        work(list[at], at + 1 < count ? list[at + 1] : -1, spaces[thread]);
      }
    });
  };
  phases->own_seconds += meter.Seconds([&] {
    each_row(false, [&](int64_t row, int64_t next, Workspace& space) {
      space.solver.BuildEquations(
          problem, row, next < 0 ? GatherAhead{} : IalsRowSolver::GatherOf(problem, next));
    });
  });
  phases->dual_seconds += meter.Seconds([&] {
    each_row(true, [&](int64_t row, int64_t next, Workspace& space) {
      const auto ids = [&](int64_t of) { return rows.ids + rows.offsets[of]; };
      const auto entries = [&](int64_t of) { return rows.offsets[of + 1] - rows.offsets[of]; };
      GatherRows(padded.data(), padded.stride(), f, ids(row), entries(row), ones.data(),
                 ones.data(), space.panel.data());
      GatherAhead ahead;
      if (next >= 0) ahead = {padded.data(), ids(next), entries(next), padded.stride()};
      RowGram(space.panel.data(), f, entries(row), space.packed.data(), ahead);
    });
  });
  for (int64_t row = 0; row < rows.rows; ++row) {
    const double n = static_cast<double>(rows.offsets[row + 1] - rows.offsets[row]);
    const double d = static_cast<double>(f);
    if (DualRows::Takes(static_cast<int64_t>(n), f)) {
      phases->dual_flops += n * (n + 1) * d;
    } else {
      phases->own_flops += n * d * (d + 1);
    }
  }
}

// All of an epoch's flops by the row lengths.
double EpochFlops(const CsrView& rows, int64_t factors) {
  const double f = static_cast<double>(factors);
  const bool dual = DualRows::Pays(rows, factors);
  double flops = static_cast<double>(rows.cols) * f * (f + 1 + (dual ? 2 * f : 0));
  for (int64_t row = 0; row < rows.rows; ++row) {
    const double n = static_cast<double>(rows.offsets[row + 1] - rows.offsets[row]);
    flops += dual && DualRows::Takes(static_cast<int64_t>(n), factors)
                 ? n * (n + 1) * f + n * n * n / 3 + 2 * n * n + 2 * n * f + 2 * f * f
                 : n * f * (f + 1) + f * f * f / 3 + 2 * f * f;
  }
  return flops;
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
  Series own, dual, epoch;
  Phases phases;
  for (int repeat = 0; repeat < repeats; ++repeat) {
    double peak = MeasuredPeak(*meter);
    phases = {};
    TimePhases(config, data.by_user.view(), model.item_factors, *meter, &phases);
    TimePhases(config, data.by_item.view(), model.user_factors, *meter, &phases);
    peak = (peak + MeasuredPeak(*meter)) / 2;
    own.Add(phases.own_seconds, peak);
    dual.Add(phases.dual_seconds, peak);
    const double before = MeasuredPeak(*meter);
    const double seconds = meter->Seconds([&] { solver->RunEpoch(stop); });
    epoch.Add(seconds, (before + MeasuredPeak(*meter)) / 2);
  }
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
  line("Gramians f x f", phases.own_flops, own);
  line("Gramians n x n", phases.dual_flops, dual);
  line("epoch", EpochFlops(data.by_user.view(), factors) + EpochFlops(data.by_item.view(), factors),
       epoch);
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
