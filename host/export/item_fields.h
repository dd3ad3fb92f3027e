#ifndef TIDEWRIGHT_HOST_EXPORT_ITEM_FIELDS_H_
#define TIDEWRIGHT_HOST_EXPORT_ITEM_FIELDS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "host/data/hdf5/item_table.h"
#include "host/export/export_job.h"

namespace tidewright {

// What request.item_columns asks for of the items of the log request.data, as fields of the
// documents of a recommender's items. Rows meet by the items' ids.
class ItemFields {
 public:
  // Without item_columns there are none. Says in the card what there is, and warns where the log
  // lacks items of the model. Throws UsageError (a column that is not there, that comes twice, or
  // that is called as a field which documents have anyway), DataError (no item of the model is in
  // the log), and as ReadItemTable.
  ItemFields(const ExportSource& source, CardExport* card);

  // "price":9.5,"shelf":"A3", with a comma behind each; without those that the item lacks.
  void Append(int64_t item, std::string* json) const;

 private:
  ItemTable table_;
  std::vector<int32_t> rows_;  // of table_, one a row of the model's items; -1: the log lacks it
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_ITEM_FIELDS_H_
