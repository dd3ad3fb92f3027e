#ifndef TIDEWRIGHT_TESTS_SUPPORT_HDF5_BUILDER_H_
#define TIDEWRIGHT_TESTS_SUPPORT_HDF5_BUILDER_H_

#include <hdf5.h>

#include <cstdint>
#include <string>
#include <vector>

namespace tidewright {

// How a data set is laid out: contiguous, unless `chunk` is set; then the filters in their order.
struct StorageOptions {
  hsize_t chunk = 0;
  bool shuffle = false;
  int deflate = 0;
  bool fletcher32 = false;
  int scale_offset_bits = 0;
  int filter = 0;  // one more, by its number, that HDF5 need not know
};

// Writes HDF5 files through the C API, sound or not, independently of the code under test. Throws
// std::runtime_error where a call fails.
class Hdf5Builder {
 public:
  explicit Hdf5Builder(const std::string& path);
  ~Hdf5Builder();
  Hdf5Builder(const Hdf5Builder&) = delete;
  Hdf5Builder& operator=(const Hdf5Builder&) = delete;

  void Group(const std::string& path);
  void Delete(const std::string& path);
  void SoftLink(const std::string& target, const std::string& path);
  void ExternalLink(const std::string& file, const std::string& target, const std::string& path);

  template <class T>
  void Numbers(const std::string& path, const std::vector<T>& values,
               const StorageOptions& storage = {}) {
    NumbersAs(path, NativeType(T{}), values, storage);
  }
  // The same, stored as `file_type` (another byte order, another width).
  template <class T>
  void NumbersAs(const std::string& path, hid_t file_type, const std::vector<T>& values,
                 const StorageOptions& storage = {}) {
    const hid_t dataset = Create(path, file_type, {values.size()}, storage);
    Write(dataset, NativeType(T{}), values.data());
    H5Dclose(dataset);
  }
  // `length` 0: variable.
  void Texts(const std::string& path, const std::vector<std::string>& texts, size_t length = 0,
             const StorageOptions& storage = {});

  // A data set of which nothing is stored.
  void Unstored(const std::string& path, hid_t type, const std::vector<hsize_t>& shape,
                const StorageOptions& storage = {});
  // One raw chunk, at row 0, of a data set of `type`; bit i of `skipped` says that filter i did not
  // touch it.
  void RawChunk(const std::string& path, hid_t type, hsize_t rows, const std::string& bytes,
                const StorageOptions& storage, uint32_t skipped = 0);
  void External(const std::string& path, const std::string& file, hsize_t rows);

  void TextAttribute(const std::string& object, const std::string& name, const std::string& text,
                     bool variable = false);
  void IntAttribute(const std::string& object, const std::string& name,
                    const std::vector<int64_t>& numbers);

 private:
  static hid_t NativeType(int8_t) { return H5T_NATIVE_INT8; }
  static hid_t NativeType(uint8_t) { return H5T_NATIVE_UINT8; }
  static hid_t NativeType(int16_t) { return H5T_NATIVE_INT16; }
  static hid_t NativeType(uint16_t) { return H5T_NATIVE_UINT16; }
  static hid_t NativeType(int32_t) { return H5T_NATIVE_INT32; }
  static hid_t NativeType(uint32_t) { return H5T_NATIVE_UINT32; }
  static hid_t NativeType(int64_t) { return H5T_NATIVE_INT64; }
  static hid_t NativeType(uint64_t) { return H5T_NATIVE_UINT64; }
  static hid_t NativeType(float) { return H5T_NATIVE_FLOAT; }
  static hid_t NativeType(double) { return H5T_NATIVE_DOUBLE; }

  hid_t Create(const std::string& path, hid_t type, const std::vector<hsize_t>& shape,
               const StorageOptions& storage);
  void Write(hid_t dataset, hid_t type, const void* values);

  hid_t file_;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_SUPPORT_HDF5_BUILDER_H_
