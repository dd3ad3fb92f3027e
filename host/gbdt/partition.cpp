#define HWY_DISABLED_TARGETS HWY_SSSE3
#define HWY_TARGET_INCLUDE "host/gbdt/partition_kernels-inl.h"
#include "host/gbdt/partition.h"

#include <hwy/foreach_target.h>

#include <algorithm>

#include "host/core/parallel.h"
#include "host/gbdt/partition_kernels-inl.h"

namespace tidewright {

HWY_EXPORT(PartKernel);

namespace {

constexpr int64_t kSmallWork = 100'000;  // rows that are moved before other threads have begun

// Some rows of a move: a task. Its left rows stay at the front of its place in `order`, the others
// wait at the front of its place in `moved`.
struct Part {
  RowMove* move;
  int64_t begin;
  int64_t count;
  int64_t left_count;
  int64_t right_to;  // where the others go in the end
};

// The left rows of a move's parts, put together.
void CloseUp(const Part* parts, size_t count, uint32_t* order) {
  uint32_t* to = order + parts[0].begin + parts[0].left_count;
  for (size_t i = 1; i < count; ++i) {
    const uint32_t* from = order + parts[i].begin;
    to = std::copy(from, from + parts[i].left_count, to);
  }
}

}  // namespace

void PartitionRows(std::vector<RowMove>* moves, int64_t part_rows, uint32_t* order,
                   uint32_t* moved) {
  std::vector<Part> parts;
  std::vector<size_t> first_part;
  int64_t rows = 0;
  for (RowMove& move : *moves) {
    rows += move.count;
    first_part.push_back(parts.size());
    for (int64_t begin = 0; begin < move.count; begin += part_rows) {
      parts.push_back({&move, move.begin + begin, std::min(part_rows, move.count - begin), 0, 0});
    }
  }
  first_part.push_back(parts.size());
  const auto put_right = [&](const Part& part) {
    const uint32_t* from = moved + part.begin;
    std::copy(from, from + (part.count - part.left_count), order + part.right_to);
  };
  const auto part_rows_of = [&](int64_t index, int) {
    Part& part = parts[index];
    part.left_count = HWY_DYNAMIC_DISPATCH(PartKernel)(part.move->column, part.move->goes_left,
                                                       order + part.begin, part.count,
                                                       order + part.begin, moved + part.begin);
    // A move of one part is finished while its rows are in the cache.
    part.right_to = part.begin + part.left_count;
    if (part.count == part.move->count) put_right(part);
  };
  if (rows >= kSmallWork) {
    ParallelBlocks(static_cast<int64_t>(parts.size()), part_rows_of);
  } else {
    for (size_t part = 0; part < parts.size(); ++part) part_rows_of(static_cast<int64_t>(part), 0);
  }

  std::vector<size_t> unfinished;
  for (size_t m = 0; m < moves->size(); ++m) {
    RowMove& move = (*moves)[m];
    for (size_t i = first_part[m]; i < first_part[m + 1]; ++i) {
      move.left_count += parts[i].left_count;
    }
    if (first_part[m + 1] - first_part[m] < 2) continue;
    unfinished.push_back(m);
    int64_t right_to = move.begin + move.left_count;
    for (size_t i = first_part[m]; i < first_part[m + 1]; ++i) {
      parts[i].right_to = right_to;
      right_to += parts[i].count - parts[i].left_count;
    }
  }
  if (unfinished.empty()) return;
  ParallelBlocks(static_cast<int64_t>(unfinished.size()), [&](int64_t index, int) {
    const size_t first = first_part[unfinished[index]];
    CloseUp(&parts[first], first_part[unfinished[index] + 1] - first, order);
  });
  ParallelBlocks(static_cast<int64_t>(parts.size()), [&](int64_t index, int) {
    if (parts[index].count != parts[index].move->count) put_right(parts[index]);
  });
}

}  // namespace tidewright
