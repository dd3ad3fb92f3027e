#include "host/export/export_directory.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "host/core/atomic_file.h"
#include "host/core/errors.h"
#include "host/export/model_card.h"

namespace tidewright {
namespace {

void RemoveExport(const std::string& path) {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

}  // namespace

ExportDirectory::ExportDirectory(const std::string& target)
    : target_(target), path_(target + ".partial." + std::to_string(getpid())) {
  RemoveExport(path_);
  if (mkdir(path_.c_str(), 0777) != 0) throw IoError("cannot create", path_, errno);
}

ExportDirectory::~ExportDirectory() {
  if (!finished_) RemoveExport(path_);
}

void ExportDirectory::Finish() {
  SyncPath(path_);
  std::error_code ignored;
  if (!std::filesystem::exists(target_, ignored)) {
    if (rename(path_.c_str(), target_.c_str()) != 0)
      throw IoError("cannot replace", target_, errno);
  } else if (ExchangePaths(path_, target_)) {
    finished_ = true;  // what is at path_ now is not this export's to remove
    if (!IsReplaceable(path_)) {
      if (!ExchangePaths(path_, target_)) {
        throw IoError("cannot put back what stood at " + target_ + "; it is now " + path_);
      }
      finished_ = false;
      throw UsageError(target_ +
                       " was changed while the export was written, and no export wrote what is "
                       "there now; move it, or give another --output");
    }
  } else {
    const std::string old = path_ + ".old";
    if (rename(target_.c_str(), old.c_str()) != 0) throw IoError("cannot replace", target_, errno);
    if (rename(path_.c_str(), target_.c_str()) != 0) {
      const int error = errno;
      if (rename(old.c_str(), target_.c_str()) == 0)
        throw IoError("cannot replace", target_, error);
      throw IoError("cannot replace " + target_ + "; what stood there is now " + old);
    }
    RemoveExport(old);
  }
  finished_ = true;
  RemoveExport(path_);  // what stood there, where the two were exchanged
  SyncPath(ParentDirectory(target_));
}

std::vector<std::string> FilesBelow(const std::string& directory) {
  std::vector<std::string> files;
  try {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
      if (entry.is_directory() && !entry.is_symlink()) continue;
      files.push_back(entry.path().lexically_relative(directory).generic_string());
    }
  } catch (const std::filesystem::filesystem_error& error) {
    throw IoError("cannot list", directory, error.code().value());
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool IsModelCard(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored) &&
         InputFile(path).ReadAll().starts_with(kCardBeginning);
}

bool IsReplaceable(const std::string& directory) {
  std::error_code error;
  if (std::filesystem::is_empty(directory, error)) return true;
  const std::string card_path = directory + "/" + kCardName;
  if (!IsModelCard(card_path)) return false;
  const std::string card = InputFile(card_path).ReadAll();
  const std::vector<std::string> files = FilesBelow(directory);
  return std::all_of(files.begin(), files.end(), [&](const std::string& file) {
    return file == kCardName || CardLists(card, file);
  });
}

}  // namespace tidewright
