#ifndef TIDEWRIGHT_HOST_GBDT_PARTITION_H_
#define TIDEWRIGHT_HOST_GBDT_PARTITION_H_

#include <cstdint>
#include <vector>

#include "host/gbdt/bins.h"

namespace tidewright {

// A node's rows, order[begin .. begin + count), to be parted by the bins of one column.
struct RowMove {
  const uint8_t* column = nullptr;  // a bin a row of the table; readable beyond it
  int64_t begin = 0;
  int64_t count = 0;
  int32_t goes_left[kMaxBins] = {};  // by bin, 0 or 1
  int64_t left_count = 0;            // the result
};

// Puts the rows of each move that go left before the others; both keep their order. The moves do
// not overlap. `moved` is room for as many rows as `order`; a task takes about `part_rows` of them.
void PartitionRows(std::vector<RowMove>* moves, int64_t part_rows, uint32_t* order,
                   uint32_t* moved);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_GBDT_PARTITION_H_
