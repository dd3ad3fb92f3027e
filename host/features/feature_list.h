#ifndef TIDEWRIGHT_HOST_FEATURES_FEATURE_LIST_H_
#define TIDEWRIGHT_HOST_FEATURES_FEATURE_LIST_H_

#include <string>
#include <vector>

#include "host/data/snapshot_spec.h"
#include "host/features/profile_numbers.h"

namespace tidewright {

// One column of the table: its name, what it says and how it follows from the numbers of a
// customer's profile, in one place.
struct Feature {
  std::string name;     // "log_visits_30d"
  std::string family;   // "log_visits_<W>d": features that differ in window, signal or column only
  std::string group;    // one of FeatureGroups()
  std::string meaning;  // one line, as host/features/README.md has it
  FeatureFormula formula;
};

// "recency", "frequency", "value", …, in the order of the table.
const std::vector<std::string>& FeatureGroups();

// "all", or names with commas, into groups in their order. Throws UsageError with the nearest name.
std::vector<std::string> ParseFeatureGroups(const std::string& text);

// Every feature of the specification's groups. README.md lists their families.
std::vector<Feature> ListFeatures(const SnapshotSpec& spec);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_FEATURES_FEATURE_LIST_H_
