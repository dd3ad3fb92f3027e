#ifndef TIDEWRIGHT_HOST_DATA_IMPORT_DELIMITED_H_
#define TIDEWRIGHT_HOST_DATA_IMPORT_DELIMITED_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "host/data/import/record_blocks.h"

namespace tidewright {

// Walks the records of a block of delimited text (RFC 4180: quoted fields, doubled quotes, line
// breaks in quotes; LF or CRLF). A quote inside a field that did not begin with one is literal.
class RecordScanner {
 public:
  // Doubled quotes are made single in place: the block is changed.
  RecordScanner(RecordBlock& block, char delimiter, bool quotes);

  // Moves to the next record that is not blank; false at the end of the block.
  bool Next();
  // The fields of the record; valid until the block goes.
  const std::vector<std::string_view>& fields() const { return fields_; }
  // Why the record is malformed, or null.
  const char* error() const { return error_; }
  // The record's quote is never closed: all that follows is inside it.
  bool unterminated() const { return unterminated_; }
  // Of the record's first line, within the block, from 0.
  int64_t line() const { return record_line_; }
  // Newlines passed so far, those inside quotes too.
  int64_t lines_passed() const { return line_; }

 private:
  std::string_view PlainField();
  std::string_view QuotedField();

  char* at_;
  char* end_;
  char delimiter_;
  bool quotes_;
  uint64_t delimiter_word_;
  std::vector<std::string_view> fields_;
  const char* error_ = nullptr;
  bool unterminated_ = false;
  int64_t line_ = 0;
  int64_t record_line_ = 0;
};

// Where the first byte stands that is not part of well-formed UTF-8 (no overlong forms, no
// surrogates), or npos. NUL counts as ill-formed: no text has it.
size_t FindInvalidUtf8(std::string_view text);

bool AllUtf8(const std::vector<std::string_view>& fields);
// What to say of fields that are not.
const char* NotTextProblem(bool latin1);

// ISO 8859-1 to UTF-8: the same text in a new block.
RecordBlock Latin1ToUtf8(const RecordBlock& block);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_IMPORT_DELIMITED_H_
