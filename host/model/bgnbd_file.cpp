#include "host/model/bgnbd_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "host/core/errors.h"
#include "host/core/time.h"

namespace tidewright {
namespace {

constexpr char kWeightPrefix[] = "signal.";
constexpr int64_t kLongestSpan = 200'000 * kMicrosPerDay;
constexpr int64_t kFarthestCutoff = 4'000'000 * kMicrosPerDay;
// No fit goes there, and the sums of a forecast end within it.
constexpr double kLeastParameter = 1e-30;
constexpr double kMostParameter = 1e30;

int64_t ReadWhole(const SafetensorsReader& reader, const std::string& name, int64_t low,
                  int64_t high) {
  std::vector<int64_t> value;
  reader.Read(name, 0, &value);
  if (value[0] < low || value[0] > high) {
    throw DataError({reader.path(), name, {}}, "it is " + std::to_string(value[0]),
                    std::to_string(low) + " to " + std::to_string(high));
  }
  return value[0];
}

}  // namespace

std::vector<ArrayView> ArraysOf(const BgnbdModel& model, const std::string& prefix) {
  static_assert(sizeof(BgnbdParameters) == 4 * sizeof(double));
  return {ViewArray(prefix + "parameters", {4}, &model.parameters.r),
          ViewArray(prefix + "log_covariance", {4, 4}, model.log_covariance.data()),
          ViewArray(prefix + "unit_us", {}, &model.unit),
          ViewArray(prefix + "merge_us", {}, &model.merge),
          ViewArray(prefix + "cutoff_us", {}, &model.cutoff),
          ViewArray(prefix + "customers", {}, &model.customers)};
}

BgnbdModel ReadBgnbdModel(const SafetensorsReader& reader, const std::string& prefix) {
  BgnbdModel model;
  std::vector<double> parameters;
  reader.Read(prefix + "parameters", 1, &parameters);
  const bool good =
      parameters.size() == 4 && std::all_of(parameters.begin(), parameters.end(), [](double value) {
        return value >= kLeastParameter && value <= kMostParameter;
      });
  if (!good) {
    throw DataError({reader.path(), prefix + "parameters", {}}, "they are no parameters",
                    "r, alpha, a, b, each from 1e-30 to 1e30");
  }
  model.parameters = {parameters[0], parameters[1], parameters[2], parameters[3]};
  std::vector<double> covariance;
  const std::vector<int64_t> shape = reader.Read(prefix + "log_covariance", 2, &covariance);
  if (shape != std::vector<int64_t>{4, 4} ||
      !std::all_of(covariance.begin(), covariance.end(),
                   [](double value) { return std::isfinite(value); })) {
    throw DataError({reader.path(), prefix + "log_covariance", {}}, "it is no covariance",
                    "4 x 4 finite numbers");
  }
  std::copy(covariance.begin(), covariance.end(), model.log_covariance.begin());
  model.unit = ReadWhole(reader, prefix + "unit_us", 1, kLongestSpan);
  model.merge = ReadWhole(reader, prefix + "merge_us", 0, kLongestSpan);
  model.cutoff = ReadWhole(reader, prefix + "cutoff_us", -kFarthestCutoff, kFarthestCutoff);
  model.customers = ReadWhole(reader, prefix + "customers", 1, INT64_MAX);
  return model;
}

std::map<std::string, std::string> MetadataOf(const BgnbdColumns& columns) {
  std::map<std::string, std::string> metadata = {{"kind", kBgnbdKind}};
  for (const SignalWeight& signal : columns.signals) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof(text), signal.weight);
    metadata[kWeightPrefix + signal.name] = std::string(text, end.ptr);
  }
  return metadata;
}

BgnbdColumns ReadBgnbdColumns(const SafetensorsReader& reader) {
  BgnbdColumns columns;
  columns.model = ReadBgnbdModel(reader, "");
  for (const auto& [key, text] : reader.metadata()) {
    if (!key.starts_with(kWeightPrefix)) continue;
    SignalWeight signal{key.substr(sizeof(kWeightPrefix) - 1), 0};
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, signal.weight);
    if (parsed.ec != std::errc() || parsed.ptr != end || !std::isfinite(signal.weight)) {
      throw DataError({reader.path(), "__metadata__." + key, {}},
                      "it is '" + text.substr(0, 80) + "'", "a number");
    }
    columns.signals.push_back(std::move(signal));
  }
  return columns;
}

}  // namespace tidewright
