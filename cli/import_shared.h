#ifndef TIDEWRIGHT_CLI_IMPORT_SHARED_H_
#define TIDEWRIGHT_CLI_IMPORT_SHARED_H_

#include <cstdint>
#include <string>
#include <vector>

#include "cli/command.h"

namespace tidewright {

// How the text file is to be read: flags that every import of delimited text has.
struct TextArguments {
  std::string delimiter;
  bool no_header = false;
  bool no_quotes = false;
  std::string encoding = "utf-8";
};
void AddTextArguments(CLI::App* command, TextArguments* arguments);
char ParseDelimiter(const std::string& text);  // 0 where it is to be told from the file
bool ParseIsLatin1(const std::string& encoding);

// -o and --overwrite.
void AddImportOutput(CLI::App* command, std::string* output, bool* overwrite);
// Refuses an output that exists: before hours of reading, not after them.
void CheckImportOutput(const std::string& path, bool overwrite);

// A flag that may be repeated, each time with one value.
void AddRepeated(CLI::App* command, const std::string& flag, std::vector<std::string>* target,
                 const std::string& form, const std::string& help);

// Rows of what an import prints.
std::string ImportRow(const std::string& label, const std::string& value);
std::string ImportCountRow(const std::string& label, int64_t count, const std::string& what = "");
std::string ImportWrittenRow(const std::string& path);

// Subcommands of import.
void AddImportTable(CLI::App* import, CommandContext& context);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CLI_IMPORT_SHARED_H_
