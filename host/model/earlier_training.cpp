#include "host/model/earlier_training.h"

#include <nlohmann/json.hpp>

#include "host/core/errors.h"

namespace tidewright {
namespace {

using EarlierJson = nlohmann::ordered_json;

template <class Value>
std::vector<Value> ListOf(const EarlierJson& json, const char* key, const std::string& path) {
  std::vector<Value> list;
  const auto found = json.find(key);
  const std::string at = std::string("warm_start.") + key;
  if (found == json.end() || !found->is_array()) {
    throw DataError({path, at, {}}, "there is no list", "one");
  }
  for (const EarlierJson& element : *found) {
    if constexpr (std::is_same_v<Value, std::string>) {
      if (!element.is_string()) throw DataError({path, at, {}}, "it holds no text", "fingerprints");
    } else {
      if (!element.is_number_integer()) {
        throw DataError({path, at, {}}, "it holds no whole number", "microseconds");
      }
    }
    list.push_back(element.template get<Value>());
  }
  return list;
}

}  // namespace

std::string EarlierTrainingText(const EarlierTraining& training) {
  const EarlierJson json = {{"cutoffs_us", training.cutoffs},
                            {"fingerprints", training.fingerprints}};
  return json.dump();
}

EarlierTraining ParseEarlierTraining(const std::string& json, const std::string& path) {
  const EarlierJson parsed = EarlierJson::parse(json);
  return {ListOf<std::string>(parsed, "fingerprints", path),
          ListOf<int64_t>(parsed, "cutoffs_us", path)};
}

}  // namespace tidewright
