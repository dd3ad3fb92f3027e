#include "cli/artifact_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "cli/text.h"
#include "host/bgnbd/bgnbd.h"
#include "host/core/time.h"
#include "host/gbdt/gbdt.h"
#include "host/hazard/hazard.h"
#include "host/model/artifact.h"

namespace tidewright {
namespace {

using OrderedJson = nlohmann::ordered_json;

struct FileSize {
  std::string name;
  int64_t bytes = 0;
};

std::vector<FileSize> FilesOf(const std::string& directory) {
  std::vector<FileSize> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    files.push_back({entry.path().filename().string(), static_cast<int64_t>(entry.file_size())});
  }
  std::sort(files.begin(), files.end(),
            [](const FileSize& a, const FileSize& b) { return a.name < b.name; });
  return files;
}

std::string ArtifactRow(const std::string& name, const std::string& value) {
  return PadRight(name, 22) + value + "\n";
}

// What of a model is shown: its shape, and what it made of its columns.
std::string ModelRows(const FactorModel& model, const Manifest&) {
  return ArtifactRow("shape", CountText(model.users) + " users, " + CountText(model.items) +
                                  " items, " + CountText(model.factors) + " factors");
}

struct NamedImportance {
  std::string name;
  FeatureImportance importance;
  double gain_share = 0;
  double cover_share = 0;
};

// By falling gain; columns that no split asks come last, in their own order. A column beyond those
// of the manifest is a hazard model's period.
std::vector<NamedImportance> SortedImportance(const TreeEnsemble& model, const Manifest& manifest) {
  const std::vector<FeatureDescription>& named = manifest.features->columns;
  const std::vector<FeatureImportance> importance = ImportanceOf(model);
  double gain = 0;
  double cover = 0;
  for (const FeatureImportance& one : importance) {
    gain += one.gain;
    cover += one.cover;
  }
  std::vector<NamedImportance> sorted;
  for (size_t column = 0; column < importance.size(); ++column) {
    sorted.push_back({column < named.size() ? named[column].name : kPeriodColumn,
                      importance[column], gain > 0 ? importance[column].gain / gain : 0,
                      cover > 0 ? importance[column].cover / cover : 0});
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const NamedImportance& a, const NamedImportance& b) {
                     return a.importance.gain > b.importance.gain;
                   });
  return sorted;
}

std::string ModelRows(const TreeEnsemble& model, const Manifest& manifest) {
  constexpr size_t kShown = 10;
  std::string rows =
      ArtifactRow("shape", CountText(model.trees()) + " trees, " + CountText(model.nodes()) +
                               " nodes, " + CountText(model.features) + " columns");
  const std::vector<NamedImportance> sorted = SortedImportance(model, manifest);
  for (size_t i = 0; i < std::min(kShown, sorted.size()); ++i) {
    const int64_t splits = sorted[i].importance.splits;
    if (splits == 0) break;
    rows +=
        ArtifactRow(i == 0 ? "share of the gain" : "",
                    PadLeft(FixedText(100 * sorted[i].gain_share, 1), 5) + " %  " + sorted[i].name +
                        " (" + FixedText(100 * sorted[i].cover_share, 1) + " % of the cover, " +
                        CountText(splits) + (splits == 1 ? " split)" : " splits)"));
  }
  return rows;
}

std::string ModelRows(const HazardModel& model, const Manifest& manifest) {
  std::string periods;
  for (const int64_t end : model.periods)
    periods += (periods.empty() ? "" : ", ") + PeriodName(end);
  return ArtifactRow("left within", periods) + ModelRows(model.trees, manifest);
}

std::string ModelRows(const LinearModel& model, const Manifest&) {
  int64_t used = 0;
  for (const double coefficient : model.coefficient) used += coefficient != 0 ? 1 : 0;
  return ArtifactRow("shape", CountText(model.features) + " columns, " + CountText(model.terms()) +
                                  " terms, " + CountText(used) + " with a coefficient");
}

std::string ModelRows(const BgnbdModel& model, const Manifest&) {
  const BgnbdParameters& p = model.parameters;
  const std::array<double, 4> errors = StandardErrors(model);
  const auto row = [](const std::string& name, double value, double error) {
    return ArtifactRow(name, SignificantText(value, 5) + " +- " + SignificantText(error, 2));
  };
  return ArtifactRow("fitted on",
                     CountText(model.customers) + " customers, up to " + FormatTime(model.cutoff)) +
         row("r", p.r, errors[0]) + row("alpha", p.alpha, errors[1]) + row("a", p.a, errors[2]) +
         row("b", p.b, errors[3]) + ArtifactRow("unit of time", FormatDuration(model.unit)) +
         ArtifactRow("one event in",
                     model.merge == 0 ? "each by itself" : FormatDuration(model.merge));
}

void AddModel(const BgnbdModel& model, const Manifest&, OrderedJson* json) {
  const BgnbdParameters& p = model.parameters;
  const std::array<double, 4> errors = StandardErrors(model);
  (*json)["customers"] = model.customers;
  (*json)["parameters"] = {{"r", p.r}, {"alpha", p.alpha}, {"a", p.a}, {"b", p.b}};
  (*json)["standard_errors"] = {
      {"r", errors[0]}, {"alpha", errors[1]}, {"a", errors[2]}, {"b", errors[3]}};
  (*json)["unit"] = FormatDuration(model.unit);
  (*json)["merge"] = FormatDuration(model.merge);
  (*json)["cutoff"] = FormatTime(model.cutoff);
}

void AddModel(const FactorModel& model, const Manifest&, OrderedJson* json) {
  (*json)["users"] = model.users;
  (*json)["items"] = model.items;
  (*json)["factors"] = model.factors;
}

void AddModel(const TreeEnsemble& model, const Manifest& manifest, OrderedJson* json) {
  (*json)["columns"] = model.features;
  (*json)["trees"] = model.trees();
  (*json)["nodes"] = model.nodes();
  OrderedJson importance = OrderedJson::array();
  for (const NamedImportance& one : SortedImportance(model, manifest)) {
    importance.push_back({{"column", one.name},
                          {"gain", one.importance.gain},
                          {"cover", one.importance.cover},
                          {"splits", one.importance.splits}});
  }
  (*json)["importance"] = importance;
}

void AddModel(const HazardModel& model, const Manifest& manifest, OrderedJson* json) {
  OrderedJson periods = OrderedJson::array();
  for (const int64_t end : model.periods) periods.push_back(PeriodName(end));
  (*json)["periods"] = periods;
  AddModel(model.trees, manifest, json);
}

void AddModel(const LinearModel& model, const Manifest& manifest, OrderedJson* json) {
  (*json)["columns"] = model.features;
  (*json)["intercept"] = model.intercept;
  OrderedJson terms = OrderedJson::array();
  for (int64_t term = 0; term < model.terms(); ++term) {
    const FeatureDescription& column = manifest.features->columns[model.feature[term]];
    const int32_t category = model.category[term];
    OrderedJson entry = {{"column", column.name}};
    if (category == kTermMissing) {
      entry["missing"] = true;
    } else if (category >= 0 && category < static_cast<int64_t>(column.categories.size())) {
      entry["category"] = column.categories[category];
    }
    entry["coefficient"] = model.coefficient[term];
    entry["center"] = model.center[term];
    entry["scale"] = model.scale[term];
    terms.push_back(std::move(entry));
  }
  (*json)["terms"] = terms;
}

std::string MetricRows(const std::string& title,
                       const std::map<std::string, MetricValue>& metrics) {
  std::string rows;
  for (const auto& [name, value] : metrics) {
    std::string text = name + " " + FixedText(value.mean, 4);
    // A hazard model's have no interval, nor have coverage and exposure.
    if (value.low < value.high) {
      text += " (" + FixedText(value.low, 4) + " - " + FixedText(value.high, 4) + ")";
    }
    rows += ArtifactRow(title, text);
  }
  return rows;
}

std::string CalibrationRow(const Manifest& manifest) {
  if (!manifest.calibration) return "";
  const CalibrationRecord& record = *manifest.calibration;
  return ArtifactRow("calibration", (record.kept ? CalibrationMethodName(record.kept->method)
                                                 : std::string("none helps")) +
                                        ", judged by " + record.judged_by);
}

OrderedJson CalibrationJson(const Manifest& manifest) {
  if (!manifest.calibration || !manifest.calibration->kept) return {};
  return CalibrationMethodName(manifest.calibration->kept->method);
}

OrderedJson MeansJson(const std::map<std::string, MetricValue>& metrics) {
  OrderedJson json = OrderedJson::object();
  for (const auto& [name, value] : metrics) json[name] = value.mean;
  return json;
}

// What a model has that reads events itself.
std::string EventRows(const Artifact& artifact) {
  const Manifest& manifest = artifact.manifest;
  std::string rows;
  if (manifest.train_begin != 0 || manifest.train_end != 0) {
    rows += ArtifactRow("time",
                        FormatTime(manifest.train_begin) + " to " + FormatTime(manifest.train_end));
  }
  for (const auto& [name, weight] : manifest.signals) {
    rows += ArtifactRow("signal", name + " " + SignificantText(weight));
  }
  if (!std::holds_alternative<FactorModel>(artifact.model)) return rows;
  return rows + ArtifactRow("aggregation", manifest.aggregation) +
         ArtifactRow("split", manifest.split) +
         ArtifactRow("history", artifact.history ? CountText(artifact.history->nnz()) + " entries"
                                                 : std::string("left out")) +
         ArtifactRow("item names", artifact.item_names ? "present" : "none");
}

}  // namespace

std::string ArtifactTable(const std::string& directory) {
  const Artifact artifact = LoadArtifact(directory);
  const Manifest& manifest = artifact.manifest;
  std::string table =
      ArtifactRow("model", manifest.algorithm) +
      std::visit([&](const auto& model) { return ModelRows(model, manifest); }, artifact.model);
  if (manifest.features) table += ArtifactRow("label", manifest.features->label_name);
  for (const auto& [name, value] : manifest.config) table += ArtifactRow("  " + name, value);
  table += ArtifactRow("epochs", std::to_string(manifest.epochs) + ", kept " +
                                     std::to_string(manifest.best_epoch)) +
           ArtifactRow("loss", SignificantText(manifest.loss)) +
           MetricRows("validation", manifest.validation_metrics) +
           MetricRows("cross-validation", manifest.cross_validation_metrics) +
           MetricRows("test", manifest.test_metrics) + CalibrationRow(manifest) +
           ArtifactRow("trained on", CountText(manifest.train_entries) + " entries (" +
                                         manifest.data_layout + ")");
  if (!manifest.features) table += EventRows(artifact);
  table += ArtifactRow("validation split", manifest.validation_split) +
           ArtifactRow("data fingerprint", manifest.data_fingerprint) +
           ArtifactRow("trained with", manifest.simd);
  for (const FileSize& file : FilesOf(directory)) {
    table += ArtifactRow(file.name, BytesText(file.bytes));
  }
  return table + "every checksum holds\n";
}

std::string ArtifactJson(const std::string& directory) {
  const Artifact artifact = LoadArtifact(directory);
  const Manifest& manifest = artifact.manifest;
  OrderedJson json = {{"model", manifest.algorithm}};
  std::visit([&](const auto& model) { AddModel(model, manifest, &json); }, artifact.model);
  OrderedJson config = OrderedJson::object();
  for (const auto& [name, value] : manifest.config) config[name] = value;
  json.update({{"config", config},
               {"epochs", manifest.epochs},
               {"best_epoch", manifest.best_epoch},
               {"loss", manifest.loss},
               {"validation", MeansJson(manifest.validation_metrics)},
               {"train_entries", manifest.train_entries},
               {"validation_split", manifest.validation_split},
               {"data_fingerprint", manifest.data_fingerprint}});
  if (manifest.features) {
    json["label"] = manifest.features->label_name;
    json["cross_validation"] = MeansJson(manifest.cross_validation_metrics);
    json["test"] = MeansJson(manifest.test_metrics);
    json["calibration"] = CalibrationJson(manifest);
  } else {
    OrderedJson signals = OrderedJson::object();
    for (const auto& [name, weight] : manifest.signals) signals[name] = weight;
    json["signals"] = signals;
  }
  if (std::holds_alternative<FactorModel>(artifact.model)) {
    json.update({{"aggregation", manifest.aggregation},
                 {"split", manifest.split},
                 {"history_entries",
                  artifact.history ? OrderedJson(artifact.history->nnz()) : OrderedJson()},
                 {"item_names", artifact.item_names.has_value()}});
  }
  OrderedJson sizes = OrderedJson::object();
  for (const FileSize& file : FilesOf(directory)) sizes[file.name] = file.bytes;
  json["files"] = sizes;
  json["checksums_hold"] = true;
  return json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

}  // namespace tidewright
