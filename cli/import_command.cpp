#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/command.h"
#include "cli/import_shared.h"
#include "cli/output.h"
#include "cli/text.h"
#include "host/core/errors.h"
#include "host/core/time.h"
#include "host/data/hdf5/dataset_file.h"
#include "host/data/import/csv_import.h"
#include "host/data/import/field_parse.h"
#include "host/data/import/pairs_import.h"

namespace tidewright {
namespace {

struct CsvArguments {
  CsvImportOptions options;
  std::string output;
  bool overwrite = false;
  TextArguments text;
  std::vector<std::string> signal_rules;
  std::vector<std::string> signal_weights;
  std::vector<std::string> keep;
  std::vector<std::string> item_columns;
  std::vector<std::string> user_columns;
};

struct PairsArguments {
  std::string train;
  std::string test;
  std::string output;
  bool overwrite = false;
};

// "COL" or "COL=NAME".
std::vector<ColumnChoice> ParseChoices(const std::vector<std::string>& texts) {
  std::vector<ColumnChoice> choices;
  for (const std::string& text : texts) {
    const size_t equals = text.rfind('=');
    choices.push_back(
        {text.substr(0, equals), equals == std::string::npos ? text : text.substr(equals + 1)});
  }
  return choices;
}

CsvImportOptions OptionsOf(const CsvArguments& arguments) {
  CsvImportOptions options = arguments.options;
  options.delimiter = ParseDelimiter(arguments.text.delimiter);
  options.header = !arguments.text.no_header;
  options.quotes = !arguments.text.no_quotes;
  options.latin1 = ParseIsLatin1(arguments.text.encoding);
  options.keep = ParseChoices(arguments.keep);
  options.item_columns = ParseChoices(arguments.item_columns);
  options.user_columns = ParseChoices(arguments.user_columns);
  for (const std::string& text : arguments.signal_rules) {
    const size_t colon = text.find(':');
    if (colon == std::string::npos) {
      throw UsageError("--signal-rule '" + text +
                       "': expected 'NAME: RULE', such as 'cancel: InvoiceNo starts with C'");
    }
    options.signal_rules.emplace_back(Trimmed(std::string_view(text).substr(0, colon)),
                                      text.substr(colon + 1));
  }
  for (const std::string& text : arguments.signal_weights) {
    const size_t equals = text.rfind('=');
    const auto weight = equals == std::string::npos
                            ? std::nullopt
                            : ParseNumber(std::string_view(text).substr(equals + 1));
    if (!weight) {
      throw UsageError("--signal-weight '" + text + "': expected NAME=WEIGHT, such as cancel=-1");
    }
    options.signal_weights.emplace_back(text.substr(0, equals), static_cast<float>(*weight));
  }
  return options;
}

int ImportCsv(const CsvArguments& arguments, Progress& progress) {
  const CsvImportOptions options = OptionsOf(arguments);
  CheckImportOutput(arguments.output, arguments.overwrite);
  ImportSummary summary;
  const Dataset dataset = ReadCsvLog(options, &summary, progress);
  if (!summary.first_bad_line.empty()) {
    progress.Warn("malformed lines were dropped; the first: " + summary.first_bad_line);
  }
  WriteEventLog(arguments.output, dataset, arguments.overwrite);

  std::string text = ImportCountRow("lines", summary.lines);
  for (const auto& [reason, count] : summary.dropped)
    text += ImportCountRow("dropped", count, reason);
  text += ImportCountRow("events", summary.events);
  text += ImportCountRow("users", dataset.users.size());
  text += ImportCountRow("items", dataset.items.size());
  for (size_t i = 0; i < summary.signals.size(); ++i) {
    const auto& [name, count] = summary.signals[i];
    text += ImportCountRow(
        "signal", count,
        name + ", weight " + SignificantText(dataset.log->default_signal_weights[i]));
  }
  if (!summary.timestamp_format.empty()) {
    text += ImportRow("times", FormatTime(summary.begin) + " to " + FormatTime(summary.end) +
                                   ", read as " + summary.timestamp_format);
  }
  WriteOutput(text + ImportWrittenRow(arguments.output));
  return 0;
}

int ImportPairs(const PairsArguments& arguments, Progress& progress) {
  CheckImportOutput(arguments.output, arguments.overwrite);
  PairsSummary summary;
  const Dataset dataset = ReadPairs(arguments.train, arguments.test, &summary, progress);
  WriteMatrix(arguments.output, dataset, arguments.overwrite);

  std::string text = ImportCountRow("users", dataset.users.size());
  text += ImportCountRow("items", dataset.items.size());
  text += ImportCountRow("training", summary.train_pairs, "pairs");
  if (!arguments.test.empty()) text += ImportCountRow("test", summary.test_pairs, "pairs");
  if (summary.repeated > 0)
    text += ImportCountRow("repeated", summary.repeated, "pairs, kept once");
  WriteOutput(text + ImportWrittenRow(arguments.output));
  return 0;
}

void AddColumns(CLI::App* command, CsvArguments* arguments) {
  CsvImportOptions& options = arguments->options;
  const auto column = [command](const std::string& flag, std::string* target,
                                const std::string& help) {
    return command->add_option(flag, *target, help)->type_name("COL");
  };
  column("--user", &options.user, "column of the user; lines without one are dropped")->required();
  column("--item", &options.item, "column of the item; lines without one are dropped")->required();
  column("--timestamp", &options.timestamp, "column of the time");
  command
      ->add_option("--timestamp-format", options.timestamp_format,
                   "iso, unix-s, unix-ms, unix-us, unix-ns or a pattern such as '%d/%m/%Y %H:%M'; "
                   "told from the first time where it is clear")
      ->type_name("FORMAT");
  column("--signal", &options.signal, "column of the signal's name");
  AddRepeated(
      command, "--signal-rule", &arguments->signal_rules, "'NAME: RULE'",
      "signal of the lines that meet a rule, such as 'cancel: InvoiceNo starts with C'; the "
      "first that holds wins");
  command
      ->add_option("--default-signal", options.default_signal,
                   "signal of the lines that no rule or column names one for")
      ->type_name("NAME");
  AddRepeated(command, "--signal-weight", &arguments->signal_weights, "NAME=WEIGHT",
              "weight to store with a signal; negative for a dislike; 1 where none is given");
  column("--value", &options.value, "column of the value: quantity, stars, seconds");
  command->add_flag("--value-abs", options.value_abs, "store the value without its sign");
  AddRepeated(command, "--keep", &arguments->keep, "COL[=NAME]",
              "number to keep beside the value, such as UnitPrice=price");
  AddRepeated(command, "--item-column", &arguments->item_columns, "COL[=NAME]",
              "text of items, such as Description=title: the one an item has most often");
  AddRepeated(command, "--user-column", &arguments->user_columns, "COL[=NAME]",
              "text of users: the one a user has most often");
}

void AddReading(CLI::App* command, CsvArguments* arguments) {
  CsvImportOptions& options = arguments->options;
  AddRepeated(
      command, "--drop-rule", &options.drop_rules, "RULE",
      "leave out lines: COL [not] in A,B,C; COL [not] matches PATTERN (* any run, ? any one, "
      "# a digit); COL [not] starts with | ends with | contains TEXT; COL = | != TEXT; COL < "
      "| <= | > | >= NUMBER");
  command
      ->add_option("--min-user-items", options.min_user_items,
                   "leave out users with fewer distinct items on the lines kept")
      ->type_name("N")
      ->capture_default_str();
  AddTextArguments(command, &arguments->text);
  command->add_flag("--skip-bad-lines", options.skip_bad_lines,
                    "drop and count lines that cannot be read instead of stopping");
}

void AddCsv(CLI::App* import, CommandContext& context) {
  CLI::App* command =
      import->add_subcommand("csv", "Delimited text, one event a line, into an event log");
  const auto arguments = std::make_shared<CsvArguments>();
  command->add_option("file", arguments->options.path, "text file, gzip'd or not")
      ->type_name("FILE")
      ->required();
  AddImportOutput(command, &arguments->output, &arguments->overwrite);
  AddColumns(command, arguments.get());
  AddReading(command, arguments.get());
  command->callback([&context, arguments] {
    context.action = [&context, arguments] { return ImportCsv(*arguments, *context.progress); };
  });
}

void AddPairs(CLI::App* import, CommandContext& context) {
  CLI::App* command =
      import->add_subcommand("pairs", "Lines 'user item item …' into a matrix (AnnData CSR)");
  const auto arguments = std::make_shared<PairsArguments>();
  command->add_option("train", arguments->train, "text file, gzip'd or not")
      ->type_name("TRAIN")
      ->required();
  command->add_option("--test", arguments->test, "pairs to test on, stored as the file's own /test")
      ->type_name("FILE");
  AddImportOutput(command, &arguments->output, &arguments->overwrite);
  command->callback([&context, arguments] {
    context.action = [&context, arguments] { return ImportPairs(*arguments, *context.progress); };
  });
}

}  // namespace

void AddImportCommand(CLI::App& app, CommandContext& context) {
  CLI::App* import = app.add_subcommand("import", "Turn text files into HDF5");
  import->require_subcommand(1);
  AddCsv(import, context);
  AddPairs(import, context);
  AddImportTable(import, context);
}

}  // namespace tidewright
