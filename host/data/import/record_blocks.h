#ifndef TIDEWRIGHT_HOST_DATA_IMPORT_RECORD_BLOCKS_H_
#define TIDEWRIGHT_HOST_DATA_IMPORT_RECORD_BLOCKS_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>

#include "host/data/import/byte_source.h"

namespace tidewright {

inline constexpr int64_t kMegabyte = 1'000'000;  // progress is told in these

// Whole records of a text file. kPadding readable bytes follow the text, so that it can be scanned
// in words.
struct RecordBlock {
  static constexpr size_t kPadding = 16;
  std::unique_ptr<char[]> bytes;
  size_t size = 0;
  int64_t file_done = 0;  // how far the file had been read when the block was cut
  bool overlong = false;  // no record ends within kMaxRecordBytes: the file is at fault here

  std::string_view text() const { return {bytes.get(), size}; }
};

struct RecordBlockOptions {
  char delimiter = 0;  // 0: the one of , ; tab | that the first record has most often
  bool quotes = true;  // a field that begins with " ends at the next one that is not doubled
  size_t block_bytes = size_t{4} << 20;
};

// Reads a file and cuts it at ends of records (newlines outside quotes), on a thread of its own, so
// that reading, inflating and parsing overlap. Where it cuts does not depend on timing. A UTF-8
// byte order mark is left out.
class RecordBlockReader {
 public:
  static constexpr size_t kMaxRecordBytes = size_t{64} << 20;

  RecordBlockReader(std::unique_ptr<ByteSource> source, const RecordBlockOptions& options,
                    size_t queue_blocks);
  ~RecordBlockReader();
  RecordBlockReader(const RecordBlockReader&) = delete;
  RecordBlockReader& operator=(const RecordBlockReader&) = delete;

  char delimiter() const { return options_.delimiter; }
  int64_t file_bytes() const { return source_->file_bytes(); }
  // The next block, or nothing at the end. Throws what the source threw.
  std::optional<RecordBlock> Next();

 private:
  void Run();
  // Reads until `buffer` holds `capacity` bytes or the file ends.
  void Fill();
  bool Push(RecordBlock block);

  std::unique_ptr<ByteSource> source_;
  RecordBlockOptions options_;
  size_t queue_blocks_;
  std::unique_ptr<char[]> buffer_;
  size_t capacity_ = 0;
  size_t filled_ = 0;
  bool at_end_ = false;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<RecordBlock> queue_;
  std::exception_ptr failure_;
  bool finished_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

// One past the newline that ends the last whole record of `text`, which begins with a record; 0
// where none ends.
size_t LastRecordEnd(std::string_view text, char delimiter, bool quotes);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_IMPORT_RECORD_BLOCKS_H_
