#include "host/export/model_card.h"

#include <charconv>
#include <cmath>

#include "host/core/partial_file.h"
#include "host/core/time.h"
#include "host/model/model_file.h"

namespace tidewright {
namespace {

using Metrics = std::map<std::string, MetricValue>;

std::string CardNumber(double value) {
  if (!std::isfinite(value)) return "null";
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value);
  std::string text(digits, end.ptr);
  // YAML 1.1, which PyYAML reads, takes 1e-05 for a text and 1.0e-05 for a number.
  const size_t exponent = text.find('e');
  if (exponent != std::string::npos && text.find('.') == std::string::npos) {
    text.insert(exponent, ".0");
  }
  return text;
}

// To four digits, for people.
std::string Rounded(double value) {
  if (!std::isfinite(value)) return "-";
  char digits[32];
  const auto end =
      std::to_chars(digits, digits + sizeof(digits), value, std::chars_format::general, 4);
  return std::string(digits, end.ptr);
}

// Where metrics were measured, and what they are.
struct CardMetrics {
  std::string key;    // of the front matter
  std::string title;  // "Test by another table"
  const Metrics* values;
};

std::vector<CardMetrics> MetricsOf(const Manifest& manifest) {
  std::vector<CardMetrics> lists;
  if (!manifest.test_metrics.empty()) {
    lists.push_back({"test", manifest.pipeline ? "Test at a later date" : "Test on another table",
                     &manifest.test_metrics});
  }
  if (!manifest.cross_validation_metrics.empty()) {
    lists.push_back({"cross_validation", "Cross-validation: " + manifest.cross_validation,
                     &manifest.cross_validation_metrics});
  }
  if (!manifest.validation_metrics.empty()) {
    const std::string split =
        manifest.validation_split.empty() ? "" : " " + manifest.validation_split;
    lists.push_back({"validation", "Validation" + split, &manifest.validation_metrics});
  }
  return lists;
}

bool IsCalibration(const std::string& metric) {
  for (const char* name : {"brier", "ece", "calibration", "log_loss"}) {
    if (metric.find(name) != std::string::npos) return true;
  }
  return false;
}

bool IsExposure(const std::string& metric) {
  for (const char* name : {"coverage", "gini", "novelty", "popular_share"}) {
    if (metric.find(name) != std::string::npos) return true;
  }
  return false;
}
bool IsNoExposure(const std::string& metric) { return !IsExposure(metric); }

void AppendMetrics(const CardMetrics& list, std::string* yaml) {
  *yaml += "  " + list.key + ":\n";
  for (const auto& [name, value] : *list.values) {
    *yaml += "    " + YamlText(name) + ": {mean: " + CardNumber(value.mean) +
             ", low: " + CardNumber(value.low) + ", high: " + CardNumber(value.high) + "}\n";
  }
}

std::string SpanText(const Manifest& manifest) {
  if (manifest.train_begin == 0 && manifest.train_end == 0) return "";
  return FormatTime(manifest.train_begin) + " to " + FormatTime(manifest.train_end);
}

std::string DatesText(const std::vector<int64_t>& times) {
  std::string text;
  for (const int64_t time : times) text += (text.empty() ? "" : ", ") + FormatTime(time);
  return text;
}

void AppendPipeline(const PipelineRecord& pipeline, std::string* yaml) {
  *yaml += "pipeline:\n  window: " + YamlText(FormatDuration(pipeline.snapshot.window)) +
           "\n  gap: " + YamlText(FormatDuration(pipeline.snapshot.gap)) +
           "\n  horizon: " + YamlText(FormatDuration(pipeline.snapshot.horizon)) +
           "\n  train_cutoffs: " + YamlText(DatesText(pipeline.train_cutoffs)) + "\n";
  if (pipeline.test_cutoff) {
    *yaml += "  test_cutoff: " + YamlText(FormatTime(*pipeline.test_cutoff)) + "\n";
  }
}

std::string ShapeOfModel(const FactorModel& model) {
  return "  users: " + std::to_string(model.users) + "\n  items: " + std::to_string(model.items) +
         "\n  factors: " + std::to_string(model.factors) + "\n";
}
std::string ShapeOfModel(const TreeEnsemble& model) {
  return "  columns: " + std::to_string(model.features) +
         "\n  trees: " + std::to_string(model.trees()) + "\n";
}
std::string ShapeOfModel(const BgnbdModel& model) {
  return "  customers: " + std::to_string(model.customers) + "\n";
}
std::string ShapeOfModel(const HazardModel& model) {
  return ShapeOfModel(model.trees) + "  periods: " + std::to_string(model.periods.size()) + "\n";
}
std::string ShapeOfModel(const LinearModel& model) {
  return "  columns: " + std::to_string(model.features) +
         "\n  terms: " + std::to_string(model.terms()) + "\n";
}

// A line of the front matter, with the end of the one before it.
std::string ContentsLine(const std::string& file) { return "\n  - " + YamlText(file); }

bool IsChurn(const Artifact& artifact) {
  return !std::holds_alternative<FactorModel>(artifact.model);
}

// What the probability is of.
std::string LabelOf(const Artifact& artifact) {
  const std::optional<FeatureSpec>& features = artifact.manifest.features;
  return features ? features->label_name : "no event in a span of time";
}

std::string FrontMatter(const Artifact& artifact, const CardExport& about) {
  const Manifest& manifest = artifact.manifest;
  const bool classifier = IsChurn(artifact);
  std::string yaml = kCardBeginning;
  if (classifier) yaml += "pipeline_tag: tabular-classification\n";
  yaml += std::string("tags: [") + (classifier ? "churn" : "recommendation") + ", tidewright]\n";
  yaml += "export_format: " + YamlText(about.format) + "\n";
  if (!about.vectors.empty()) yaml += "vectors:\n";
  for (const auto& [name, value] : about.vectors) {
    yaml += "  " + YamlText(name) + ": " + value + "\n";
  }
  if (!about.contents.empty()) yaml += "files:";
  for (const std::string& file : about.contents) yaml += ContentsLine(file);
  if (!about.contents.empty()) yaml += "\n";
  yaml += "model:\n  algorithm: " + YamlText(manifest.algorithm) +
          "\n  kind: " + YamlText(ModelKind(artifact.model)) + "\n" +
          std::visit([](const auto& model) { return ShapeOfModel(model); }, artifact.model);
  if (classifier) yaml += "  label: " + YamlText(LabelOf(artifact)) + "\n";
  yaml += "config:\n";
  for (const auto& [name, text] : manifest.config) {
    yaml += "  " + YamlText(name) + ": " + YamlText(text) + "\n";
  }
  yaml += "data:\n  fingerprint: " + YamlText(manifest.data_fingerprint) +
          "\n  layout: " + YamlText(manifest.data_layout) +
          "\n  train_entries: " + std::to_string(manifest.train_entries) + "\n";
  const std::string span = SpanText(manifest);
  if (!span.empty()) {
    yaml += "  begin: " + YamlText(FormatTime(manifest.train_begin)) +
            "\n  end: " + YamlText(FormatTime(manifest.train_end)) + "\n";
  }
  if (!manifest.aggregation.empty())
    yaml += "  aggregation: " + YamlText(manifest.aggregation) + "\n";
  yaml += "  split: " + YamlText(manifest.split) +
          "\n  validation_split: " + YamlText(manifest.validation_split) + "\n";
  if (!manifest.signals.empty()) {
    yaml += "  signals:\n";
    for (const auto& [name, weight] : manifest.signals) {
      yaml += "    " + YamlText(name) + ": " + CardNumber(static_cast<double>(weight)) + "\n";
    }
  }
  if (manifest.pipeline) AppendPipeline(*manifest.pipeline, &yaml);
  const std::vector<CardMetrics> lists = MetricsOf(manifest);
  yaml += lists.empty() ? "metrics: {}\n" : "metrics:\n";
  for (const CardMetrics& list : lists) AppendMetrics(list, &yaml);
  return yaml + "---\n";
}

std::string MetricTable(const Metrics& metrics, bool (*wanted)(const std::string&)) {
  std::string rows;
  for (const auto& [name, value] : metrics) {
    if (!wanted(name)) continue;
    const bool interval = value.low != value.high;
    rows += "| `" + name + "` | " + Rounded(value.mean) + " | " +
            (interval ? Rounded(value.low) + " to " + Rounded(value.high) : "-") + " |\n";
  }
  return rows.empty() ? "" : "| metric | mean | 95 % interval |\n|---|---|---|\n" + rows + "\n";
}

// What train_entries counts.
std::string EntriesText(const Artifact& artifact) {
  const Manifest& manifest = artifact.manifest;
  if (const auto* model = std::get_if<BgnbdModel>(&artifact.model)) {
    return std::to_string(model->customers) + " customers, up to " + FormatTime(model->cutoff) +
           ".\n";
  }
  return std::to_string(manifest.train_entries) +
         (manifest.features ? " rows.\n" : " entries of the training matrix.\n");
}

std::string DataSection(const Artifact& artifact) {
  const Manifest& manifest = artifact.manifest;
  std::string text = "## Data\n\n- Fingerprint `" + manifest.data_fingerprint + "`, layout " +
                     manifest.data_layout + ", " + EntriesText(artifact);
  const std::string span = SpanText(manifest);
  text += span.empty() ? "- Span: the data has no times.\n" : "- Span: " + span + " (UTC).\n";
  if (!manifest.signals.empty()) {
    text += "- Signals and their weights:";
    for (const auto& [name, weight] : manifest.signals) {
      text += " " + name + " = " + CardNumber(static_cast<double>(weight)) + ";";
    }
    text.back() = '.';
    text += "\n";
  }
  if (manifest.pipeline) {
    const SnapshotSpec& spec = manifest.pipeline->snapshot;
    text += "- Customers as of " + DatesText(manifest.pipeline->train_cutoffs) +
            ": what they did in " + FormatDuration(spec.window) +
            " before; churned: no positive event in the " + FormatDuration(spec.horizon) +
            " that follow a gap of " + FormatDuration(spec.gap) + ".\n";
  }
  text += "- Split: " + (manifest.split.empty() ? std::string("none") : manifest.split) +
          "; validation: " +
          (manifest.validation_split.empty() ? std::string("none") : manifest.validation_split) +
          ".\n\n";
  return text;
}

std::string QualitySection(const Artifact& artifact) {
  const Manifest& manifest = artifact.manifest;
  std::string text = "## Quality\n\n";
  const std::vector<CardMetrics> lists = MetricsOf(manifest);
  if (lists.empty()) text += "Nothing was held out in training: the quality is not known.\n\n";
  for (const CardMetrics& list : lists) {
    text += list.title + "\n\n" + MetricTable(*list.values, IsNoExposure);
  }
  const bool classifier = IsChurn(artifact);
  text += classifier ? "## Calibration\n\n" : "## Coverage and exposure\n\n";
  std::string measured;
  for (const CardMetrics& list : lists) {
    measured += MetricTable(*list.values, classifier ? IsCalibration : IsExposure);
  }
  if (!measured.empty()) return text + measured;
  return text + (classifier
                     ? "Not measured in training. `tidewright evaluate` measures it.\n\n"
                     : "Not measured in training. `tidewright evaluate` says which share of the "
                       "catalogue is ever recommended and how unequally.\n\n");
}

std::string UseSection(const Artifact& artifact) {
  if (!IsChurn(artifact)) {
    return "## Intended use\n\nRanking the items of this catalogue for the users of this log.\n\n"
           "## Not to be used\n\n"
           "- For users or items that are not in it, but by folding them in.\n"
           "- As a probability: scores rank, and are compared within one user alone.\n"
           "- To infer anything of a person but what they may want next, or to decide on prices, "
           "credit, work, housing, insurance or health.\n"
           "- Long after the end of its data without training it again.\n";
  }
  return "## Intended use\n\nThe probability of `" + LabelOf(artifact) +
         "` for customers like those it was trained on, to decide whom to look after.\n\n"
         "## Not to be used\n\n"
         "- For customers of another business, country or time than its data.\n"
         "- As a cause: a reason says what moved the score, not what would keep a customer.\n"
         "- Alone for decisions that weigh on a person: price, credit, work, housing, insurance or "
         "health.\n"
         "- Long after the end of its data without judging it again.\n";
}

}  // namespace

bool CardLists(const std::string& card, const std::string& file) {
  const size_t end = card.find("\n---\n");
  const size_t at = card.find(ContentsLine(file));
  return at != std::string::npos && at < end;
}

std::string YamlText(const std::string& text) {
  std::string quoted;
  const std::string json = JsonQuoted(text);
  for (size_t at = 0; at < json.size(); ++at) {
    const auto byte = static_cast<unsigned char>(json[at]);
    // YAML prints no DEL and no C1 controls (U+0080 to U+009F).
    const bool c1 =
        byte == 0xc2 && at + 1 < json.size() && static_cast<unsigned char>(json[at + 1]) < 0xa0;
    if (byte != 0x7f && !c1) {
      quoted += json[at];
      continue;
    }
    constexpr char kDigits[] = "0123456789abcdef";
    const auto code = c1 ? static_cast<unsigned char>(json[++at]) : byte;
    quoted += std::string("\\u00") + kDigits[code >> 4] + kDigits[code & 15];
  }
  return quoted;
}

std::string ModelCard(const Artifact& artifact, const CardExport& about) {
  const Manifest& manifest = artifact.manifest;
  std::string text =
      FrontMatter(artifact, about) + "\n# " + manifest.algorithm + ": " +
      (IsChurn(artifact) ? "probability of " + LabelOf(artifact) : std::string("recommendations")) +
      "\n\nWritten by Tidewright for " + about.format + ".\n\n";
  text += "| file | what it holds |\n|---|---|";
  for (const auto& [name, what] : about.files) text += "\n| `" + name + "` | " + what + " |";
  text += "\n\n";
  for (const std::string& note : about.notes) text += "- " + note + "\n";
  if (!about.notes.empty()) text += "\n";
  return text + DataSection(artifact) + QualitySection(artifact) + UseSection(artifact);
}

}  // namespace tidewright
