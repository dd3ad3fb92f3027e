#ifndef TIDEWRIGHT_HOST_DATA_HDF5_TEXT_H_
#define TIDEWRIGHT_HOST_DATA_HDF5_TEXT_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "host/core/ids.h"
#include "host/data/hdf5/column.h"

namespace tidewright::hdf5 {

// A column of texts, fixed or variable in length; the padding of fixed ones is taken off. Throws
// DataError where it is no text, or where one text is longer than a megabyte.
std::vector<std::string> ReadTexts(const Column& column);

// The same, one after the other; the text is valid during the call.
void ForEachText(const Column& column, const std::function<void(std::string_view)>& sink);

// The same as an id table, indexed; whole numbers become their decimal text. Throws DataError where
// an id comes twice.
IdTable ReadIds(const Column& column);
// Where an id may come several times; not indexed.
IdTable ReadRepeatedIds(const Column& column);

}  // namespace tidewright::hdf5

#endif  // TIDEWRIGHT_HOST_DATA_HDF5_TEXT_H_
