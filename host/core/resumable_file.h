#ifndef TIDEWRIGHT_HOST_CORE_RESUMABLE_FILE_H_
#define TIDEWRIGHT_HOST_CORE_RESUMABLE_FILE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "host/core/atomic_file.h"

namespace tidewright {

// What a run has written of a file, in TARGET.partial, and that it is of this run, in
// TARGET.partial.run. However the process ends, the next run with the same text goes on from the
// last piece that is whole, which is the caller's to find. Where nothing was written, nothing is
// left. A power cut is another matter: nothing is fsync'ed before Finish.
class ResumableFile {
 public:
  // `run`: what two runs that write the same have in common, one line of text. Throws UsageError
  // where what is there is of another run, a run is writing it now, or TARGET is a directory;
  // IoError.
  ResumableFile(const std::string& target, const std::string& run);
  ~ResumableFile();
  ResumableFile(const ResumableFile&) = delete;
  ResumableFile& operator=(const ResumableFile&) = delete;

  const std::string& path() const { return path_; }
  // Keeps so many bytes of what stands there; writing goes on behind them. Call it once, first.
  void Keep(int64_t bytes);
  void Write(std::string_view bytes);
  // Puts it in the target's place.
  void Finish();
  // Instead of Finish, where the target was made otherwise.
  void Remove();

 private:
  std::string target_;
  std::string path_;
  FileDescriptor fd_;
  bool holds_anything_ = false;
  bool done_ = false;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_RESUMABLE_FILE_H_
