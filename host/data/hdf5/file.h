#ifndef TIDEWRIGHT_HOST_DATA_HDF5_FILE_H_
#define TIDEWRIGHT_HOST_DATA_HDF5_FILE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/data/hdf5/handle.h"

namespace tidewright::hdf5 {

// An HDF5 file open for reading. Paths are absolute ("/events/user"). No link is ever followed out
// of the file: an external link on the way to a path is a DataError.
class File {
 public:
  // Throws IoError where the file cannot be opened, DataError where it is no sound HDF5 file.
  explicit File(const std::string& path);
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  const std::string& path() const { return path_; }
  int64_t size() const { return size_; }

  // Bytes of the file as they lie; false where it does not have them.
  bool ReadAt(uint64_t offset, size_t count, void* out) const;
  // Where HDF5's addresses count from, and the width of its addresses and sizes.
  uint64_t base() const { return base_; }
  bool has_wide_addresses() const { return has_wide_addresses_; }

  // The object at `object`, or an invalid handle where there is none.
  Handle Open(const std::string& object) const;
  bool HasGroup(const std::string& object) const;
  bool HasDataset(const std::string& object) const;
  // The rows of a one-dimensional data set; nothing for anything else.
  std::optional<int64_t> Length(const std::string& object) const;
  // The names in a group, in the order of their bytes; nothing where there is no such group.
  std::vector<std::string> List(const std::string& group) const;

  // Nothing where the object or its attribute is missing; DataError where the attribute is of
  // another kind or shape.
  std::optional<std::string> TextAttribute(const std::string& object,
                                           const std::string& name) const;
  std::optional<std::vector<int64_t>> IntAttribute(const std::string& object,
                                                   const std::string& name) const;

  [[noreturn]] void Fail(const std::string& object, const std::string& what,
                         const std::string& expected) const;
  [[noreturn]] void FailAt(const std::string& object, int64_t row, const std::string& what,
                           const std::string& expected) const;

 private:
  void OpenHdf5();
  Handle OpenAttribute(const Handle& object, const std::string& name) const;

  std::string path_;
  int64_t size_ = 0;
  int descriptor_ = -1;
  uint64_t base_ = 0;
  bool has_wide_addresses_ = false;  // 8 bytes both, as nearly every file
  Handle file_;
};

// What went wrong in the last HDF5 call of this thread, in the words of its innermost frame, and
// the errno found there (0 where there is none).
struct LibraryFault {
  std::string description;
  int error_number = 0;
};
LibraryFault LastLibraryFault();

}  // namespace tidewright::hdf5

#endif  // TIDEWRIGHT_HOST_DATA_HDF5_FILE_H_
