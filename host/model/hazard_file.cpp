#include "host/model/hazard_file.h"

#include <cstdint>

#include "host/core/errors.h"
#include "host/core/time.h"
#include "host/model/classifier_file.h"

namespace tidewright {
namespace {

constexpr char kPeriodsArray[] = "period_ends_us";
constexpr int64_t kLongestPeriod = 200'000 * kMicrosPerDay;

}  // namespace

std::vector<ArrayView> ArraysOf(const HazardModel& model, const std::string& prefix) {
  std::vector<ArrayView> arrays = ArraysOf(model.trees, prefix);
  arrays.push_back(ViewArray(prefix + kPeriodsArray, {static_cast<int64_t>(model.periods.size())},
                             model.periods.data()));
  return arrays;
}

HazardModel ReadHazardModel(const SafetensorsReader& reader, const std::string& prefix) {
  HazardModel model;
  model.trees = ReadTreeEnsemble(reader, prefix);
  if (model.trees.features < 2) {
    throw DataError({reader.path(), prefix + "features", {}},
                    "it is " + std::to_string(model.trees.features),
                    "at least 2: a customer's columns and the period");
  }
  reader.Read(prefix + kPeriodsArray, 1, &model.periods);
  int64_t before = 0;
  for (size_t period = 0; period < model.periods.size(); ++period) {
    const int64_t end = model.periods[period];
    if (end <= before || end > kLongestPeriod) {
      throw DataError({reader.path(), prefix + kPeriodsArray, static_cast<int64_t>(period)},
                      "it is " + std::to_string(end), "ends that rise from above 0");
    }
    before = end;
  }
  if (model.periods.size() < 2) {
    throw DataError({reader.path(), prefix + kPeriodsArray, {}},
                    "it has " + std::to_string(model.periods.size()) + " entries", "at least 2");
  }
  return model;
}

}  // namespace tidewright
