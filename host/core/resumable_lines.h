#ifndef TIDEWRIGHT_HOST_CORE_RESUMABLE_LINES_H_
#define TIDEWRIGHT_HOST_CORE_RESUMABLE_LINES_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "host/core/atomic_file.h"

namespace tidewright {

// A file of lines that appears whole at Finish, in place of what stood there. However a run ends
// before that, the lines that it wrote stay in TARGET.partial, and the next run goes on behind the
// last whole one. TARGET.partial.run says which run they are of.
class ResumableLines {
 public:
  // `run`: what two runs that write the same lines have in common, one line of text. Throws
  // UsageError where the lines there are of another run or a run is writing them now; IoError.
  ResumableLines(const std::string& target, const std::string& run);

  int64_t lines() const { return lines_; }  // that stood there
  void Write(std::string_view whole_lines);
  void Finish();

 private:
  // Cuts off what follows the last end of a line; returns the number of lines.
  int64_t KeepWholeLines();

  std::string target_;
  std::string path_;
  FileDescriptor fd_;
  int64_t lines_ = 0;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_RESUMABLE_LINES_H_
