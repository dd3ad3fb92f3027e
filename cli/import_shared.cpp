#include "cli/import_shared.h"

#include <CLI/CLI.hpp>
#include <filesystem>

#include "cli/text.h"
#include "host/core/errors.h"

namespace tidewright {
namespace {

constexpr int kImportLabelWidth = 10;
constexpr int kImportCountWidth = 13;

}  // namespace

void AddTextArguments(CLI::App* command, TextArguments* arguments) {
  command
      ->add_option("--delimiter", arguments->delimiter,
                   "what separates fields; told from the first line: , ; tab or |")
      ->type_name("C");
  command->add_option("--encoding", arguments->encoding, "utf-8 or latin1")
      ->type_name("NAME")
      ->capture_default_str();
  command->add_flag("--no-header", arguments->no_header,
                    "the first line is data; columns are named 1, 2, 3, …");
  command->add_flag("--no-quotes", arguments->no_quotes, "a quote is a character like any other");
}

char ParseDelimiter(const std::string& text) {
  if (text.empty()) return 0;
  if (text == "tab" || text == "\\t") return '\t';
  if (text.size() == 1) return text[0];
  throw UsageError("--delimiter '" + text + "': expected one character, or tab");
}

bool ParseIsLatin1(const std::string& encoding) {
  if (encoding == "latin1") return true;
  if (encoding == "utf-8") return false;
  throw UsageError("--encoding '" + encoding + "': expected utf-8 or latin1");
}

void AddImportOutput(CLI::App* command, std::string* output, bool* overwrite) {
  command->add_option("-o,--output", *output, "the HDF5 file to write")
      ->type_name("FILE")
      ->required();
  command->add_flag("--overwrite", *overwrite, "replace the output where it exists");
}

void CheckImportOutput(const std::string& path, bool overwrite) {
  std::error_code ignored;
  if (!overwrite && std::filesystem::exists(path, ignored)) {
    throw UsageError(path + " exists; --overwrite replaces it");
  }
}

void AddRepeated(CLI::App* command, const std::string& flag, std::vector<std::string>* target,
                 const std::string& form, const std::string& help) {
  command->add_option(flag, *target, help + " (repeatable)")
      ->type_name(form)
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
}

std::string ImportRow(const std::string& label, const std::string& value) {
  return PadRight(label, kImportLabelWidth) + value + "\n";
}

std::string ImportCountRow(const std::string& label, int64_t count, const std::string& what) {
  return ImportRow(
      label, PadLeft(CountText(count), kImportCountWidth) + (what.empty() ? "" : "  " + what));
}

std::string ImportWrittenRow(const std::string& path) {
  std::error_code ignored;
  const auto bytes = std::filesystem::file_size(path, ignored);
  return ImportRow("written", path + " (" + BytesText(static_cast<int64_t>(bytes)) + ")");
}

}  // namespace tidewright
