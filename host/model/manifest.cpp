#include "host/model/manifest.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "host/core/errors.h"

namespace tidewright {
namespace {

using nlohmann::ordered_json;

constexpr char kFormat[] = "tidewright artifact";
constexpr int64_t kFormatVersion = 1;
constexpr int kMostManifestDepth =
    16;  // what is far deeper is copied by a recursion that no stack holds

ordered_json FileJson(const ArtifactFile& file) {
  ordered_json arrays = ordered_json::object();
  for (const ArrayInfo& array : file.arrays) {
    arrays[array.name] = {{"dtype", ArrayTypeName(array.type)}, {"shape", array.shape}};
  }
  return {
      {"arrays", arrays}, {"bytes", file.bytes}, {"name", file.name}, {"xxh3_128", file.checksum}};
}

// A JSON value with the way to it, for messages.
class Node {
 public:
  Node(const ordered_json& value, std::string path, std::string key)
      : value_(value), path_(std::move(path)), key_(std::move(key)) {}

  Node operator[](const std::string& name) const {
    if (!value_.is_object()) Refuse("an object");
    const auto found = value_.find(name);
    if (found == value_.end()) {
      throw DataError({path_, Below(name), {}}, "there is no such key", "one");
    }
    return Node(*found, path_, Below(name));
  }

  bool Has(const std::string& name) const { return value_.is_object() && value_.contains(name); }

  std::string Text() const {
    if (!value_.is_string()) Refuse("a string");
    return value_.get<std::string>();
  }

  int64_t Whole(int64_t low, int64_t high) const {
    const bool fits =
        value_.is_number_integer() && (!value_.is_number_unsigned() ||
                                       value_.get<uint64_t>() <= static_cast<uint64_t>(INT64_MAX));
    if (!fits || value_.get<int64_t>() < low || value_.get<int64_t>() > high) {
      Refuse("a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    }
    return value_.get<int64_t>();
  }

  uint64_t Unsigned() const {
    if (!value_.is_number_unsigned()) Refuse("a whole number that is not negative");
    return value_.get<uint64_t>();
  }

  // null is how JSON says that a number is not finite.
  double Number() const {
    if (value_.is_null()) return std::numeric_limits<double>::quiet_NaN();
    if (!value_.is_number()) Refuse("a number");
    return value_.get<double>();
  }

  template <class Visit>
  void ForEach(Visit visit) const {
    if (!value_.is_object()) Refuse("an object");
    for (auto it = value_.begin(); it != value_.end(); ++it) {
      visit(it.key(), Node(*it, path_, Below(it.key())));
    }
  }

  template <class Visit>
  void ForEachElement(Visit visit) const {
    if (!value_.is_array()) Refuse("a list");
    for (const ordered_json& element : value_) visit(Node(element, path_, key_));
  }

  // Of an object that is at most `depth` deep: a hostile depth must not be walked.
  std::string Json(int depth) const {
    if (!value_.is_object() || !IsShallow(value_, depth)) Refuse("an object");
    return value_.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  }

  std::vector<int64_t> Sizes() const {
    std::vector<int64_t> sizes;
    ForEachElement([&](const Node& size) { sizes.push_back(size.Whole(0, INT64_MAX)); });
    return sizes;
  }

  [[noreturn]] void Refuse(const std::string& expected) const {
    // Nested values are named by their type: a hostile depth must not be walked.
    std::string text = value_.type_name();
    if (value_.is_primitive()) {
      text = value_.dump(-1, ' ', false, ordered_json::error_handler_t::replace).substr(0, 80);
    }
    throw DataError({path_, key_, {}}, "it is " + text, expected);
  }

 private:
  static bool IsShallow(const ordered_json& value, int depth) {
    if (!value.is_structured()) return true;
    if (depth == 0) return false;
    return std::all_of(value.begin(), value.end(), [depth](const ordered_json& element) {
      return IsShallow(element, depth - 1);
    });
  }

  std::string Below(const std::string& name) const {
    return key_.empty() ? name : key_ + "." + name;
  }

  const ordered_json& value_;
  std::string path_;
  std::string key_;
};

ArtifactFile ParseFile(const Node& node) {
  ArtifactFile file;
  file.name = node["name"].Text();
  // A name from a hostile manifest must not lead out of the artifact.
  if (file.name.empty() || file.name[0] == '.' || file.name.find('/') != std::string::npos ||
      file.name.find('\0') != std::string::npos) {
    node["name"].Refuse("the plain name of a file beside the manifest");
  }
  file.bytes = node["bytes"].Whole(0, INT64_MAX);
  file.checksum = node["xxh3_128"].Text();
  node["arrays"].ForEach([&](const std::string& name, const Node& array) {
    ArrayInfo info;
    info.name = name;
    const std::string type = array["dtype"].Text();
    bool known = false;
    for (const ArrayType candidate : {ArrayType::kF64, ArrayType::kI64, ArrayType::kF32,
                                      ArrayType::kI32, ArrayType::kU32, ArrayType::kU8}) {
      if (type == ArrayTypeName(candidate)) {
        info.type = candidate;
        known = true;
      }
    }
    if (!known) array["dtype"].Refuse("F64, I64, F32, I32, U32 or U8");
    info.shape = array["shape"].Sizes();
    file.arrays.push_back(std::move(info));
  });
  return file;
}

ordered_json MetricsJson(const std::map<std::string, MetricValue>& metrics) {
  ordered_json json = ordered_json::object();
  for (const auto& [name, value] : metrics) {
    json[name] = {{"high", value.high}, {"low", value.low}, {"mean", value.mean}};
  }
  return json;
}

std::map<std::string, MetricValue> ParseMetrics(const Node& node) {
  std::map<std::string, MetricValue> metrics;
  node.ForEach([&](const std::string& name, const Node& value) {
    metrics[name] = {value["mean"].Number(), value["low"].Number(), value["high"].Number()};
  });
  return metrics;
}

ordered_json FeaturesJson(const FeatureSpec& spec) {
  ordered_json columns = ordered_json::array();
  for (const FeatureDescription& column : spec.columns) {
    ordered_json json = {{"kind", FeatureKindName(column.kind)}, {"name", column.name}};
    if (column.kind == FeatureKind::kCategory) json["categories"] = column.categories;
    columns.push_back(std::move(json));
  }
  return {{"columns", columns}, {"label", spec.label_name}};
}

FeatureSpec ParseFeatures(const Node& node) {
  FeatureSpec spec;
  spec.label_name = node["label"].Text();
  std::set<std::string> names;
  node["columns"].ForEachElement([&](const Node& element) {
    FeatureDescription column;
    column.name = element["name"].Text();
    if (!names.insert(column.name).second) element["name"].Refuse("names that differ");
    const std::string kind = element["kind"].Text();
    bool known = false;
    for (const FeatureKind candidate :
         {FeatureKind::kNumber, FeatureKind::kBoolean, FeatureKind::kCategory}) {
      if (kind != FeatureKindName(candidate)) continue;
      column.kind = candidate;
      known = true;
    }
    if (!known) element["kind"].Refuse("number, boolean or category");
    if (column.kind == FeatureKind::kCategory) {
      std::set<std::string> categories;
      element["categories"].ForEachElement([&](const Node& category) {
        column.categories.push_back(category.Text());
        if (!categories.insert(column.categories.back()).second) {
          category.Refuse("categories that differ");
        }
      });
    }
    spec.columns.push_back(std::move(column));
  });
  return spec;
}

ordered_json SamplingJson(const NegativeSampling& sampling) {
  return {{"fraction", sampling.fraction},
          {"kept", sampling.kept},
          {"log_odds", sampling.log_odds},
          {"negatives", sampling.negatives}};
}

NegativeSampling ParseSampling(const Node& node) {
  return {node["fraction"].Number(), node["negatives"].Whole(0, INT64_MAX),
          node["kept"].Whole(0, INT64_MAX), node["log_odds"].Number()};
}

// What the feature list of host/features makes of a log; raised where a feature of the same name
// comes to say something else.
constexpr int64_t kFeatureVersion = 1;

ordered_json PipelineJson(const PipelineRecord& pipeline) {
  const SnapshotSpec& spec = pipeline.snapshot;
  ordered_json signals = ordered_json::object();
  for (const SignalWeight& signal : spec.signals) signals[signal.name] = signal.weight;
  ordered_json json = {{"event_columns", spec.event_columns},
                       {"feature_groups", spec.groups},
                       {"feature_version", kFeatureVersion},
                       {"gap_us", spec.gap},
                       {"horizon_us", spec.horizon},
                       {"log_fingerprint", pipeline.log_fingerprint},
                       {"signals", signals}};
  if (pipeline.test_cutoff) json["test_cutoff_us"] = *pipeline.test_cutoff;
  json["train_cutoffs_us"] = pipeline.train_cutoffs;
  json["user_columns"] = spec.user_columns;
  json["window_us"] = spec.window;
  return json;
}

PipelineRecord ParsePipeline(const Node& node) {
  const int64_t version = node["feature_version"].Whole(1, INT64_MAX);
  if (version != kFeatureVersion) {
    node["feature_version"].Refuse("features of version " + std::to_string(kFeatureVersion) +
                                   "; use the tidewright that trained it");
  }
  constexpr int64_t kLongest = 200'000 * kMicrosPerDay;
  PipelineRecord pipeline;
  SnapshotSpec& spec = pipeline.snapshot;
  const auto texts = [&](const char* key) {
    std::vector<std::string> list;
    node[key].ForEachElement([&](const Node& element) { list.push_back(element.Text()); });
    return list;
  };
  spec.event_columns = texts("event_columns");
  spec.groups = texts("feature_groups");
  spec.user_columns = texts("user_columns");
  spec.gap = node["gap_us"].Whole(0, kLongest);
  spec.horizon = node["horizon_us"].Whole(1, kLongest);
  spec.window = node["window_us"].Whole(1, kLongest);
  node["signals"].ForEach([&](const std::string& name, const Node& weight) {
    spec.signals.push_back({name, static_cast<float>(weight.Number())});
  });
  pipeline.log_fingerprint = node["log_fingerprint"].Text();
  node["train_cutoffs_us"].ForEachElement([&](const Node& cutoff) {
    pipeline.train_cutoffs.push_back(cutoff.Whole(INT64_MIN, INT64_MAX));
  });
  if (node.Has("test_cutoff_us")) {
    pipeline.test_cutoff = node["test_cutoff_us"].Whole(INT64_MIN, INT64_MAX);
  }
  return pipeline;
}

}  // namespace

std::string ManifestText(const ManifestDocument& document) {
  const Manifest& m = document.manifest;
  ordered_json config = ordered_json::object();
  for (const auto& [name, text] : m.config) config[name] = text;
  ordered_json signals = ordered_json::object();
  for (const auto& [name, weight] : m.signals) signals[name] = weight;
  ordered_json files = ordered_json::object();
  for (const auto& [part, file] : document.files) files[part] = FileJson(file);
  ordered_json root = {{"algorithm", m.algorithm},
                       {"config", config},
                       {"data",
                        {{"aggregation", m.aggregation},
                         {"fingerprint", m.data_fingerprint},
                         {"layout", m.data_layout},
                         {"signals", signals},
                         {"split", m.split},
                         {"train_begin_us", m.train_begin},
                         {"train_end_us", m.train_end},
                         {"train_entries", m.train_entries},
                         {"validation_split", m.validation_split}}},
                       {"files", files},
                       {"format", kFormat},
                       {"format_version", kFormatVersion},
                       {"model_kind", document.model_kind},
                       {"seed", m.seed},
                       {"simd", m.simd},
                       {"training",
                        {{"best_epoch", m.best_epoch},
                         {"epochs", m.epochs},
                         {"loss", m.loss},
                         {"validation", MetricsJson(m.validation_metrics)}}}};
  if (!m.cross_validation.empty()) {
    root["cross_validation"] = {{"folds", m.cross_validation},
                                {"metrics", MetricsJson(m.cross_validation_metrics)}};
  }
  if (!m.test_fingerprint.empty()) {
    root["test"] = {{"fingerprint", m.test_fingerprint}, {"metrics", MetricsJson(m.test_metrics)}};
  }
  if (m.calibration) root["calibration"] = ordered_json::parse(CalibrationText(*m.calibration));
  if (m.sampling) root["training"]["sample_negatives"] = SamplingJson(*m.sampling);
  if (m.features) root["features"] = FeaturesJson(*m.features);
  if (m.pipeline) root["pipeline"] = PipelineJson(*m.pipeline);
  if (m.warm_start) root["warm_start"] = ordered_json::parse(EarlierTrainingText(*m.warm_start));
  return root.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

ManifestDocument ParseManifest(const std::string& text, const std::string& path) {
  ordered_json root_json;
  try {
    root_json = ordered_json::parse(text, [&](int depth, auto, ordered_json&) {
      if (depth > kMostManifestDepth)
        throw DataError({path, "", {}}, "it nests too deep", "a manifest");
      return true;
    });
  } catch (const ordered_json::parse_error& error) {
    throw DataError({path, "", {}}, "no valid JSON at byte " + std::to_string(error.byte),
                    "the manifest of an artifact");
  }
  const Node root(root_json, path, "");
  if (!root_json.is_object() || root_json.value("format", ordered_json()) != kFormat) {
    throw DataError({path, "format", {}}, "this is no artifact of tidewright",
                    std::string("\"") + kFormat + "\"");
  }
  const int64_t version = root["format_version"].Whole(1, INT64_MAX);
  if (version > kFormatVersion) {
    throw DataError(
        {path, "format_version", {}},
        "it was written by a newer version of tidewright, in format " + std::to_string(version),
        "at most " + std::to_string(kFormatVersion) + "; use a newer tidewright");
  }
  ManifestDocument document;
  Manifest& m = document.manifest;
  constexpr int64_t kInt = std::numeric_limits<int>::max();
  m.algorithm = root["algorithm"].Text();
  root["config"].ForEach([&](const std::string& name, const Node& value) {
    m.config.emplace_back(name, value.Text());
  });
  const Node data = root["data"];
  m.aggregation = data["aggregation"].Text();
  m.data_fingerprint = data["fingerprint"].Text();
  m.data_layout = data["layout"].Text();
  data["signals"].ForEach([&](const std::string& name, const Node& value) {
    m.signals.emplace_back(name, static_cast<float>(value.Number()));
  });
  m.split = data["split"].Text();
  m.train_begin = data["train_begin_us"].Whole(INT64_MIN, INT64_MAX);
  m.train_end = data["train_end_us"].Whole(INT64_MIN, INT64_MAX);
  m.train_entries = data["train_entries"].Whole(0, INT64_MAX);
  m.validation_split = data["validation_split"].Text();
  root["files"].ForEach(
      [&](const std::string& part, const Node& file) { document.files[part] = ParseFile(file); });
  document.model_kind = root["model_kind"].Text();
  m.seed = root["seed"].Unsigned();
  m.simd = root["simd"].Text();
  const Node training = root["training"];
  m.best_epoch = static_cast<int>(training["best_epoch"].Whole(0, kInt));
  m.epochs = static_cast<int>(training["epochs"].Whole(0, kInt));
  m.loss = training["loss"].Number();
  m.validation_metrics = ParseMetrics(training["validation"]);
  if (root.Has("cross_validation")) {
    m.cross_validation = root["cross_validation"]["folds"].Text();
    m.cross_validation_metrics = ParseMetrics(root["cross_validation"]["metrics"]);
  }
  if (root.Has("test")) {
    m.test_fingerprint = root["test"]["fingerprint"].Text();
    m.test_metrics = ParseMetrics(root["test"]["metrics"]);
  }
  if (root.Has("calibration")) {
    m.calibration = ParseCalibration(root["calibration"].Json(3), path);
  }
  if (training.Has("sample_negatives")) m.sampling = ParseSampling(training["sample_negatives"]);
  if (root.Has("features")) m.features = ParseFeatures(root["features"]);
  if (root.Has("pipeline")) m.pipeline = ParsePipeline(root["pipeline"]);
  if (root.Has("warm_start")) {
    m.warm_start = ParseEarlierTraining(root["warm_start"].Json(2), path);
  }
  return document;
}

}  // namespace tidewright
