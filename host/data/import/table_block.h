#ifndef TIDEWRIGHT_HOST_DATA_IMPORT_TABLE_BLOCK_H_
#define TIDEWRIGHT_HOST_DATA_IMPORT_TABLE_BLOCK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/core/ids.h"
#include "host/data/import/interner.h"
#include "host/data/import/record_blocks.h"
#include "host/data/import/table_plan.h"

namespace tidewright {

// One column of some records.
struct FieldChunk {
  enum class Form { kEmpty, kNumbers, kTexts };  // kEmpty: every field is missing
  Form form = Form::kEmpty;
  std::vector<float> values;  // kMissing; a number, infinite where it is too large; a row of texts
  Interner texts;             // of the chunk
  int64_t first_infinite = -1;  // row of the chunk; -1: none
};

// What one block of records came to.
struct TableBlock {
  int64_t rows = 0;
  int64_t lines = 0;                 // newlines
  std::vector<int32_t> line_of_row;  // within the block, from 0
  std::vector<FieldChunk> features;  // one a feature of the plan
  FieldChunk label;                  // texts; booleans where the plan names no positive text
  std::vector<float> weight;
  FieldChunk group;  // texts
  IdTable ids;
  int64_t first_bad_line = 0;  // within the block, from 0
  std::string first_bad;       // what was wrong with it; empty where none was
};

// Parses the records of `block` after the first `skip`; ends at the first bad line.
TableBlock ParseTableBlock(const TablePlan& plan, RecordBlock block, int64_t skip);

bool IsMissingText(std::string_view text);
// "0", "false", "no" and "1", "true", "yes", in any case of letters; nothing for other texts.
std::optional<bool> ParseBoolean(std::string_view text);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_IMPORT_TABLE_BLOCK_H_
