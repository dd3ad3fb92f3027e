#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "cuda/ials/row_kernels.cuh"
#include "host/core/aligned.h"
#include "host/core/random.h"
#include "host/data/interactions.h"

// The bodies of the iALS kernels, run by the emulator of tests/emulation and compared with a dense
// solution in double. What only a device can show is in tests/cuda.

namespace tidewright {
namespace {

using emulation::Order;

float Uniform(uint64_t stream, uint64_t index) {
  return UniformFloat(Philox(7, stream, index).word[0]);
}

// Rows of the lengths given against `others` fixed rows; every fifth entry is a dislike.
struct Problem {
  Problem(int factors_, int64_t others_, const std::vector<int64_t>& lengths, float unobserved)
      : factors(factors_), padded(PaddedDimension(factors_)), others(others_) {
    matrix.rows = static_cast<int64_t>(lengths.size());
    matrix.cols = others;
    for (const int64_t length : lengths) {
      for (int64_t k = 0; k < length; ++k) {
        const int64_t n = matrix.nnz();
        matrix.ids.push_back(static_cast<int32_t>(k * others / length));
        matrix.values.push_back((n % 5 == 4 ? -1.0f : 1.0f) * (0.5f + 3 * Uniform(1, n)));
      }
      matrix.offsets.push_back(matrix.nnz());
    }
    scalars = {0.7f, unobserved, 0.01, 0.5};
    fixed.assign(static_cast<size_t>(others * padded), 0.0f);
    for (int64_t row = 0; row < others; ++row) {
      for (int k = 0; k < factors; ++k) {
        fixed[row * padded + k] = (2 * Uniform(2, row * factors + k) - 1) / std::sqrt(factors);
      }
    }
    for (int64_t row = 0; row < matrix.rows; ++row) {
      regularization.push_back(IalsRowRegularization(scalars, matrix.RowLength(row), others));
    }
    solution.assign(static_cast<size_t>(matrix.rows * padded), -1.0f);
    share.assign(static_cast<size_t>(matrix.rows), -1.0);
    gramian.assign(static_cast<size_t>(TileStart(TileCount(padded), 0)), -1.0f);
  }

  RowProblem view() {
    RowProblem problem;
    problem.offsets = matrix.offsets.data();
    problem.ids = matrix.ids.data();
    problem.values = matrix.values.data();
    problem.regularization = regularization.data();
    problem.fixed = fixed.data();
    problem.stride = padded;
    problem.gramian = gramian.data();
    problem.solution = solution.data();
    problem.share = share.data();
    problem.factors = factors;
    problem.padded = padded;
    problem.scalars = scalars;
    return problem;
  }

  int factors;
  int padded;
  int64_t others;
  Csr matrix;
  IalsScalars scalars;
  AlignedVector<float> fixed;
  std::vector<float> regularization;
  AlignedVector<float> gramian;
  AlignedVector<float> solution;
  std::vector<double> share;
};

// A workspace of `slots` parts, as the kernels see it.
struct Workspace {
  Workspace(int padded, size_t slots)
      : stride(TileStart(TileCount(padded), 0)),
        tiles(slots * static_cast<size_t>(stride), -1.0f),
        right(slots * static_cast<size_t>(padded), -1.0f),
        squares(slots, -1.0) {}
  PartialSums view() { return {tiles.data(), stride, right.data(), squares.data()}; }

  int64_t stride;
  AlignedVector<float> tiles;
  std::vector<float> right;
  std::vector<double> squares;
};

template <class Multiply, class Element = float>
void RunParts(const RowProblem& problem, const std::vector<EntryRange>& parts, Workspace* space,
              Order order) {
  const PartialSums sums = space->view();
  emulation::Launch(
      {static_cast<unsigned>(parts.size()), static_cast<unsigned>(PartPasses(problem.padded)), 1},
      RowWarps(problem.padded) * kWarpSize, static_cast<size_t>(PartShared::Bytes(problem.padded)),
      order, [&] { AccumulatePartsKernel<Multiply, Element>(problem, parts.data(), sums); });
}

// The Gramian of the fixed rows, packed.
void MakeGramian(Problem* problem) {
  for (int i = 0; i < problem->padded; ++i) {
    for (int j = 0; j < PaddedDimension(i + 1); ++j) {
      double sum = 0;
      for (int64_t row = 0; row < problem->others; ++row) {
        const float* h = problem->fixed.data() + row * problem->padded;
        sum += static_cast<double>(h[i]) * h[j];
      }
      problem->gramian[PackedElement(i, j)] = static_cast<float>(sum);
    }
  }
}

template <class Multiply, class Element = float>
void RunRows(Problem* problem, const RowBinLimits& limits, bool in_place, Order order) {
  MakeGramian(problem);
  std::vector<Element> stored(problem->fixed.size());
  for (size_t i = 0; i < stored.size(); ++i) Narrow(problem->fixed[i], &stored[i]);
  RowProblem view = problem->view();
  view.fixed = stored.data();
  const RowBins bins = BinRows(problem->matrix.view(), limits);
  const int threads = RowWarps(view.padded) * kWarpSize;
  for (const int32_t row : bins.zero) {
    std::fill_n(problem->solution.begin() + row * problem->padded, problem->padded, 0.0f);
    problem->share[row] = 0;
  }
  for (const RowBatch& batch : bins.batches) {
    if (batch.whole_end > batch.whole_begin) {
      emulation::Launch(
          {static_cast<unsigned>(batch.whole_end - batch.whole_begin), 1, 1}, threads,
          static_cast<size_t>(SolveShared::Bytes(view.padded)), order,
          [&] { SolveRowsKernel<Multiply, Element>(view, bins.whole.data() + batch.whole_begin); });
    }
    if (batch.split_end > batch.split_begin) {
      const std::vector<EntryRange> parts(bins.parts.begin() + batch.part_begin,
                                          bins.parts.begin() + batch.part_end);
      Workspace space(view.padded, parts.size());
      RunParts<Multiply, Element>(view, parts, &space, order);
      const PartialSums sums = space.view();
      const SplitRow* split = bins.split.data() + batch.split_begin;
      emulation::Launch({static_cast<unsigned>(batch.split_end - batch.split_begin), 1, 1},
                        PartsThreads(view.padded, in_place),
                        static_cast<size_t>(VectorShared::Bytes(view.padded, in_place)), order,
                        [&] {
                          if (in_place) {
                            SolvePartsKernel<Multiply, true>(view, split, sums);
                          } else {
                            SolvePartsKernel<Multiply, false>(view, split, sums);
                          }
                        });
    }
  }
}

// The row's system as ials.h writes it, solved by Gaussian elimination in double; its entries
// rounded as the tensor cores read them where `tf32`.
float Rounded(float value) { return __uint_as_float(RoundTf32(value)); }

struct Reference {
  std::vector<double> x;
  double share = 0;
  double penalty = 0;
};

Reference SolveInDouble(const Problem& problem, int64_t row, bool tf32) {
  const int f = problem.factors;
  std::vector<double> a(static_cast<size_t>(f) * f, 0.0);
  std::vector<double> b(static_cast<size_t>(f), 0.0);
  const auto add = [&](int64_t id, double gramian_weight, float confidence) {
    const float* h = problem.fixed.data() + id * problem.padded;
    for (int i = 0; i < f; ++i) {
      for (int j = 0; j <= i; ++j) {
        const double observed =
            tf32 ? static_cast<double>(Rounded(h[i])) * Rounded(confidence * h[j])
                 : static_cast<double>(confidence) * h[i] * h[j];
        a[i * f + j] += gramian_weight * h[i] * h[j] + observed;
      }
    }
  };
  for (int64_t id = 0; id < problem.others; ++id) add(id, problem.scalars.unobserved_weight, 0);
  Reference result;
  for (int64_t k = problem.matrix.offsets[row]; k < problem.matrix.offsets[row + 1]; ++k) {
    const float value = problem.matrix.values[k];
    const float confidence = IalsConfidence(problem.scalars, value);
    const double preference = IalsPreference(value);
    add(problem.matrix.ids[k], 0, confidence);
    const float* h = problem.fixed.data() + int64_t{problem.matrix.ids[k]} * problem.padded;
    for (int i = 0; i < f; ++i) b[i] += confidence * preference * h[i];
    result.share += confidence * preference * preference;
  }
  for (int i = 0; i < f; ++i) {
    a[i * f + i] += problem.regularization[row];
    for (int j = 0; j < i; ++j) a[j * f + i] = a[i * f + j];
  }
  std::vector<double> x = b;
  for (int p = 0; p < f; ++p) {
    for (int i = p + 1; i < f; ++i) {
      const double factor = a[i * f + p] / a[p * f + p];
      for (int j = p; j < f; ++j) a[i * f + j] -= factor * a[p * f + j];
      x[i] -= factor * x[p];
    }
  }
  for (int p = f - 1; p >= 0; --p) {
    for (int j = p + 1; j < f; ++j) x[p] -= a[p * f + j] * x[j];
    x[p] /= a[p * f + p];
  }
  for (int i = 0; i < f; ++i) {
    result.share -= b[i] * x[i];
    result.penalty += problem.regularization[row] * x[i] * x[i];
  }
  result.x = std::move(x);
  return result;
}

// The largest error of any solution and share, relative to the largest number in it.
double LargestError(const Problem& problem, bool tf32) {
  double worst = 0;
  for (int64_t row = 0; row < problem.matrix.rows; ++row) {
    const Reference expected = SolveInDouble(problem, row, tf32);
    double scale = 1e-3;
    for (const double x : expected.x) scale = std::max(scale, std::abs(x));
    for (int i = 0; i < problem.factors; ++i) {
      const double error = std::abs(problem.solution[row * problem.padded + i] - expected.x[i]);
      worst = std::max(worst, std::isnan(error) ? 1e9 : error / scale);
    }
    for (int i = problem.factors; i < problem.padded; ++i) {
      if (problem.solution[row * problem.padded + i] != 0.0f) return 1e9;
    }
    const double error =
        std::abs(problem.share[row] - expected.share) / std::max(1.0, std::abs(expected.share));
    worst = std::max(worst, std::isnan(error) ? 1e9 : error);
  }
  return worst;
}

const std::vector<int64_t> kLengths{0, 1, 7, 33, 64, 120};
// Systems of up to 520 unknowns, summed in fp32: a few hundred roundings of 6e-8, and the
// condition.
constexpr double kTolerance = 2e-5;

class IalsKernels : public testing::TestWithParam<int> {};

TEST_P(IalsKernels, WholeRowsMatchADoubleSolution) {
  Problem problem(GetParam(), 130, kLengths, 0.1f);
  const RowBinLimits limits{1000, 64, 16, 4};
  RunRows<Fp32Multiply>(&problem, limits, false, Order::kForward);
  EXPECT_LT(LargestError(problem, false), kTolerance);
  RunRows<Tf32Multiply>(&problem, limits, false, Order::kBackward);
  EXPECT_LT(LargestError(problem, true), kTolerance);
}

INSTANTIATE_TEST_SUITE_P(Factors, IalsKernels, testing::Values(8, 20, 64, 100));

TEST(IalsKernelsAtTheLimit, TheWidestFusedDimensionMatches) {
  Problem problem(256, 60, {33}, 0.1f);
  RunRows<Tf32Multiply>(&problem, {1000, 64, 16, 4}, false, Order::kShuffled);
  EXPECT_LT(LargestError(problem, true), kTolerance);
}

TEST(IalsKernelsSplit, LongRowsInPartsMatchADoubleSolution) {
  for (const bool in_place : {false, true}) {
    Problem problem(40, 130, {120, 3, 77, 41, 130}, 0.1f);
    const RowBinLimits limits{40, 24, 7, 4};
    RunRows<Fp32Multiply>(&problem, limits, in_place, Order::kForward);
    EXPECT_LT(LargestError(problem, false), kTolerance) << in_place;
    RunRows<Tf32Multiply>(&problem, limits, in_place, Order::kShuffled);
    EXPECT_LT(LargestError(problem, true), kTolerance) << in_place;
  }
}

TEST(IalsKernelsSplit, DimensionsOfSeveralPassesMatchADoubleSolution) {
  Problem problem(300, 40, {23}, 0.1f);
  RunRows<Fp32Multiply>(&problem, {0, 16, 8, 4}, true, Order::kBackward);
  EXPECT_LT(LargestError(problem, false), kTolerance);
}

TEST(IalsKernelsSplit, EightEntriesAPieceMatchADoubleSolution) {
  Problem problem(520, 20, {11}, 0.1f);
  RunRows<Fp32Multiply>(&problem, {0, 64, 8, 4}, true, Order::kForward);
  EXPECT_LT(LargestError(problem, false), kTolerance);
}

// 8 tiles of columns: panels of 6 and 2.
TEST(IalsKernelsSplit, PanelsOfColumnsSumTheBytesOfWholeRows) {
  Problem problem(230, 30, {19, 17}, 0.1f);
  const std::vector<EntryRange> parts{{0, 19}, {19, 36}};
  std::vector<Bf16> stored(problem.fixed.size());
  for (size_t i = 0; i < stored.size(); ++i) Narrow(problem.fixed[i], &stored[i]);
  const auto compare = [&](const RowProblem& view, auto multiply, auto element, Order order) {
    using Multiply = decltype(multiply);
    using Element = decltype(element);
    Workspace whole(view.padded, parts.size());
    RunParts<Multiply, Element>(view, parts, &whole, Order::kForward);
    Workspace panels(view.padded, parts.size());
    const PartialSums sums = panels.view();
    emulation::Launch({2, 3, 1}, kMaxRowThreads,
                      static_cast<size_t>(PartShared::Bytes(2 * kPanelTiles * kTileSize)), order,
                      [&] { AccumulatePanelsKernel<Multiply, Element>(view, parts.data(), sums); });
    EXPECT_EQ(panels.tiles, whole.tiles);
    EXPECT_EQ(panels.right, whole.right);
    EXPECT_EQ(panels.squares, whole.squares);
  };
  compare(problem.view(), Fp32Multiply(), 0.0f, Order::kBackward);
  RowProblem narrow = problem.view();
  narrow.fixed = stored.data();
  compare(narrow, Tf32Multiply(), Bf16(), Order::kShuffled);
}

TEST(IalsKernelsOrder, TheOrderOfThreadsChangesNoByte) {
  for (const int factors : {20, 100}) {
    std::vector<AlignedVector<float>> solutions;
    std::vector<std::vector<double>> shares;
    for (const Order order : {Order::kForward, Order::kBackward, Order::kShuffled}) {
      Problem problem(factors, 60, {50, 33}, 0.1f);
      RunRows<Tf32Multiply>(&problem, {40, 32, 8, 4}, false, order);
      solutions.push_back(problem.solution);
      shares.push_back(problem.share);
    }
    EXPECT_EQ(solutions[0], solutions[1]);
    EXPECT_EQ(solutions[0], solutions[2]);
    EXPECT_EQ(shares[0], shares[1]);
    EXPECT_EQ(shares[0], shares[2]);
  }
}

// Rows of 16-bit numbers are staged another way; what is multiplied is the same.
template <class Element>
void ExpectTheBytesOfFloats(FactorStorage storage, Order order) {
  for (const int factors : {20, 70, 100}) {
    Problem problem(factors, 60, {50, 33, 1, 16}, 0.1f);
    RoundToStorage(storage, static_cast<int64_t>(problem.fixed.size()), problem.fixed.data());
    Problem narrow = problem;
    RunRows<Tf32Multiply>(&problem, {40, 32, 8, 4}, false, Order::kForward);
    RunRows<Tf32Multiply, Element>(&narrow, {40, 32, 8, 4}, false, order);
    EXPECT_EQ(narrow.solution, problem.solution);
    EXPECT_EQ(narrow.share, problem.share);
  }
}

TEST(IalsKernelsOrder, RowsOf16BitsGiveTheBytesOfTheirFloats) {
  ExpectTheBytesOfFloats<Bf16>(FactorStorage::kBf16, Order::kForward);
  ExpectTheBytesOfFloats<Bf16>(FactorStorage::kBf16, Order::kBackward);
  ExpectTheBytesOfFloats<Fp16>(FactorStorage::kFp16, Order::kShuffled);
}

TEST(IalsKernelsShare, ThePenaltyHalfReportsTheRegularization) {
  Problem problem(24, 50, {9, 0, 31}, 0.1f);
  MakeGramian(&problem);
  RowProblem view = problem.view();
  view.share_is_penalty = true;
  const std::vector<int32_t> rows{2, 0};
  emulation::Launch({2, 1, 1}, kWarpSize, static_cast<size_t>(SolveShared::Bytes(view.padded)),
                    Order::kForward, [&] { SolveRowsKernel<Fp32Multiply>(view, rows.data()); });
  for (const int32_t row : rows) {
    const double expected = SolveInDouble(problem, row, false).penalty;
    EXPECT_NEAR(problem.share[row], expected, 1e-5 * expected);
  }
}

TEST(IalsKernelsShare, ASystemThatIsNotPositiveDefiniteGivesNan) {
  Problem problem(24, 50, {3}, 0.0f);
  problem.regularization[0] = 0.0f;
  RunRows<Fp32Multiply>(&problem, {1000, 64, 16, 4}, false, Order::kForward);
  EXPECT_FALSE(std::abs(problem.share[0]) < 1e6);
}

}  // namespace
}  // namespace tidewright
