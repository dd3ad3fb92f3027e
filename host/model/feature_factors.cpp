#include "host/model/feature_factors.h"

#include <charconv>
#include <cmath>

#include "host/core/errors.h"

namespace tidewright {
namespace {

constexpr char kConfigPrefix[] = "config.";
constexpr char kSignalPrefix[] = "signal.";

template <class Number>
std::string TextOfNumber(Number number) {
  char text[48];
  const auto end = std::to_chars(text, text + sizeof(text), number);
  return {text, end.ptr};
}

template <class Number>
Number NumberOfText(const std::string& text, const std::string& path, const std::string& key) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end ||
      !std::isfinite(static_cast<double>(number))) {
    throw DataError({path, "__metadata__." + key, {}}, "it is '" + text.substr(0, 80) + "'",
                    "a number");
  }
  return number;
}

}  // namespace

std::map<std::string, std::string> FactorsMetadata(const FeatureFactors& factors) {
  std::map<std::string, std::string> metadata = {{"aggregation", factors.aggregation},
                                                 {"algorithm", factors.algorithm},
                                                 {"data_fingerprint", factors.data_fingerprint},
                                                 {"train_end_us", TextOfNumber(factors.train_end)}};
  for (const auto& [name, text] : factors.config) metadata[kConfigPrefix + name] = text;
  for (const auto& [name, weight] : factors.signals) {
    metadata[kSignalPrefix + name] = TextOfNumber(weight);
  }
  return metadata;
}

void ReadFactorsMetadata(const std::map<std::string, std::string>& metadata,
                         const std::string& path, FeatureFactors* factors) {
  const auto text = [&](const std::string& key) {
    const auto found = metadata.find(key);
    if (found == metadata.end()) {
      throw DataError({path, "__metadata__." + key, {}}, "there is no such key", "one");
    }
    return found->second;
  };
  factors->aggregation = text("aggregation");
  factors->algorithm = text("algorithm");
  factors->data_fingerprint = text("data_fingerprint");
  factors->train_end = NumberOfText<int64_t>(text("train_end_us"), path, "train_end_us");
  for (const auto& [key, value] : metadata) {
    if (key.starts_with(kConfigPrefix)) {
      factors->config.emplace_back(key.substr(sizeof(kConfigPrefix) - 1), value);
    } else if (key.starts_with(kSignalPrefix)) {
      factors->signals.emplace_back(key.substr(sizeof(kSignalPrefix) - 1),
                                    NumberOfText<float>(value, path, key));
    }
  }
}

}  // namespace tidewright
