#ifndef TIDEWRIGHT_TESTS_EMULATION_HALVES_H_
#define TIDEWRIGHT_TESTS_EMULATION_HALVES_H_

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cuda/ials/half_engine.h"
#include "cuda/ials/row_launch.h"
#include "cuda/linalg/gemm.h"
#include "host/core/random.h"
#include "host/ials/factor_storage.h"
#include "host/ials/half_solver.h"
#include "host/linalg/dense.h"
#include "host/linalg/packed.h"
#include "tests/support/ials_twins.h"

// One half of an epoch, by an engine of cuda/ials on the emulator and by the CPU's solver.

namespace tidewright {

// Rows of the lengths given against `others` fixed rows; every fifth entry is a dislike. Factors of
// both sides are random.
struct HalfProblem {
  HalfProblem(const IalsConfig& config_, const std::vector<int64_t>& lengths, int64_t others)
      : config(config_) {
    const auto uniform = [](uint64_t stream, uint64_t index) {
      return UniformFloat(Philox(7, stream, index).word[0]);
    };
    matrix.rows = static_cast<int64_t>(lengths.size());
    matrix.cols = others;
    for (const int64_t length : lengths) {
      for (int64_t k = 0; k < length; ++k) {
        const int64_t n = matrix.nnz();
        matrix.ids.push_back(static_cast<int32_t>(k * others / length));
        matrix.values.push_back((n % 5 == 4 ? -1.0f : 1.0f) *
                                (0.5f + 3 * uniform(1, static_cast<uint64_t>(n))));
      }
      matrix.offsets.push_back(matrix.nnz());
    }
    const auto fill = [&](int64_t rows, uint64_t stream) {
      AlignedVector<float> table(static_cast<size_t>(rows * config.factors));
      for (size_t i = 0; i < table.size(); ++i) {
        table[i] = (2 * uniform(stream, i) - 1) / std::sqrt(static_cast<float>(config.factors));
      }
      return table;
    };
    fixed = fill(others, 2);
    RoundToStorage(StorageOf(config), static_cast<int64_t>(fixed.size()), fixed.data());
    start = fill(matrix.rows, 3);
  }

  IalsConfig config;
  Csr matrix;
  AlignedVector<float> fixed;
  AlignedVector<float> start;
  bool fold_in = false;  // solved exactly, from nothing
};

struct HalfResult {
  AlignedVector<float> factors;
  double loss = 0;
  double penalty = 0;
};

inline HalfResult SolveOnCpu(const HalfProblem& problem) {
  const IalsConfig& config = problem.config;
  const int64_t f = config.factors;
  AlignedVector<float> base(static_cast<size_t>(PackedFloats(f)), 0.0f);
  PackedGramian(problem.fixed.data(), problem.matrix.cols, f, base.data());
  for (float& value : base) value *= static_cast<float>(config.unobserved_weight);
  const auto solver = problem.fold_in || config.solver == "cholesky" ? MakeCholeskyHalfSolver()
                      : config.solver == "cg" ? MakeCgHalfSolver(config.cg_steps)
                                              : MakeIalsppHalfSolver(IalsBlockSize(config));
  const IalsRowProblem half{ScalarsOf(config), problem.matrix.view(), problem.fixed.data(), f,
                            base.data()};
  solver->Begin(half);
  HalfResult result{problem.start};
  for (int64_t begin = 0; begin < problem.matrix.rows; begin += kIalsBlockRows) {
    const int64_t end = std::min(problem.matrix.rows, begin + kIalsBlockRows);
    const IalsRowResult block =
        solver->Solve(begin, end, 0, result.factors.data() + begin * config.factors);
    EXPECT_TRUE(block.solved);
    result.loss += block.loss;
    result.penalty += block.regularization;
  }
  return result;
}

inline HalfResult SolveEmulated(const HalfProblem& problem, const RowBinLimits& limits,
                                bool penalty) {
  const DeviceContext context(0);
  const auto engine = MakeHalfEngine(context, problem.config);
  const int64_t f = problem.config.factors;
  const int64_t count = problem.matrix.rows;
  const SolveOrder order = OrderRows(problem.matrix.view());
  DeviceRows rows(context, problem.matrix.view(), order, nullptr, ScalarsOf(problem.config), limits,
                  false);
  AlignedVector<float> start;
  for (int64_t place = 0; place < count; ++place) {
    const float* row = problem.start.data() + order.rows[place] * f;
    if (place < count - rows.zero_rows) {
      start.insert(start.end(), row, row + f);
    } else {
      start.insert(start.end(), static_cast<size_t>(f), 0.0f);
    }
  }
  const auto upload = [&](const AlignedVector<float>& packed, int64_t table_rows,
                          FactorStorage storage) {
    const DeviceBuffer<float> source(context, std::span<const float>(packed));
    DeviceBuffer<float> table(context, table_rows * engine->padded());
    LaunchPadRows(context, source.data(), engine->layout(), table_rows, {storage, table.data()});
    return table;
  };
  const DeviceBuffer<float> floats =
      upload(problem.fixed, problem.matrix.cols, FactorStorage::kFp32);
  DeviceBuffer<float> fixed = upload(problem.fixed, problem.matrix.cols, StorageOf(problem.config));
  DeviceBuffer<float> table = upload(start, count, FactorStorage::kFp32);
  DeviceBuffer<double> share(context, count);
  DeviceBuffer<float> gramian(context, int64_t{engine->padded()} * engine->padded());
  share.Clear();
  const SolvedSide side{rows.ids.data(), rows.values.data(), table.data(), share.data(), penalty};
  engine->Reserve(rows);
  if (problem.fold_in) engine->ReserveFoldIn(rows);
  AddGramian(context, floats.data(), problem.matrix.cols, engine->padded(), true, gramian.data());
  engine->Fix(fixed.data(), gramian.data());
  for (const RowBatch& batch : rows.bins.batches) {
    if (problem.fold_in) {
      engine->FoldInBatch(rows, batch, side);
    } else {
      engine->SolveBatch(rows, batch, side);
    }
  }
  HalfResult result;
  DeviceBuffer<float> packed(context, count * f);
  const DeviceBuffer<int32_t> places = ToDevice(context, order.places);
  LaunchGatherRows(context, {FactorStorage::kFp32, table.data()}, engine->layout(), places.data(),
                   count, packed.data());
  result.factors.resize(static_cast<size_t>(count * f));
  packed.Download(result.factors);
  std::vector<double> shares(static_cast<size_t>(count));
  share.Download(shares);
  for (const double value : shares) (penalty ? result.penalty : result.loss) += value;
  return result;
}

inline void ExpectHalvesAgree(const HalfProblem& problem, const RowBinLimits& limits,
                              double factor_tolerance, double loss_tolerance) {
  const HalfResult expected = SolveOnCpu(problem);
  const std::string what = problem.config.solver + " of " + std::to_string(problem.config.factors);
  const HalfResult items = SolveEmulated(problem, limits, false);
  EXPECT_LT(LargestDifference(items.factors, expected.factors), factor_tolerance) << what;
  EXPECT_NEAR(items.loss, expected.loss, loss_tolerance * expected.loss) << what;
  const HalfResult users = SolveEmulated(problem, limits, true);
  EXPECT_EQ(users.factors, items.factors) << what;
  EXPECT_NEAR(users.penalty, expected.penalty, loss_tolerance * expected.penalty) << what;
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_EMULATION_HALVES_H_
