#ifndef TIDEWRIGHT_HOST_CORE_RECORD_FILE_H_
#define TIDEWRIGHT_HOST_CORE_RECORD_FILE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "host/core/atomic_file.h"
#include "host/core/resumable_file.h"

namespace tidewright {

// Records of bytes on disk, written one behind the other and read back in that order: what is
// gathered for a file whose shape is known only in the end. Each is its length, the length's
// complement (u32 both, native) and its bytes.
class RecordFile {
 public:
  // In the directory of `target`. Without a `run` nothing of it is ever left behind; with one it is
  // TARGET.partial of ResumableFile, which goes on behind the last whole record. Throws as that.
  RecordFile(const std::string& target, const std::optional<std::string>& run);

  int64_t records() const { return records_; }  // that stood there, and that were added
  void Add(std::string_view record);
  // All that was added is in the file, so that a run that is ended keeps it.
  void Flush();
  // The records are no longer wanted.
  void Remove();

  // The records from the first one on. The file must be flushed, and outlive it.
  class Reader {
   public:
    explicit Reader(const RecordFile& records);
    // The next one, valid until the next call; nothing behind the last whole one.
    std::optional<std::string_view> Next();
    int64_t position() const { return at_; }  // where the next one begins

   private:
    bool Fill(size_t bytes);

    const FileDescriptor& fd_;
    const std::string& path_;
    std::string buffer_;
    size_t used_ = 0;
    int64_t at_ = 0;
  };

 private:
  std::string path_;
  std::unique_ptr<ResumableFile> kept_;
  FileDescriptor fd_;
  std::string gathered_;
  int64_t records_ = 0;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_RECORD_FILE_H_
