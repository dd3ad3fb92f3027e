#ifndef TIDEWRIGHT_HOST_EXPORT_EXPORT_DIRECTORY_H_
#define TIDEWRIGHT_HOST_EXPORT_EXPORT_DIRECTORY_H_

#include <string>
#include <vector>

namespace tidewright {

// A directory that appears whole at Finish, in place of what stood there; without it nothing is
// left. Work goes on in TARGET.partial.PID.
class ExportDirectory {
 public:
  // Throws IoError.
  explicit ExportDirectory(const std::string& target);
  ~ExportDirectory();
  ExportDirectory(const ExportDirectory&) = delete;
  ExportDirectory& operator=(const ExportDirectory&) = delete;

  const std::string& path() const { return path_; }
  // Every file in it must be stored (fsync) already. Throws IoError, and UsageError where what
  // stands at the target by now is not replaceable; the target is then as it was.
  void Finish();

 private:
  std::string target_;
  std::string path_;
  bool finished_ = false;
};

// The files in a directory and in those below, by their paths from it, sorted. Links are files.
// Throws IoError.
std::vector<std::string> FilesBelow(const std::string& directory);

// Whether the file begins as every model card of an export does. Throws IoError.
bool IsModelCard(const std::string& path);

// Whether a directory may be replaced: one that is empty, or that an export of ours filled and
// that holds no file, however deep, but its model card and those that the card lists. Throws
// IoError.
bool IsReplaceable(const std::string& directory);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_EXPORT_DIRECTORY_H_
