#ifndef TIDEWRIGHT_HOST_DATA_IMPORT_CSV_BLOCK_H_
#define TIDEWRIGHT_HOST_DATA_IMPORT_CSV_BLOCK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "host/data/import/csv_plan.h"
#include "host/data/import/interner.h"
#include "host/data/import/record_blocks.h"

namespace tidewright {

// Columns of the kept events of some records, in their order.
struct EventChunk {
  std::vector<int32_t> user;
  std::vector<int32_t> item;
  std::vector<int64_t> timestamp;
  std::vector<uint8_t> signal;
  std::vector<float> value;
  std::vector<std::vector<float>> extra;
};

// What one block of records came to. Rows of users, items and signals are the block's own.
struct CsvBlock {
  EventChunk events;
  Interner users;
  Interner items;
  Interner signals;
  std::vector<TextVotes> user_texts;  // one a user column
  std::vector<TextVotes> item_texts;
  int64_t records = 0;
  int64_t lines = 0;  // newlines
  int64_t missing_user = 0;
  int64_t missing_item = 0;
  int64_t missing_signal = 0;
  std::vector<int64_t> dropped_by_rule;
  int64_t bad = 0;
  int64_t first_bad_line = 0;  // within the block, from 0
  std::string first_bad;       // what was wrong with it; empty where none was
  bool unterminated = false;   // its quote runs to the end of the file: not to be skipped
};

// Parses the records of `block` after the first `skip`. Stops at the first bad line unless the plan
// skips them.
CsvBlock ParseCsvBlock(const CsvPlan& plan, RecordBlock block, int64_t skip);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_IMPORT_CSV_BLOCK_H_
