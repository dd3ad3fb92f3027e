#ifndef TIDEWRIGHT_HOST_DATA_HDF5_LIBRARY_VERSION_H_
#define TIDEWRIGHT_HOST_DATA_HDF5_LIBRARY_VERSION_H_

#include <string>

namespace tidewright {

std::string Hdf5Version();  // "1.10.8", of the library this process runs with

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_HDF5_LIBRARY_VERSION_H_
