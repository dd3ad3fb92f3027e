#include "tests/support/hdf5_builder.h"

#include <stdexcept>

namespace tidewright {
namespace {

hid_t Must(hid_t id) {
  if (id < 0) throw std::runtime_error("an HDF5 call of the test itself failed");
  return id;
}

}  // namespace

Hdf5Builder::Hdf5Builder(const std::string& path)
    : file_(Must(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT))) {}

Hdf5Builder::~Hdf5Builder() { H5Fclose(file_); }

void Hdf5Builder::Group(const std::string& path) {
  H5Gclose(Must(H5Gcreate2(file_, path.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)));
}

void Hdf5Builder::Delete(const std::string& path) {
  Must(H5Ldelete(file_, path.c_str(), H5P_DEFAULT));
}

void Hdf5Builder::SoftLink(const std::string& target, const std::string& path) {
  Must(H5Lcreate_soft(target.c_str(), file_, path.c_str(), H5P_DEFAULT, H5P_DEFAULT));
}

void Hdf5Builder::ExternalLink(const std::string& file, const std::string& target,
                               const std::string& path) {
  Must(H5Lcreate_external(file.c_str(), target.c_str(), file_, path.c_str(), H5P_DEFAULT,
                          H5P_DEFAULT));
}

hid_t Hdf5Builder::Create(const std::string& path, hid_t type, const std::vector<hsize_t>& shape,
                          const StorageOptions& storage) {
  const hid_t space = Must(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr));
  const hid_t creation = Must(H5Pcreate(H5P_DATASET_CREATE));
  if (storage.chunk > 0) H5Pset_chunk(creation, 1, &storage.chunk);
  if (storage.scale_offset_bits > 0) {
    H5Pset_scaleoffset(creation, H5Z_SO_INT, storage.scale_offset_bits);
  }
  if (storage.shuffle) H5Pset_shuffle(creation);
  if (storage.deflate > 0) H5Pset_deflate(creation, static_cast<unsigned>(storage.deflate));
  if (storage.filter > 0) {
    H5Pset_filter(creation, storage.filter, H5Z_FLAG_OPTIONAL, 0, nullptr);
  }
  if (storage.fletcher32) H5Pset_fletcher32(creation);
  const hid_t dataset =
      Must(H5Dcreate2(file_, path.c_str(), type, space, H5P_DEFAULT, creation, H5P_DEFAULT));
  H5Pclose(creation);
  H5Sclose(space);
  return dataset;
}

void Hdf5Builder::Write(hid_t dataset, hid_t type, const void* values) {
  Must(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values));
}

void Hdf5Builder::Texts(const std::string& path, const std::vector<std::string>& texts,
                        size_t length, const StorageOptions& storage) {
  const hid_t type = Must(H5Tcopy(H5T_C_S1));
  H5Tset_size(type, length == 0 ? H5T_VARIABLE : length);
  H5Tset_cset(type, H5T_CSET_UTF8);
  const hid_t dataset = Create(path, type, {texts.size()}, storage);
  if (length == 0) {
    std::vector<const char*> pointers;
    for (const std::string& text : texts) pointers.push_back(text.c_str());
    if (!texts.empty()) Write(dataset, type, pointers.data());
  } else {
    H5Tset_strpad(type, H5T_STR_NULLPAD);
    std::string packed;
    for (std::string text : texts) {
      text.resize(length);
      packed += text;
    }
    Write(dataset, type, packed.data());
  }
  H5Dclose(dataset);
  H5Tclose(type);
}

void Hdf5Builder::Unstored(const std::string& path, hid_t type, const std::vector<hsize_t>& shape,
                           const StorageOptions& storage) {
  H5Dclose(Create(path, type, shape, storage));
}

void Hdf5Builder::RawChunk(const std::string& path, hid_t type, hsize_t rows,
                           const std::string& bytes, const StorageOptions& storage,
                           uint32_t skipped) {
  const hid_t dataset = Create(path, type, {rows}, storage);
  const hsize_t offset = 0;
  Must(H5Dwrite_chunk(dataset, H5P_DEFAULT, skipped, &offset, bytes.size(), bytes.data()));
  H5Dclose(dataset);
}

void Hdf5Builder::External(const std::string& path, const std::string& file, hsize_t rows) {
  const hid_t space = Must(H5Screate_simple(1, &rows, nullptr));
  const hid_t creation = Must(H5Pcreate(H5P_DATASET_CREATE));
  H5Pset_external(creation, file.c_str(), 0, rows * 4);
  H5Dclose(Must(H5Dcreate2(file_, path.c_str(), H5T_NATIVE_INT32, space, H5P_DEFAULT, creation,
                           H5P_DEFAULT)));
  H5Pclose(creation);
  H5Sclose(space);
}

void Hdf5Builder::TextAttribute(const std::string& object, const std::string& name,
                                const std::string& text, bool variable) {
  const hid_t type = Must(H5Tcopy(H5T_C_S1));
  H5Tset_size(type, variable ? H5T_VARIABLE : text.size());
  const hid_t space = Must(H5Screate(H5S_SCALAR));
  const hid_t attribute = Must(H5Acreate_by_name(file_, object.c_str(), name.c_str(), type, space,
                                                 H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  const char* pointer = text.c_str();
  Must(H5Awrite(attribute, type,
                variable ? static_cast<const void*>(&pointer) : static_cast<const void*>(pointer)));
  H5Aclose(attribute);
  H5Sclose(space);
  H5Tclose(type);
}

void Hdf5Builder::IntAttribute(const std::string& object, const std::string& name,
                               const std::vector<int64_t>& numbers) {
  const hsize_t count = numbers.size();
  const hid_t space = Must(H5Screate_simple(1, &count, nullptr));
  const hid_t attribute = Must(H5Acreate_by_name(file_, object.c_str(), name.c_str(), H5T_STD_I64LE,
                                                 space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  Must(H5Awrite(attribute, H5T_NATIVE_INT64, numbers.data()));
  H5Aclose(attribute);
  H5Sclose(space);
}

}  // namespace tidewright
