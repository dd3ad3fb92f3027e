#include "host/logistic/encoded_table.h"

#include <algorithm>
#include <cmath>

#include "host/core/parallel.h"

namespace tidewright {
namespace {

constexpr int64_t kBlockValues = 65536;
constexpr int64_t kMinBlockRows = 64;
// Only a row of weight 0 can be so far out: kept finite, as 0 times infinity would not be 0.
constexpr double kFarthest = 1e30;

// How the terms of a category column read it.
struct CategoryReader {
  int64_t column = 0;
  std::vector<int32_t> slot_of_code;
  int32_t missing_slot = 0;
  int32_t no_slot = 0;

  int32_t SlotOf(float value) const {
    if (std::isnan(value)) return missing_slot;
    const size_t code = static_cast<size_t>(value);
    return code < slot_of_code.size() ? slot_of_code[code] : no_slot;
  }
};

CategoryReader ReaderOf(const LinearModel& terms, const EncodedTable::CategoryColumn& category,
                        int64_t column, size_t codes) {
  CategoryReader reader;
  reader.column = column;
  reader.no_slot = static_cast<int32_t>(category.terms.size());
  reader.missing_slot = reader.no_slot;
  reader.slot_of_code.assign(codes, reader.no_slot);
  for (size_t slot = 0; slot < category.terms.size(); ++slot) {
    const int32_t code = terms.category[category.terms[slot]];
    if (code == kTermMissing) {
      reader.missing_slot = static_cast<int32_t>(slot);
    } else {
      reader.slot_of_code[static_cast<size_t>(code)] = static_cast<int32_t>(slot);
    }
  }
  return reader;
}

void EncodeDense(const LinearModel& terms, int64_t dense, const FeatureColumn& column,
                 EncodedTable* table) {
  const int64_t term = table->dense_terms[dense];
  const double center = terms.center[term];
  const double scale = terms.scale[term];
  const bool of_missing = terms.category[term] == kTermMissing;
  ParallelBlocks(table->blocks, [&](int64_t block, int) {
    const int64_t begin = block * table->block_rows;
    const int64_t end = std::min(begin + table->block_rows, table->rows);
    float* to = table->values.data() + (block * table->dense() + dense) * table->block_rows;
    for (int64_t row = begin; row < end; ++row) {
      const float value = column.values[row];
      const bool missing = std::isnan(value);
      const double read = of_missing ? (missing ? 1.0 : 0.0) : static_cast<double>(value);
      const bool none = missing && !of_missing;
      const double z = none ? 0.0 : std::clamp((read - center) * scale, -kFarthest, kFarthest);
      to[row - begin] = static_cast<float>(z);
    }
  });
}

void EncodeCategory(const CategoryReader& reader, int64_t category, const FeatureColumn& column,
                    EncodedTable* table) {
  const int64_t columns = static_cast<int64_t>(table->categories.size());
  ParallelBlocks(table->blocks, [&](int64_t block, int) {
    const int64_t begin = block * table->block_rows;
    int32_t* to = table->slots.data() + (block * columns + category) * table->block_rows;
    for (int64_t i = 0; i < table->block_rows; ++i) {
      const int64_t row = begin + i;
      to[i] = row < table->rows ? reader.SlotOf(column.values[row]) : reader.no_slot;
    }
  });
}

void EncodeRows(const FeatureTable& from, double scale_pos_weight, EncodedTable* table) {
  table->sign.assign(static_cast<size_t>(table->padded_rows()), 1.0);
  table->weight.assign(static_cast<size_t>(table->padded_rows()), 0.0);
  double all = 0;
  for (int64_t row = 0; row < from.rows; ++row) {
    const bool positive = from.label[row] == 1.0f;
    const double weight = from.weight.empty() ? 1.0 : from.weight[row];
    table->sign[row] = positive ? 1.0 : -1.0;
    table->weight[row] = positive ? weight * scale_pos_weight : weight;
    all += table->weight[row];
  }
  for (int64_t row = 0; row < from.rows; ++row) table->weight[row] /= all;
}

}  // namespace

int64_t BlockRows(int64_t columns, int64_t most) {
  const int64_t rows = kBlockValues / std::max<int64_t>(columns, 1);
  return std::clamp(rows / kMinBlockRows * kMinBlockRows, kMinBlockRows, most);
}

EncodedTable EncodeTable(const LinearModel& terms, double scale_pos_weight, FeatureTable from,
                         int64_t most_block_rows) {
  EncodedTable table;
  std::vector<CategoryReader> readers;
  for (int64_t term = 0; term < terms.terms();) {
    const int64_t column = terms.feature[term];
    int64_t end = term;
    while (end < terms.terms() && terms.feature[end] == column) ++end;
    const FeatureDescription& description = from.columns[column].description;
    if (description.kind == FeatureKind::kCategory) {
      EncodedTable::CategoryColumn category;
      for (; term < end; ++term) category.terms.push_back(term);
      readers.push_back(ReaderOf(terms, category, column, description.categories.size()));
      table.categories.push_back(std::move(category));
    } else {
      for (; term < end; ++term) table.dense_terms.push_back(term);
    }
  }
  table.rows = from.rows;
  table.block_rows =
      BlockRows(table.dense() + static_cast<int64_t>(table.categories.size()), most_block_rows);
  table.blocks = (table.rows + table.block_rows - 1) / table.block_rows;
  table.values.assign(static_cast<size_t>(table.padded_rows() * table.dense()), 0.0f);
  table.slots.assign(static_cast<size_t>(table.padded_rows()) * table.categories.size(), 0);
  EncodeRows(from, scale_pos_weight, &table);

  int64_t dense = 0;
  size_t category = 0;
  for (int64_t column = 0; column < static_cast<int64_t>(from.columns.size()); ++column) {
    FeatureColumn& values = from.columns[column];
    while (dense < table.dense() && terms.feature[table.dense_terms[dense]] == column) {
      EncodeDense(terms, dense++, values, &table);
    }
    if (category < readers.size() && readers[category].column == column) {
      EncodeCategory(readers[category], static_cast<int64_t>(category), values, &table);
      ++category;
    }
    values.values = {};
  }
  return table;
}

}  // namespace tidewright
