#ifndef TIDEWRIGHT_HOST_DATA_IMPORT_IMPORT_SUMMARY_H_
#define TIDEWRIGHT_HOST_DATA_IMPORT_IMPORT_SUMMARY_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tidewright {

// What an import read and what became of it. lines = events + the sum of dropped.
struct ImportSummary {
  int64_t lines = 0;   // records after the header, blank ones left out
  int64_t events = 0;  // kept
  std::vector<std::pair<std::string, int64_t>>
      dropped;  // reason, lines; in the order of the checks
  std::vector<std::pair<std::string, int64_t>> signals;  // name, events
  std::string first_bad_line;    // with skip_bad_lines: where and why the first was bad
  std::string timestamp_format;  // as it was read; empty without times
  int64_t begin = 0;             // first and last time, microseconds
  int64_t end = 0;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_IMPORT_IMPORT_SUMMARY_H_
