#ifndef TIDEWRIGHT_HOST_EXPORT_XGBOOST_COLUMNS_H_
#define TIDEWRIGHT_HOST_EXPORT_XGBOOST_COLUMNS_H_

#include <string>
#include <vector>

#include "host/data/feature_table.h"

namespace tidewright {

// What XGBoost's model file says of columns.

// What columns are called in the file: XGBoost refuses names with [, ] or < in them and names that
// occur twice, so that those characters become _ and a number follows where that makes two alike.
std::vector<std::string> XgboostNames(const FeatureSpec& features);

// As JSON: "q", "i" or "c".
const char* XgboostTypeText(FeatureKind kind);

// {"Contract":["Month-to-month","One year"],…}: a code is a place in the list.
std::string XgboostCategoriesText(const FeatureSpec& features);

// The categories' texts as XGBoost 3 keeps them, so that a data frame's categories are matched by
// text: bytes as signed numbers, offsets into them for each column, where a column's categories
// begin among all, and each column's order by its bytes. Nothing where there are none. XGBoost 2
// passes over it.
std::string XgboostCatsText(const FeatureSpec& features);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_XGBOOST_COLUMNS_H_
