#include "host/data/hdf5/library_version.h"

#include <hdf5.h>

namespace tidewright {

std::string Hdf5Version() {
  unsigned major = 0;
  unsigned minor = 0;
  unsigned release = 0;
  H5get_libversion(&major, &minor, &release);
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(release);
}

}  // namespace tidewright
