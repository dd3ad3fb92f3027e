#include <lzf.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "host/data/hdf5/filters.h"
#include "host/data/hdf5/handle.h"

namespace tidewright::hdf5 {
namespace {

// H5Dread's way through lzf, for what the raw chunk path leaves to it (strings, odd types). The
// buffers are HDF5's, so they come from malloc.
size_t DecodeLzf(unsigned flags, size_t values_count, const unsigned values[], size_t bytes,
                 size_t* buffer_bytes, void** buffer) {
  if ((flags & H5Z_FLAG_REVERSE) == 0) return 0;  // the filter failed: nothing here writes lzf
  // h5py stores the size of a decoded chunk as the third value, but too small a one for variable
  // texts: hence the growing.
  size_t decoded_bytes = std::max(values_count >= 3 ? static_cast<size_t>(values[2]) : 0, bytes);
  for (; decoded_bytes / kMaxExpansion <= bytes; decoded_bytes *= 2) {
    void* decoded = std::malloc(decoded_bytes);
    if (decoded == nullptr) return 0;
    errno = 0;
    const unsigned got = lzf_decompress(*buffer, static_cast<unsigned>(bytes), decoded,
                                        static_cast<unsigned>(decoded_bytes));
    if (got > 0) {
      std::free(*buffer);
      *buffer = decoded;
      *buffer_bytes = decoded_bytes;
      return got;
    }
    std::free(decoded);
    if (errno != E2BIG) return 0;
  }
  return 0;
}

bool RegisterLzf() {
  H5Z_class2_t filter = {};
  filter.version = H5Z_CLASS_T_VERS;
  filter.id = kLzfFilter;
  filter.encoder_present = 1;  // without one HDF5 would not even create a data set of raw chunks
  filter.decoder_present = 1;
  filter.name = "lzf";
  filter.filter = DecodeLzf;
  return H5Zregister(&filter) >= 0;
}

// HDF5 1.10 crashes when the process ends with a file that it failed to flush (a full disk). Every
// file is closed where it is used, so that it has nothing to do then. Only before its first use can
// it be told.
[[maybe_unused]] const bool ends_as_it_is = H5dont_atexit() >= 0;

}  // namespace

void PrepareLibrary() {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  static const bool registered = RegisterLzf();
  static_cast<void>(registered);
}

}  // namespace tidewright::hdf5
