#include "host/core/partial_file.h"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>

#include "host/core/errors.h"

namespace tidewright {

PartialFile::PartialFile(const std::string& target)
    : target_(target), path_(target + ".partial." + std::to_string(getpid())), file_(path_) {}

PartialFile::~PartialFile() {
  if (!finished_) unlink(path_.c_str());
}

void PartialFile::Write(std::string_view text) {
  file_.Write(text.data(), static_cast<int64_t>(text.size()));
}

void PartialFile::Store() {
  if (!stored_) file_.Commit();
  stored_ = true;
}

void PartialFile::Finish() {
  Store();
  ReplaceFile(path_, target_);
  finished_ = true;
}

void RefuseDirectory(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(path, ignored)) return;
  throw UsageError(path + " is a directory; expected the name of a file to write");
}

bool IsHdf5Name(const std::string& path) {
  return path.ends_with(".h5") || path.ends_with(".hdf5");
}

std::string JsonQuoted(std::string_view text) {
  // Most ids are plain, and there are many.
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
  });
  if (plain) {
    std::string quoted;
    quoted.reserve(text.size() + 2);
    quoted += '"';
    quoted += text;
    quoted += '"';
    return quoted;
  }
  return nlohmann::ordered_json(std::string(text))
      .dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace tidewright
