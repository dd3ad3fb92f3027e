#ifndef TIDEWRIGHT_CLI_OPTIONS_H_
#define TIDEWRIGHT_CLI_OPTIONS_H_

#include <memory>
#include <string>
#include <vector>

#include "cli/run_file.h"
#include "host/core/config.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace tidewright {

// The options that may come from a flag, the environment (TIDEWRIGHT_NAME) or the run file, in this
// order of precedence; the default is what the target holds. Targets must outlive the table.
class OptionTable {
 public:
  // One flag a field, under the heading `group` of the help text. `section` is the table of the run
  // file where the keys may stand, too ("ials").
  void Add(CLI::App& app, const ConfigFields& fields, const std::string& group = "Options",
           const std::string& section = "");
  // A flag that may be repeated; in the environment a list with commas, in the run file an array
  // or, for NAME=VALUE lists, a table.
  void AddList(CLI::App& app, const std::string& name, const std::string& value_name,
               std::vector<std::string>* target, const std::string& help,
               const std::string& group = "Options");

  // Sets every target of the commands that were parsed. Throws UsageError naming the source of a
  // value that is not accepted, or a key of the run file that no option has.
  void Resolve(const RunFile& run_file) const;

  // TIDEWRIGHT_* variables that are no option of any command, each with the nearest name.
  std::vector<std::string> UnknownVariables() const;

 private:
  struct Entry {
    CLI::App* app = nullptr;
    CLI::Option* option = nullptr;
    ConfigField field;  // name and help only where `list` is set
    std::vector<std::string>* list = nullptr;
    std::string section;
  };

  static bool IsActive(const Entry& entry);
  // The options of every command stand on several of them, with one target.
  bool FlagGiven(const std::string& name) const;
  void Set(const Entry& entry, const RunFile& run_file) const;
  void RefuseUnknownKeys(const RunFile& run_file) const;

  std::vector<Entry> entries_;
};

// "unobserved-weight" -> "TIDEWRIGHT_UNOBSERVED_WEIGHT".
std::string VariableName(const std::string& option);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CLI_OPTIONS_H_
