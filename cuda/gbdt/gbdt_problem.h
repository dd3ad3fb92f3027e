#ifndef TIDEWRIGHT_CUDA_GBDT_GBDT_PROBLEM_H_
#define TIDEWRIGHT_CUDA_GBDT_GBDT_PROBLEM_H_

#include <algorithm>
#include <cstdint>

#include "host/gbdt/binned_tree.h"
#include "host/gbdt/bins.h"
#include "host/gbdt/gbdt_core.h"
#include "host/gbdt/row_pass.h"
#include "host/gbdt/split_core.h"

namespace tidewright {

// Nodes that are split at a time.
inline constexpr int64_t kNodesTogether = 1024;
inline constexpr int kGbdtThreads = 256;
// Columns whose histograms a block keeps in shared memory, 2 KB each.
inline constexpr int64_t kGroupColumns = 16;
inline constexpr int64_t kHistogramWords = 2 * kMaxBins;  // of a column: gradients, hessians
// Rows that a block parts: eight neighbours a thread.
inline constexpr int64_t kRowsPerThread = 8;
inline constexpr int64_t kPartitionRows = kGbdtThreads * kRowsPerThread;
static_assert(kMaxBins == kGbdtThreads, "a thread a bin");
// Columns lie along a grid's first dimension, which has no end; parts and nodes along the second.
static_assert(INT32_MAX / kPackedRows + 2 * kNodesTogether < 65536, "a grid's second dimension");

// The training rows on the device.
struct GbdtRows {
  int64_t rows = 0;
  int64_t stride = 0;
  const uint8_t* by_row = nullptr;
  const uint8_t* by_column = nullptr;
  const float* label = nullptr;
  const float* weight = nullptr;  // null: each counts 1
  float* margin = nullptr;
  uint32_t* pairs = nullptr;
  uint32_t* order = nullptr;
  uint32_t* moved = nullptr;
};

struct GbdtColumn {
  int32_t values = 0;
  int32_t category = 0;
  int32_t last_edge_splits = 0;
  int32_t direction = 0;
};

// At most kPackedRows rows of a node, to be added to its histogram: columns x kHistogramWords.
struct HistogramPart {
  int64_t begin = 0;
  int64_t count = 0;
  unsigned long long* histogram = nullptr;
};

// Of a part, where `rows` are added up at a time: enough blocks to fill a large GPU, none so small
// that clearing its histograms is most of the work.
inline int64_t HistogramPartRows(int64_t rows) {
  return std::clamp(rows / 2048, int64_t{1024}, kPackedRows);
}

// parent -= part; what is left is the other child's.
struct HistogramDifference {
  unsigned long long* parent = nullptr;
  const unsigned long long* part = nullptr;
};

// A node whose best split is looked for.
struct SearchJob {
  const unsigned long long* histogram = nullptr;
  NodeSums node;
};

// The best candidate of a node by one column; index -1: there is none.
struct ColumnCandidate {
  double score = kNoScore;
  int32_t index = -1;
  int32_t missing_left = 0;
  uint64_t bins_left[4] = {};
  int64_t left_gradient = 0;
  int64_t left_hessian = 0;
};

// What the searches of one batch share.
struct SearchProblem {
  SplitRule rule;
  const GbdtColumn* columns = nullptr;
  const int32_t* asked = nullptr;
  int64_t asked_count = 0;
  const SearchJob* jobs = nullptr;
  int64_t job_count = 0;
  ColumnCandidate* candidates = nullptr;  // jobs x asked
  NodeSplit* splits = nullptr;            // a job each
};

struct PartitionMove {
  int64_t column = 0;
  int64_t begin = 0;
  int64_t count = 0;
  uint64_t bins_left[4] = {};
  int64_t first_part = 0;
  int64_t parts = 0;
};

struct PartitionPart {
  int64_t move = 0;
  int64_t begin = 0;
  int64_t count = 0;
};

struct PartitionProblem {
  const PartitionMove* moves = nullptr;
  int64_t move_count = 0;
  const PartitionPart* parts = nullptr;
  int64_t part_count = 0;
  int64_t* part_lefts = nullptr;   // how many of a part's rows go left; then, of those before it
  int64_t* left_counts = nullptr;  // of a move
};

// Rows at [begin, begin + count) of the order, and what their margins go up by.
struct MarginPart {
  int64_t begin = 0;
  int64_t count = 0;
  float value = 0;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_GBDT_GBDT_PROBLEM_H_
