#ifndef TIDEWRIGHT_HOST_CORE_RESUMABLE_LINES_H_
#define TIDEWRIGHT_HOST_CORE_RESUMABLE_LINES_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "host/core/resumable_file.h"

namespace tidewright {

// A file of lines that appears whole at Finish, in place of what stood there. However the process
// ends before that, the lines that it wrote stay in TARGET.partial, and the next run goes on behind
// the last whole one.
class ResumableLines {
 public:
  // As ResumableFile.
  ResumableLines(const std::string& target, const std::string& run);

  int64_t lines() const { return lines_; }  // that stood there
  void Write(std::string_view whole_lines) { file_.Write(whole_lines); }
  void Finish() { file_.Finish(); }

 private:
  ResumableFile file_;
  int64_t lines_ = 0;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_RESUMABLE_LINES_H_
