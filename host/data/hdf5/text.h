#ifndef TIDEWRIGHT_HOST_DATA_HDF5_TEXT_H_
#define TIDEWRIGHT_HOST_DATA_HDF5_TEXT_H_

#include <string>
#include <vector>

#include "host/core/ids.h"
#include "host/data/hdf5/column.h"

namespace tidewright::hdf5 {

// A column of texts, fixed or variable in length; the padding of fixed ones is taken off. Throws
// DataError where it is no text, or where one text is longer than a megabyte.
std::vector<std::string> ReadTexts(const Column& column);

// The same as an id table, indexed; whole numbers become their decimal text. Throws DataError where
// an id comes twice.
IdTable ReadIds(const Column& column);

}  // namespace tidewright::hdf5

#endif  // TIDEWRIGHT_HOST_DATA_HDF5_TEXT_H_
