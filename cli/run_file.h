#ifndef TIDEWRIGHT_CLI_RUN_FILE_H_
#define TIDEWRIGHT_CLI_RUN_FILE_H_

#include <string>
#include <vector>

namespace tidewright {

// What --config run.toml says, flattened: `factors = 64` under [ials] is {"ials", "factors",
// {"64"}}. Keys are written with - or _; both are read as -.
struct RunFileKey {
  std::string section;  // empty at the top level
  std::string name;
  std::vector<std::string> values;  // one, or those of an array
  std::string where;                // "run.toml line 3"
};

struct RunFile {
  std::vector<RunFileKey> keys;
};

// Throws IoError where it cannot be read, UsageError where it is no TOML or holds something else
// than text, numbers, booleans and arrays of them.
RunFile ReadRunFile(const std::string& path);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CLI_RUN_FILE_H_
