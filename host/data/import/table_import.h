#ifndef TIDEWRIGHT_HOST_DATA_IMPORT_TABLE_IMPORT_H_
#define TIDEWRIGHT_HOST_DATA_IMPORT_TABLE_IMPORT_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "host/core/progress.h"
#include "host/data/feature_table.h"

namespace tidewright {

// How delimited text, one customer a line, becomes a feature table. Columns are named as in the
// header; without one they are "1", "2", ….
struct TableImportOptions {
  std::string path;
  // "COL=TEXT": 1 where the column is TEXT, 0 where it is the one other text that the column has.
  // "COL": a column of 0 and 1, true and false, yes and no. Empty: the table has no label.
  std::string label;
  std::string id;
  std::string weight;
  std::string group;  // rows with the same text; may be the column of the id
  std::vector<std::string> drop;
  std::vector<std::pair<std::string, FeatureKind>> kinds;  // instead of what the texts tell
  // Columns of another table or of a model: a column of the same name is of the same kind, unless
  // `kinds` has it.
  std::vector<FeatureDescription> like;
  char delimiter = 0;  // 0: told from the first line
  bool quotes = true;
  bool header = true;
  bool latin1 = false;                   // else UTF-8
  size_t block_bytes = size_t{4} << 20;  // parsed at a time by one thread; no effect on the result
};

// Every other column becomes a feature. A field that is blank, NA, N/A, NaN or null, in any case of
// letters, is missing. A column is
// - a number where every other field is a number, a boolean where both 0 and 1 and nothing else are
//   seen;
// - a boolean where true and false, or yes and no, and nothing else are seen, in any case;
// - a category otherwise, its categories in the order of their bytes.
//
// Throws UsageError (no such column, roles that exclude each other), IoError, and DataError with
// the line: malformed; a blank id, label, weight or group; a label that is neither; an infinite
// number; a negative weight; an id that comes twice where there are no groups. Uses NumThreads()
// threads; the result does not depend on them. A file whose column turns out to be text after a
// part of it has been read as numbers is read twice.
FeatureTable ReadCsvTable(const TableImportOptions& options, Progress& progress);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_IMPORT_TABLE_IMPORT_H_
