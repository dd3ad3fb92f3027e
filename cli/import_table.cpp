#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "cli/import_shared.h"
#include "cli/output.h"
#include "cli/table_text.h"
#include "host/core/config.h"
#include "host/core/errors.h"
#include "host/data/hdf5/table_file.h"
#include "host/data/import/table_import.h"
#include "host/data/table_summary.h"
#include "host/model/artifact.h"

namespace tidewright {
namespace {

struct TableArguments {
  TableImportOptions options;
  std::string output;
  bool overwrite = false;
  TextArguments text;
  std::vector<std::string> kinds;
  std::string like;
};

std::pair<std::string, FeatureKind> ParseKind(const std::string& text) {
  const size_t equals = text.rfind('=');
  const std::string name = equals == std::string::npos ? "" : text.substr(equals + 1);
  std::vector<std::string> names;
  for (const FeatureKind kind :
       {FeatureKind::kNumber, FeatureKind::kBoolean, FeatureKind::kCategory}) {
    if (FeatureKindName(kind) == name && equals > 0) return {text.substr(0, equals), kind};
    names.push_back(FeatureKindName(kind));
  }
  throw UsageError("--kind '" + text + "': expected COL=number, COL=boolean or COL=category" +
                   DidYouMean(name, names));
}

// The columns of a table or of a model.
std::vector<FeatureDescription> ColumnsLike(const std::string& path) {
  if (!IsArtifact(path)) return SpecOf(ReadFeatureTable(path)).columns;
  return FeaturesOf(LoadArtifact(path), path).columns;
}

int ImportTable(const TableArguments& arguments, Progress& progress) {
  TableImportOptions options = arguments.options;
  options.delimiter = ParseDelimiter(arguments.text.delimiter);
  options.header = !arguments.text.no_header;
  options.quotes = !arguments.text.no_quotes;
  options.latin1 = ParseIsLatin1(arguments.text.encoding);
  for (const std::string& kind : arguments.kinds) options.kinds.push_back(ParseKind(kind));
  if (!arguments.like.empty()) options.like = ColumnsLike(arguments.like);
  CheckImportOutput(arguments.output, arguments.overwrite);
  const FeatureTable table = ReadCsvTable(options, progress);
  WriteFeatureTable(arguments.output, table, arguments.overwrite);

  const TableSummary summary = Summarize(table);
  std::string text = ImportCountRow("rows", summary.rows);
  text += ImportCountRow("columns", static_cast<int64_t>(summary.columns.size()));
  if (!summary.label_name.empty()) {
    text += ImportCountRow("label", summary.label_ones, summary.label_name);
  }
  if (summary.groups) text += ImportCountRow("groups", *summary.groups);
  WriteOutput(text + ImportWrittenRow(arguments.output) + "\n" + ColumnsText(summary));
  return 0;
}

}  // namespace

void AddImportTable(CLI::App* import, CommandContext& context) {
  CLI::App* command =
      import->add_subcommand("table", "Delimited text, one customer a line, into a feature table");
  const auto arguments = std::make_shared<TableArguments>();
  TableImportOptions& options = arguments->options;
  command->add_option("file", options.path, "text file, gzip'd or not")
      ->type_name("FILE")
      ->required();
  AddImportOutput(command, &arguments->output, &arguments->overwrite);
  command
      ->add_option("--label", options.label,
                   "what to learn: a column and its text that counts as 1, such as Churn=Yes; or a "
                   "column of 0 and 1")
      ->type_name("COL[=TEXT]");
  command->add_option("--id", options.id, "column of the customer's id; each once")
      ->type_name("COL");
  AddRepeated(command, "--drop", &options.drop, "COL", "leave a column out");
  AddRepeated(command, "--kind", &arguments->kinds, "COL=KIND",
              "read a column as number, boolean or category instead of what its texts tell");
  command
      ->add_option(
          "--like", arguments->like,
          "a table, or a model's artifact, whose columns say the kinds of those of the same "
          "name: for customers to be scored")
      ->type_name("T.h5|DIR");
  command
      ->add_option("--weight", options.weight,
                   "column that says how much a row counts, 0 or more; 1 each without it")
      ->type_name("COL");
  command
      ->add_option("--group", options.group,
                   "column whose rows of one text never stand on both sides of a split; may be the "
                   "id, which may then come several times")
      ->type_name("COL");
  AddTextArguments(command, &arguments->text);
  command->callback([&context, arguments] {
    context.action = [&context, arguments] { return ImportTable(*arguments, *context.progress); };
  });
}

}  // namespace tidewright
