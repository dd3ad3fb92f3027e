#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/artifact_text.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/table_text.h"
#include "cli/text.h"
#include "host/core/errors.h"
#include "host/core/partial_file.h"
#include "host/core/time.h"
#include "host/data/aggregate.h"
#include "host/data/hdf5/dataset_file.h"
#include "host/data/hdf5/table_file.h"
#include "host/data/summary.h"
#include "host/metrics/retention.h"
#include "host/model/artifact.h"
#include "host/plot/retention_plot.h"

namespace tidewright {
namespace {

using Json = nlohmann::ordered_json;

std::string InspectRow(const std::string& name, const std::string& value) {
  return PadRight(name, 22) + value + "\n";
}

std::string Dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string ListText(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string LengthText(const LengthSummary& lengths) {
  std::string text = "min " + CountText(lengths.min) + ", median " +
                     SignificantText(lengths.median) + ", mean " + FixedText(lengths.mean, 1) +
                     ", 95 % " + SignificantText(lengths.p95) + ", max " + CountText(lengths.max);
  if (lengths.empty_rows > 0) text += "; " + CountText(lengths.empty_rows) + " without any";
  return text;
}

Json LengthJson(const LengthSummary& lengths) {
  return {{"rows", lengths.rows}, {"empty_rows", lengths.empty_rows},
          {"min", lengths.min},   {"median", lengths.median},
          {"mean", lengths.mean}, {"p95", lengths.p95},
          {"max", lengths.max}};
}

std::string SummaryTable(const DatasetSummary& summary) {
  const bool is_log = !summary.signals.empty();
  std::string table = InspectRow("layout", summary.layout) +
                      InspectRow("users", CountText(summary.users)) +
                      InspectRow("items", CountText(summary.items)) +
                      InspectRow(is_log ? "events" : "entries", CountText(summary.entries)) +
                      InspectRow("user-item pairs", CountText(summary.pairs)) +
                      InspectRow("density", SignificantText(100 * summary.density, 3) + " %");
  if (summary.duplicates > 0) {
    table += InspectRow("repeated",
                        CountText(summary.duplicates) +
                            (is_log ? " events of a pair seen before" : " entries merged by sum"));
  }
  if (summary.zeros_dropped > 0)
    table += InspectRow("zeros dropped", CountText(summary.zeros_dropped));
  for (const SignalSummary& signal : summary.signals) {
    table += InspectRow("signal", signal.name + ": " + CountText(signal.events) +
                                      " events, weight " + SignificantText(signal.default_weight));
  }
  if (summary.first_time && summary.last_time) {
    table += InspectRow("time",
                        FormatTime(*summary.first_time) + " to " + FormatTime(*summary.last_time));
  }
  table += InspectRow("values", SignificantText(summary.min_value) + " to " +
                                    SignificantText(summary.max_value) + ", mean " +
                                    SignificantText(summary.mean_value, 4)) +
           InspectRow("items a user", LengthText(summary.by_user)) +
           InspectRow("users an item", LengthText(summary.by_item));
  if (summary.test_entries)
    table += InspectRow("test part", CountText(*summary.test_entries) + " entries");
  if (!summary.user_columns.empty())
    table += InspectRow("user columns", ListText(summary.user_columns));
  if (!summary.item_columns.empty())
    table += InspectRow("item columns", ListText(summary.item_columns));
  return table +
         InspectRow("size", BytesText(summary.stored_bytes) + " stored, " +
                                BytesText(summary.decoded_bytes) + " decoded") +
         InspectRow("fingerprint", summary.fingerprint);
}

std::string SummaryJson(const DatasetSummary& summary) {
  Json signals = Json::array();
  for (const SignalSummary& signal : summary.signals) {
    signals.push_back(
        {{"name", signal.name}, {"events", signal.events}, {"weight", signal.default_weight}});
  }
  Json json = {
      {"path", summary.path},
      {"layout", summary.layout},
      {"users", summary.users},
      {"items", summary.items},
      {"entries", summary.entries},
      {"pairs", summary.pairs},
      {"density", summary.density},
      {"duplicates", summary.duplicates},
      {"zeros_dropped", summary.zeros_dropped},
      {"signals", signals},
      {"values",
       {{"min", summary.min_value}, {"max", summary.max_value}, {"mean", summary.mean_value}}},
      {"by_user", LengthJson(summary.by_user)},
      {"by_item", LengthJson(summary.by_item)},
      {"user_columns", summary.user_columns},
      {"item_columns", summary.item_columns},
      {"stored_bytes", summary.stored_bytes},
      {"decoded_bytes", summary.decoded_bytes},
      {"fingerprint", summary.fingerprint}};
  if (summary.first_time) json["first_time"] = FormatTime(*summary.first_time);
  if (summary.last_time) json["last_time"] = FormatTime(*summary.last_time);
  if (summary.test_entries) json["test_entries"] = *summary.test_entries;
  return Dump(json);
}

struct InspectOptions {
  std::string path;
  bool json = false;
  std::string retention;
  std::string svg;
};

std::string RetentionJson(const std::vector<Cohort>& cohorts, const std::string& cut_short_at) {
  Json list = Json::array();
  for (const Cohort& cohort : cohorts) {
    list.push_back(
        {{"cohort", cohort.month}, {"customers", cohort.active[0]}, {"active", cohort.active}});
  }
  Json json = {{"retention", list}};
  if (!cut_short_at.empty()) json["cut_short_at"] = cut_short_at;
  return Dump(json);
}

int RunRetention(const InspectOptions& options) {
  if (IsArtifact(options.path) || IsFeatureTable(options.path)) {
    throw UsageError("--retention: " + options.path + " is no event log");
  }
  const Dataset dataset = ReadDataset(options.path);
  if (!dataset.log)
    throw UsageError("--retention: " + options.path + " is a matrix, without times");
  std::vector<Cohort> cohorts;
  std::string cut_short_at;
  try {
    const std::vector<float> weights = ResolveSignalWeights(*dataset.log, {});
    cohorts = MonthlyRetention(*dataset.log, weights);
    cut_short_at = CutShortAt(*dataset.log, weights);
  } catch (const DataError& error) {
    throw DataError(options.path + ": " + error.what());
  }
  WriteOutput(options.json ? RetentionJson(cohorts, cut_short_at)
                           : DrawRetention(cohorts, cut_short_at));
  if (!options.svg.empty()) {
    PartialFile file(options.svg);
    file.Write(RetentionSvg(cohorts,
                            "Customers active by month since their first: " +
                                std::filesystem::path(options.path).filename().string(),
                            cut_short_at));
    file.Finish();
  }
  return static_cast<int>(ExitCode::kDone);
}

int RunInspect(const InspectOptions& options) {
  if (!options.retention.empty()) return RunRetention(options);
  if (!options.svg.empty()) throw UsageError("--svg draws what --retention month says; give both");
  const std::string& path = options.path;
  const bool json = options.json;
  if (IsArtifact(path)) {
    WriteOutput(json ? ArtifactJson(path) : ArtifactTable(path));
    return static_cast<int>(ExitCode::kDone);
  }
  if (IsFeatureTable(path)) {
    const TableSummary summary = Summarize(ReadFeatureTable(path));
    WriteOutput(json ? TableSummaryJson(summary) : TableSummaryText(summary));
    return static_cast<int>(ExitCode::kDone);
  }
  const DatasetSummary summary = Summarize(ReadDataset(path));
  WriteOutput(json ? SummaryJson(summary) : SummaryTable(summary));
  return static_cast<int>(ExitCode::kDone);
}

}  // namespace

void AddInspectCommand(CLI::App& app, CommandContext& context) {
  CLI::App* command = app.add_subcommand("inspect", "Say what a data file or an artifact holds");
  const auto options = std::make_shared<InspectOptions>();
  command->add_option("PATH", options->path, "HDF5 file or artifact")->required()->type_name("");
  command->add_flag("--json", options->json, "print JSON");
  command
      ->add_option("--retention", options->retention,
                   "an event log: how many customers of each month came back in later ones")
      ->check(CLI::IsMember({"month"}))
      ->type_name("month");
  command->add_option("--svg", options->svg, "draw it, too")->type_name("FILE");
  command->callback(
      [options, &context] { context.action = [options] { return RunInspect(*options); }; });
}

}  // namespace tidewright
