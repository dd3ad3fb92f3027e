#ifndef TIDEWRIGHT_HOST_CORE_PARTIAL_FILE_H_
#define TIDEWRIGHT_HOST_CORE_PARTIAL_FILE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "host/core/atomic_file.h"

namespace tidewright {

// What writers of lines gather before they write.
inline constexpr size_t kFlushBytes = size_t{1} << 20;

// A file that appears whole at Finish, in place of what stood there; without it nothing is left.
class PartialFile {
 public:
  explicit PartialFile(const std::string& target);
  ~PartialFile();
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  void Write(std::string_view text);
  // The bytes are stored (fsync), not yet in place: what Finish does first, and what lets several
  // files appear together. Nothing more may be written.
  void Store();
  void Finish();

 private:
  std::string target_;
  std::string path_;
  OutputFile file_;
  bool stored_ = false;
  bool finished_ = false;
};

// Throws UsageError where a directory stands at `path`, to which a file is to be written.
void RefuseDirectory(const std::string& path);

// Whether a name asks for HDF5: .h5 or .hdf5.
bool IsHdf5Name(const std::string& path);

// Text as a JSON string; bytes that are no UTF-8 become U+FFFD.
std::string JsonQuoted(std::string_view text);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_PARTIAL_FILE_H_
