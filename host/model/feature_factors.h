#ifndef TIDEWRIGHT_HOST_MODEL_FEATURE_FACTORS_H_
#define TIDEWRIGHT_HOST_MODEL_FEATURE_FACTORS_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "host/core/ids.h"
#include "host/model/model.h"

namespace tidewright {

// The items of a recommender, as far as describing customers by them needs: a customer is folded
// in, and the vector becomes columns. A churn model keeps its own copy, so that it needs no other
// artifact.
struct FeatureFactors {
  FactorModel model;  // no users
  IdTable items;
  std::string algorithm;
  std::vector<std::pair<std::string, std::string>> config;
  std::vector<std::pair<std::string, float>> signals;  // every signal and its weight
  std::string aggregation;
  std::string data_fingerprint;
  int64_t train_end = 0;  // the last event that the items were trained on; microseconds
};

// What of it is text, as metadata of its file, and back. Throws DataError naming `path`.
std::map<std::string, std::string> FactorsMetadata(const FeatureFactors& factors);
void ReadFactorsMetadata(const std::map<std::string, std::string>& metadata,
                         const std::string& path, FeatureFactors* factors);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_MODEL_FEATURE_FACTORS_H_
