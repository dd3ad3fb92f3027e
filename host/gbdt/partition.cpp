#include "host/gbdt/partition.h"

#include <algorithm>

#include "host/core/parallel.h"

namespace tidewright {
namespace {

constexpr int64_t kSmallWork = 20'000;  // rows that are moved before other threads have begun

struct Part {
  RowMove* move;
  int64_t begin;
  int64_t count;
  int64_t left_count;
  int64_t left_to;  // where its rows go in the end
  int64_t right_to;
};

// Left rows to `left` upwards, the others to `right` upwards; either may be where they come from.
int64_t PartUpwards(const RowMove& move, const uint32_t* from, int64_t count, uint32_t* left,
                    uint32_t* right) {
  int64_t lefts = 0;
  for (int64_t i = 0; i < count; ++i) {
    const uint32_t row = from[i];
    const int64_t goes_left = move.goes_left[move.column[row]];
    left[lefts] = row;
    right[i - lefts] = row;
    lefts += goes_left;
  }
  return lefts;
}

void PartAlone(RowMove* move, uint32_t* order, uint32_t* moved) {
  uint32_t* rows = order + move->begin;
  uint32_t* aside = moved + move->begin;
  move->left_count = PartUpwards(*move, rows, move->count, rows, aside);
  std::copy(aside, aside + (move->count - move->left_count), rows + move->left_count);
}

// Of a part of a larger node: its left rows stand at the front of its place in `moved`, the others
// at the back, in reverse.
void PartAside(Part* part, const uint32_t* order, uint32_t* moved) {
  const RowMove& move = *part->move;
  const uint32_t* from = order + part->begin;
  uint32_t* left = moved + part->begin;
  uint32_t* right = left + part->count - 1;
  for (int64_t i = 0; i < part->count; ++i) {
    const uint32_t row = from[i];
    const int64_t goes_left = move.goes_left[move.column[row]];
    *(goes_left != 0 ? left : right) = row;
    left += goes_left;
    right -= 1 - goes_left;
  }
  part->left_count = left - (moved + part->begin);
}

void PutBack(const Part& part, uint32_t* order, const uint32_t* moved) {
  const uint32_t* from = moved + part.begin;
  std::copy(from, from + part.left_count, order + part.left_to);
  std::reverse_copy(from + part.left_count, from + part.count, order + part.right_to);
}

}  // namespace

void PartitionRows(std::vector<RowMove>* moves, int64_t part_rows, uint32_t* order,
                   uint32_t* moved) {
  std::vector<Part> parts;
  int64_t rows = 0;
  for (RowMove& move : *moves) {
    rows += move.count;
    for (int64_t begin = 0; begin < move.count; begin += part_rows) {
      parts.push_back(
          {&move, move.begin + begin, std::min(part_rows, move.count - begin), 0, 0, 0});
    }
  }
  const auto run = [&](const std::function<void(int64_t, int)>& body) {
    if (rows >= kSmallWork) return ParallelBlocks(static_cast<int64_t>(parts.size()), body);
    for (size_t part = 0; part < parts.size(); ++part) body(static_cast<int64_t>(part), 0);
  };
  bool all_alone = true;
  run([&](int64_t index, int) {
    Part& part = parts[index];
    if (part.count == part.move->count) {
      PartAlone(part.move, order, moved);
    } else {
      PartAside(&part, order, moved);
    }
  });
  for (Part& part : parts) {
    if (part.count == part.move->count) continue;
    all_alone = false;
    part.left_to = part.move->begin + part.move->left_count;
    part.move->left_count += part.left_count;
  }
  if (all_alone) return;
  const RowMove* move = nullptr;
  int64_t right_to = 0;
  for (Part& part : parts) {
    if (part.move != move) {
      move = part.move;
      right_to = move->begin + move->left_count;
    }
    part.right_to = right_to;
    right_to += part.count - part.left_count;
  }
  run([&](int64_t index, int) {
    const Part& part = parts[index];
    if (part.count != part.move->count) PutBack(part, order, moved);
  });
}

}  // namespace tidewright
