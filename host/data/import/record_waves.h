#ifndef TIDEWRIGHT_HOST_DATA_IMPORT_RECORD_WAVES_H_
#define TIDEWRIGHT_HOST_DATA_IMPORT_RECORD_WAVES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/data/import/delimited.h"
#include "host/data/import/record_blocks.h"

namespace tidewright {

// "FILE line N" of line `line`, from 0.
std::string LineText(const std::string& path, int64_t line);

// The blocks of a text file in waves of at most NumThreads(), to be parsed side by side.
class RecordWaves {
 public:
  // Throws IoError, and DataError where the file is empty.
  RecordWaves(const std::string& path, const RecordBlockOptions& options);

  char delimiter() const { return reader_.delimiter(); }
  int64_t file_bytes() const { return reader_.file_bytes(); }
  // What the first wave begins with; valid until that has been taken.
  const RecordBlock& first() const { return *next_; }
  // The next blocks; none at the end. `lines`: the newlines of all waves before. Throws DataError
  // where a record does not end.
  std::vector<RecordBlock> Next(int64_t lines);

 private:
  std::string path_;
  RecordBlockReader reader_;
  std::optional<RecordBlock> next_;
};

// A copy of a file's first block, and a scanner on the first of its records.
class FileHead {
 public:
  // Throws DataError where there is no record, or it is malformed or no text.
  FileHead(const RecordBlock& first, const std::string& path, char delimiter, bool quotes,
           bool latin1);
  RecordScanner& scanner() { return scanner_; }

 private:
  RecordBlock block_;
  RecordScanner scanner_;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_IMPORT_RECORD_WAVES_H_
