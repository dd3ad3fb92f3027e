#include "host/data/hdf5/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <deque>
#include <string_view>

#include "host/core/errors.h"

namespace tidewright::hdf5 {
namespace {

constexpr int kMaxSoftLinks = 16;
constexpr size_t kMaxAttributeBytes = 1 << 16;
constexpr size_t kMaxAttributeNumbers = 64;

void PushFront(std::string_view path, std::deque<std::string>* components) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin < path.size();) {
    const size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    if (!part.empty() && part != ".") parts.emplace_back(part);
    begin = end + 1;
  }
  components->insert(components->begin(), parts.begin(), parts.end());
}

herr_t CollectName(hid_t, const char* name, const H5L_info_t*, void* names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

herr_t KeepInnermost(unsigned, const H5E_error2_t* frame, void* fault) {
  if (frame->desc != nullptr) static_cast<LibraryFault*>(fault)->description = frame->desc;
  return 0;
}

}  // namespace

LibraryFault LastLibraryFault() {
  LibraryFault fault;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, KeepInnermost, &fault);
  const size_t at = fault.description.find("errno = ");
  if (at != std::string::npos) fault.error_number = std::atoi(fault.description.c_str() + at + 8);
  return fault;
}

File::File(const std::string& path) : path_(path) {
  PrepareLibrary();
  descriptor_ = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) throw IoError("cannot read", path, errno);
  try {
    OpenHdf5();
  } catch (...) {
    close(descriptor_);
    throw;
  }
}

File::~File() { close(descriptor_); }

void File::OpenHdf5() {
  struct stat status = {};
  if (fstat(descriptor_, &status) != 0) throw IoError("cannot read", path_, errno);
  if (S_ISDIR(status.st_mode)) throw IoError("cannot read", path_, EISDIR);
  size_ = status.st_size;
  if (H5Fis_hdf5(path_.c_str()) <= 0) {
    Fail("", size_ == 0 ? "is empty" : "is not an HDF5 file",
         "an HDF5 file (a CSV file becomes one by: tidewright import csv)");
  }
  file_ = Handle(H5Fopen(path_.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT));
  if (!file_.valid()) {
    const LibraryFault fault = LastLibraryFault();
    if (fault.error_number != 0) throw IoError("cannot read", path_, fault.error_number);
    Fail("", "HDF5 cannot open it (" + fault.description + ")", "a whole, undamaged HDF5 file");
  }
  const Handle creation(H5Fget_create_plist(file_.id()));
  size_t address_bytes = 0;
  size_t size_bytes = 0;
  hsize_t base = 0;
  if (creation.valid() && H5Pget_sizes(creation.id(), &address_bytes, &size_bytes) >= 0 &&
      H5Pget_userblock(creation.id(), &base) >= 0) {
    base_ = base;
    has_wide_addresses_ = address_bytes == 8 && size_bytes == 8;
  }
}

bool File::ReadAt(uint64_t offset, size_t count, void* out) const {
  const uint64_t size = static_cast<uint64_t>(size_);
  if (offset > size || count > size - offset) return false;
  for (size_t done = 0; done < count;) {
    const ssize_t got = pread(descriptor_, static_cast<char*>(out) + done, count - done,
                              static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    done += static_cast<size_t>(got);
  }
  return true;
}

void File::Fail(const std::string& object, const std::string& what,
                const std::string& expected) const {
  throw DataError({path_, object, std::nullopt}, what, expected);
}

void File::FailAt(const std::string& object, int64_t row, const std::string& what,
                  const std::string& expected) const {
  throw DataError({path_, object, row}, what, expected);
}

// Walks one link at a time, because HDF5 itself would follow a soft link into an external one.
Handle File::Open(const std::string& object) const {
  PrepareLibrary();
  std::deque<std::string> components;
  PushFront(object, &components);
  Handle at(H5Gopen2(file_.id(), "/", H5P_DEFAULT));
  if (!at.valid()) Fail("/", "HDF5 cannot open the root group", "an undamaged HDF5 file");
  for (int soft_links = 0; !components.empty();) {
    const std::string name = components.front();
    components.pop_front();
    if (H5Iget_type(at.id()) != H5I_GROUP || H5Lexists(at.id(), name.c_str(), H5P_DEFAULT) <= 0) {
      return Handle();
    }
    H5L_info_t link;
    if (H5Lget_info(at.id(), name.c_str(), &link, H5P_DEFAULT) < 0) {
      Fail(object, "HDF5 cannot read its link", "an undamaged HDF5 file");
    }
    if (link.type == H5L_TYPE_HARD) {
      Handle next(H5Oopen(at.id(), name.c_str(), H5P_DEFAULT));
      if (!next.valid()) {
        Fail(object, "HDF5 cannot open it (" + LastLibraryFault().description + ")",
             "an undamaged HDF5 file");
      }
      at = std::move(next);
    } else if (link.type == H5L_TYPE_SOFT) {
      if (++soft_links > kMaxSoftLinks) {
        Fail(object, "its soft links form a loop", "links that end in this file");
      }
      std::vector<char> target(link.u.val_size + 1, '\0');
      if (H5Lget_val(at.id(), name.c_str(), target.data(), link.u.val_size, H5P_DEFAULT) < 0) {
        Fail(object, "HDF5 cannot read its soft link", "an undamaged HDF5 file");
      }
      PushFront(target.data(), &components);
      if (target[0] == '/') at = Handle(H5Gopen2(file_.id(), "/", H5P_DEFAULT));
    } else {
      Fail(object, "is a link out of this file", "data that lies in the file itself");
    }
  }
  return at;
}

bool File::HasGroup(const std::string& object) const {
  const Handle handle = Open(object);
  return handle.valid() && H5Iget_type(handle.id()) == H5I_GROUP;
}

bool File::HasDataset(const std::string& object) const {
  const Handle handle = Open(object);
  return handle.valid() && H5Iget_type(handle.id()) == H5I_DATASET;
}

std::optional<int64_t> File::Length(const std::string& object) const {
  const Handle handle = Open(object);
  if (!handle.valid() || H5Iget_type(handle.id()) != H5I_DATASET) return std::nullopt;
  const Handle space(H5Dget_space(handle.id()));
  if (!space.valid() || H5Sget_simple_extent_ndims(space.id()) != 1) return std::nullopt;
  hsize_t rows = 0;
  H5Sget_simple_extent_dims(space.id(), &rows, nullptr);
  return static_cast<int64_t>(rows);
}

std::vector<std::string> File::List(const std::string& group) const {
  std::vector<std::string> names;
  const Handle handle = Open(group);
  if (!handle.valid() || H5Iget_type(handle.id()) != H5I_GROUP) return names;
  if (H5Literate(handle.id(), H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, CollectName, &names) < 0) {
    Fail(group, "HDF5 cannot list it", "an undamaged HDF5 file");
  }
  std::sort(names.begin(), names.end());
  return names;
}

Handle File::OpenAttribute(const Handle& object, const std::string& name) const {
  if (!object.valid() || H5Aexists(object.id(), name.c_str()) <= 0) return Handle();
  return Handle(H5Aopen(object.id(), name.c_str(), H5P_DEFAULT));
}

std::optional<std::string> File::TextAttribute(const std::string& object,
                                               const std::string& name) const {
  const Handle owner = Open(object);
  const Handle attribute = OpenAttribute(owner, name);
  if (!attribute.valid()) return std::nullopt;
  const Handle type(H5Aget_type(attribute.id()));
  const Handle space(H5Aget_space(attribute.id()));
  const std::string what = "attribute '" + name + "' is not one text";
  if (!type.valid() || !space.valid() || H5Tget_class(type.id()) != H5T_STRING ||
      H5Sget_simple_extent_npoints(space.id()) != 1) {
    Fail(object, what, "a string");
  }
  if (H5Tis_variable_str(type.id()) > 0) {
    char* text = nullptr;
    if (H5Aread(attribute.id(), type.id(), &text) < 0 || text == nullptr) {
      Fail(object, what, "a string");
    }
    std::string result(text);
    H5free_memory(text);
    return result;
  }
  const size_t bytes = H5Tget_size(type.id());
  if (bytes == 0 || bytes > kMaxAttributeBytes) Fail(object, what, "a string");
  std::string result(bytes, '\0');
  if (H5Aread(attribute.id(), type.id(), result.data()) < 0) Fail(object, what, "a string");
  result.resize(std::min(result.find('\0'), bytes));
  if (H5Tget_strpad(type.id()) == H5T_STR_SPACEPAD) {
    result.resize(result.find_last_not_of(' ') + 1);
  }
  return result;
}

std::optional<std::vector<int64_t>> File::IntAttribute(const std::string& object,
                                                       const std::string& name) const {
  const Handle owner = Open(object);
  const Handle attribute = OpenAttribute(owner, name);
  if (!attribute.valid()) return std::nullopt;
  const Handle type(H5Aget_type(attribute.id()));
  const Handle space(H5Aget_space(attribute.id()));
  const hssize_t count = space.valid() ? H5Sget_simple_extent_npoints(space.id()) : -1;
  if (!type.valid() || H5Tget_class(type.id()) != H5T_INTEGER || count < 0 ||
      count > static_cast<hssize_t>(kMaxAttributeNumbers)) {
    Fail(object, "attribute '" + name + "' is not a short list of whole numbers",
         "integers, such as [users, items]");
  }
  std::vector<int64_t> numbers(static_cast<size_t>(count));
  if (count > 0 && H5Aread(attribute.id(), H5T_NATIVE_INT64, numbers.data()) < 0) {
    Fail(object, "HDF5 cannot read attribute '" + name + "'", "an undamaged HDF5 file");
  }
  return numbers;
}

}  // namespace tidewright::hdf5
