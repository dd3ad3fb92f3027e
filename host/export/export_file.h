#ifndef TIDEWRIGHT_HOST_EXPORT_EXPORT_FILE_H_
#define TIDEWRIGHT_HOST_EXPORT_EXPORT_FILE_H_

#include <string>
#include <string_view>

#include "host/core/atomic_file.h"

namespace tidewright {

// A text file written from its beginning beside its place, and renamed into it by Finish: a reader
// sees all of it or what stood there before. Throws IoError.
class ExportFile {
 public:
  explicit ExportFile(const std::string& path);
  ~ExportFile();  // without Finish nothing that was begun is left behind
  ExportFile(const ExportFile&) = delete;
  ExportFile& operator=(const ExportFile&) = delete;

  void Append(std::string_view text);
  void Finish();

 private:
  void Flush();

  std::string path_;
  std::string work_path_;
  OutputFile file_;
  std::string pending_;
  bool finished_ = false;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_EXPORT_FILE_H_
