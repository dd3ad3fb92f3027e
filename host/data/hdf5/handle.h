#ifndef TIDEWRIGHT_HOST_DATA_HDF5_HANDLE_H_
#define TIDEWRIGHT_HOST_DATA_HDF5_HANDLE_H_

#include <hdf5.h>

#include <utility>

namespace tidewright::hdf5 {

// Owns an HDF5 identifier of any kind; closes it when it goes.
class Handle {
 public:
  Handle() = default;
  explicit Handle(hid_t id) : id_(id) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (id_ >= 0) H5Idec_ref(id_);
  }

  bool valid() const { return id_ >= 0; }
  hid_t id() const { return id_; }
  // For who closes it and wants to know whether that went well.
  hid_t Release() { return std::exchange(id_, -1); }

 private:
  hid_t id_ = -1;
};

// Stops HDF5 from printing its error stack, and teaches it to decode h5py's lzf. The silence is a
// thread's own, so every thread that calls HDF5 calls this first.
void PrepareLibrary();

}  // namespace tidewright::hdf5

#endif  // TIDEWRIGHT_HOST_DATA_HDF5_HANDLE_H_
