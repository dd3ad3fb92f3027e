#include "host/data/hdf5/item_table.h"

#include <optional>

#include "host/data/hdf5/layouts.h"
#include "host/data/hdf5/numeric.h"
#include "host/data/hdf5/text.h"

namespace tidewright {

ItemTable ReadItemTable(const std::string& path, const ChooseColumns& choose) {
  const hdf5::File file(path);
  const std::optional<hdf5::IdPlace> place = hdf5::FindIds(file, "/items", "/var");
  if (!place) {
    file.Fail("/items/id", "is missing",
              "the ids of the items, as an event log or a matrix of datasets/README.md has them");
  }
  ItemTable table;
  table.ids = hdf5::ReadIds(hdf5::Column::Open(file, place->group + "/" + place->name));
  const int64_t rows = table.ids.size();
  for (const std::string& name :
       choose(hdf5::ColumnsBesideIds(file, place->group, place->name, rows))) {
    const hdf5::Column column = hdf5::Column::Open(file, place->group + "/" + name);
    ItemColumn read{name, column.is_text(), {}};
    if (read.is_text) {
      read.values = hdf5::ReadTexts(column);
    } else {
      read.values.resize(static_cast<size_t>(rows));
      hdf5::ReadDigits(column, read.values.data());
    }
    table.columns.push_back(std::move(read));
  }
  return table;
}

}  // namespace tidewright
