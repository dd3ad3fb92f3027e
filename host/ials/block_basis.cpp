#include "host/ials/block_basis.h"

#include <algorithm>
#include <limits>

#include "host/core/parallel.h"
#include "host/linalg/eigen.h"
#include "host/linalg/packed.h"
#include "host/linalg/row_gram.h"

namespace tidewright {
namespace {

constexpr int64_t kRowsOfAStrip = 64;

// The longest row that is taken.
constexpr int64_t LongestOf(int64_t block) {
  return block % 16 != 0 ? 0 : block < 32 ? block / 2 : block * 3 / 4;
}

// The largest ratio of S's diagonal entries.
constexpr double kLargestBlockCondition = 1e6;

}  // namespace

bool BlockBasis::Takes(int64_t entries, int64_t block) { return entries <= LongestOf(block); }

bool BlockBasis::Pays(const CsrView& rows, int64_t factors, int64_t block) {
  const double b = static_cast<double>(block);
  double saved = 0;  // flops a block
  for (int64_t row = 0; row < rows.rows; ++row) {
    const int64_t entries = rows.offsets[row + 1] - rows.offsets[row];
    if (entries == 0 || !Takes(entries, block)) continue;
    const double n = static_cast<double>(entries);
    saved += n * b * b + b * b * b / 3 - (n + 1) * (n + 1) * b - n * n * n / 3;
  }
  // The rotation of the fixed rows, and of the others there and back; the eigendecomposition at
  // what it reaches of the speed of the rest, and the Gramian.
  const double both = static_cast<double>(rows.cols + 2 * rows.rows);
  return saved > both * 2 * b * b + 50 * b * b * b + 4 * static_cast<double>(factors) * b * b;
}

int64_t BlockBasis::SharedBytes(int64_t fixed_rows, int64_t factors) {
  // The rotated rows; while it is made, the dense Gramian twice.
  return 4 * fixed_rows * ((factors + 15) / 16 * 16) + 4 * PackedFloats(factors) +
         8 * factors * factors;
}

BlockBasis::BlockBasis(const IalsRowProblem& problem, int64_t block)
    : factors_(problem.factors), stride_((problem.factors + 15) / 16 * 16) {
  MakeBlocks(problem, block);
  RotateGramian(problem);
  rows_.assign(static_cast<size_t>(problem.rows.cols * stride_), 0.0f);
  ParallelRanges(problem.rows.cols, kRowsOfAStrip, [&](int64_t begin, int64_t end, int) {
    for (const Block& each : blocks_) {
      GemmPacked(end - begin, problem.fixed + begin * factors_ + each.first, factors_, each.forward,
                 rows_.data() + begin * stride_ + each.first, stride_);
    }
  });
}

void BlockBasis::MakeBlocks(const IalsRowProblem& problem, int64_t block) {
  blocks_.resize(static_cast<size_t>((factors_ + block - 1) / block));
  for (size_t index = 0; index < blocks_.size(); ++index) {
    Block& made = blocks_[index];
    made.first = static_cast<int64_t>(index) * block;
    made.width = std::min(block, factors_ - made.first);
    AlignedVector<float> base(static_cast<size_t>(PackedFloats(made.width)), 0.0f);
    for (int64_t j = 0; j < made.width; ++j) {
      for (int64_t i = 0; i <= j; ++i) {
        base[PackedIndex(i, j)] = problem.base[PackedIndex(made.first + i, made.first + j)];
      }
    }
    const SymmetricEigen eigen = DecomposeSymmetric(made.width, base.data());
    // Rounding may leave an eigenvalue a little below zero.
    made.smallest = std::max(eigen.values.front(), 0.0);
    made.largest = std::max(eigen.values.back(), 0.0);
    made.spectrum.assign(static_cast<size_t>(RowPanelStride(made.width)),
                         std::numeric_limits<float>::infinity());
    for (int64_t k = 0; k < made.width; ++k) {
      made.spectrum[k] = static_cast<float>(std::max(eigen.values[k], 0.0));
    }
    made.forward.Pack(made.width, made.width, eigen.vectors.data(), made.width);
    made.back.PackTransposed(made.width, made.width, eigen.vectors.data(), made.width);
  }
}

void BlockBasis::RotateGramian(const IalsRowProblem& problem) {
  const int64_t f = factors_;
  AlignedVector<float> dense(static_cast<size_t>(f * f));
  AlignedVector<float> turned(dense.size());
  ParallelRanges(f, kRowsOfAStrip, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; ++i) {
      for (int64_t j = 0; j < f; ++j) {
        dense[i * f + j] = problem.base[PackedIndex(std::min(i, j), std::max(i, j))];
      }
    }
  });
  // G Q, then its transpose times Q: (Q^T G Q)^T, which is symmetric.
  for (int turn = 0; turn < 2; ++turn) {
    ParallelRanges(f, kRowsOfAStrip, [&](int64_t begin, int64_t end, int) {
      for (const Block& each : blocks_) {
        GemmPacked(end - begin, dense.data() + begin * f + each.first, f, each.forward,
                   turned.data() + begin * f + each.first, f);
      }
    });
    if (turn == 1) break;
    ParallelRanges(f, kRowsOfAStrip, [&](int64_t begin, int64_t end, int) {
      for (int64_t i = begin; i < end; ++i) {
        for (int64_t j = 0; j < f; ++j) dense[i * f + j] = turned[j * f + i];
      }
    });
  }
  gramian_.assign(static_cast<size_t>(PackedFloats(f)), 0.0f);
  for (int64_t j = 0; j < f; ++j) {
    for (int64_t i = 0; i <= j; ++i) gramian_[PackedIndex(i, j)] = turned[i * f + j];
  }
  for (const Block& each : blocks_) {
    for (int64_t j = 0; j < each.width; ++j) {
      for (int64_t i = 0; i <= j; ++i) {
        gramian_[PackedIndex(each.first + i, each.first + j)] = i == j ? each.spectrum[j] : 0.0f;
      }
    }
  }
}

bool BlockBasis::CanSolve(int64_t block, float regularization) const {
  const double smallest = blocks_[block].smallest + static_cast<double>(regularization);
  const double largest = blocks_[block].largest + static_cast<double>(regularization);
  return smallest > 0 && largest < kLargestBlockCondition * smallest;
}

void BlockBasis::Enter(int64_t count, const float* x, float* rotated) const {
  for (const Block& each : blocks_) {
    GemmPacked(count, x + each.first, stride_, each.forward, rotated + each.first, stride_);
  }
}

void BlockBasis::Leave(int64_t count, const float* rotated, float* x) const {
  for (const Block& each : blocks_) {
    GemmPacked(count, rotated + each.first, stride_, each.back, x + each.first, stride_);
  }
}

}  // namespace tidewright
