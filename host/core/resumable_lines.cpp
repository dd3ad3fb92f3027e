#include "host/core/resumable_lines.h"

#include <algorithm>
#include <vector>

#include "host/core/atomic_file.h"

namespace tidewright {

ResumableLines::ResumableLines(const std::string& target, const std::string& run)
    : file_(target, run) {
  int64_t end = 0;
  bool sound = true;  // no line holds a zero byte: that is what a file system puts in a gap
  const InputFile written(file_.path());
  std::vector<char> buffer(size_t{1} << 20);
  for (int64_t at = 0; sound && at < written.size(); at += static_cast<int64_t>(buffer.size())) {
    const auto part = std::min<int64_t>(written.size() - at, static_cast<int64_t>(buffer.size()));
    written.ReadAt(at, buffer.data(), part);
    for (int64_t i = 0; sound && i < part; ++i) {
      const char byte = buffer[static_cast<size_t>(i)];
      sound = byte != '\0';
      if (byte != '\n') continue;
      ++lines_;
      end = at + i + 1;
    }
  }
  file_.Keep(end);
}

}  // namespace tidewright
