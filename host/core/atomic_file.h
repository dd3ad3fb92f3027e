#ifndef TIDEWRIGHT_HOST_CORE_ATOMIC_FILE_H_
#define TIDEWRIGHT_HOST_CORE_ATOMIC_FILE_H_

#include <string>

namespace tidewright {

// A file that appears whole or not at all: write to work_path(), which lies beside `path`, then
// Commit. Without Commit the work file is removed and what stood at `path` stays.
class AtomicFile {
 public:
  explicit AtomicFile(const std::string& path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  const std::string& work_path() const { return work_path_; }
  // fsyncs the closed work file, renames it to `path`, fsyncs the directory. Throws IoError.
  void Commit();

 private:
  std::string path_;
  std::string work_path_;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_ATOMIC_FILE_H_
