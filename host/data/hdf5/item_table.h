#ifndef TIDEWRIGHT_HOST_DATA_HDF5_ITEM_TABLE_H_
#define TIDEWRIGHT_HOST_DATA_HDF5_ITEM_TABLE_H_

#include <functional>
#include <string>
#include <vector>

#include "host/core/ids.h"

namespace tidewright {

// A column of a file's items as texts, one a row: numbers with all the digits they have in the
// file. Empty where it is missing.
struct ItemColumn {
  std::string name;
  bool is_text = false;
  std::vector<std::string> values;
};

struct ItemTable {
  IdTable ids;
  std::vector<ItemColumn> columns;
};

// Which of the columns that a file's items have are to be read, in the order wanted.
using ChooseColumns =
    std::function<std::vector<std::string>(const std::vector<std::string>& known)>;

// The items of an event log or a matrix and the columns that `choose` names of those there are. No
// event is read or checked. Throws DataError (no ids of items; malformed) or IoError.
ItemTable ReadItemTable(const std::string& path, const ChooseColumns& choose);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_HDF5_ITEM_TABLE_H_
