#ifndef TIDEWRIGHT_HOST_LOGISTIC_ENCODED_TABLE_H_
#define TIDEWRIGHT_HOST_LOGISTIC_ENCODED_TABLE_H_

#include <cstdint>
#include <vector>

#include "host/core/aligned.h"
#include "host/data/feature_table.h"
#include "host/model/linear_model.h"

namespace tidewright {

// A table as logistic regression walks over it: in blocks of rows, each block by column. Numbers
// (and whether a number is missing) are standardised float32; a category column is one slot a row,
// however many categories it has.
struct EncodedTable {
  // The terms of one category column: what slot s of it stands for.
  struct CategoryColumn {
    std::vector<int64_t> terms;  // of each slot; the slot after the last stands for no term
  };

  int64_t rows = 0;
  int64_t block_rows = 0;  // a multiple of 64
  int64_t blocks = 0;      // rows beyond the last have weight 0 and values 0

  std::vector<int64_t> dense_terms;  // the term of each dense column
  std::vector<CategoryColumn> categories;
  AlignedVector<float> values;   // blocks x dense columns x block_rows
  AlignedVector<int32_t> slots;  // blocks x category columns x block_rows
  AlignedVector<double> sign;    // +1 or -1 a row
  AlignedVector<double> weight;  // of a row over that of all rows; they sum to 1

  int64_t dense() const { return static_cast<int64_t>(dense_terms.size()); }
  int64_t padded_rows() const { return blocks * block_rows; }
};

// Rows of a block whose values fit the second-level cache of a CPU; no more than `most`.
inline constexpr int64_t kMostBlockRows = 2048;
int64_t BlockRows(int64_t columns, int64_t most = kMostBlockRows);

// `terms` are MakeTerms of the table, or those of a model of the same columns. The table's columns
// are given back as they are encoded. Rows of label 1 weigh scale_pos_weight times as much.
EncodedTable EncodeTable(const LinearModel& terms, double scale_pos_weight, FeatureTable table,
                         int64_t most_block_rows = kMostBlockRows);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_LOGISTIC_ENCODED_TABLE_H_
