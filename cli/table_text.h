#ifndef TIDEWRIGHT_CLI_TABLE_TEXT_H_
#define TIDEWRIGHT_CLI_TABLE_TEXT_H_

#include <string>

#include "host/data/table_summary.h"

namespace tidewright {

// The columns of a feature table as people read them, a line each.
std::string ColumnsText(const TableSummary& summary);

// What inspect prints of a feature table.
std::string TableSummaryText(const TableSummary& summary);
std::string TableSummaryJson(const TableSummary& summary);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CLI_TABLE_TEXT_H_
