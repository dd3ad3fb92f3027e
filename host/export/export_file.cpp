#include "host/export/export_file.h"

#include <unistd.h>

#include <cstdint>

namespace tidewright {
namespace {

constexpr size_t kFlushBytes = size_t{1} << 20;

}  // namespace

ExportFile::ExportFile(const std::string& path)
    : path_(path), work_path_(path + ".partial." + std::to_string(getpid())), file_(work_path_) {}

ExportFile::~ExportFile() {
  if (!finished_) unlink(work_path_.c_str());
}

void ExportFile::Append(std::string_view text) {
  pending_ += text;
  if (pending_.size() >= kFlushBytes) Flush();
}

void ExportFile::Finish() {
  Flush();
  file_.Commit();
  ReplaceFile(work_path_, path_);
  finished_ = true;
}

void ExportFile::Flush() {
  file_.Write(pending_.data(), static_cast<int64_t>(pending_.size()));
  pending_.clear();
}

}  // namespace tidewright
