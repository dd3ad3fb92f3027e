#include "tests/support/feature_twins.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <string>

#include "host/core/random.h"
#include "host/core/time.h"

namespace tidewright {
namespace {

void ExpectSameFeatures(const FeatureCase& feature_case, const FeatureTwin& twin,
                        const std::string& what) {
  const FeatureValues expected = FeaturesOf(feature_case, BuildFeaturesCpu);
  const FeatureValues found = FeaturesOf(feature_case, twin);
  const std::vector<Feature> features = ListFeatures(feature_case.spec);
  ASSERT_FALSE(expected.users.empty()) << what;
  ASSERT_EQ(found.users, expected.users) << what;
  ASSERT_EQ(found.columns.size(), features.size()) << what;
  for (size_t f = 0; f < features.size(); ++f) {
    ASSERT_EQ(found.columns[f].size(), expected.columns[f].size()) << what;
    for (size_t row = 0; row < expected.users.size(); ++row) {
      const float* a = &found.columns[f][row];
      const float* b = &expected.columns[f][row];
      ASSERT_EQ(std::memcmp(a, b, sizeof(float)), 0)
          << what << ": " << features[f].name << " of user " << expected.users[row] << ": " << *a
          << ", on the CPU " << *b;
    }
  }
}

}  // namespace

FeatureCase MadeUpFeatureCase(int64_t users, int64_t events) {
  constexpr uint64_t kItems = 600;
  FeatureCase made;
  made.users = users;
  EventLog& log = made.log;
  log.signal_names = {"buy", "view", "cancel"};
  log.default_signal_weights = {1, 0, -1};
  log.extra = {{"price", {}}, {"shelf", {}}};
  for (int64_t e = 0; e < events; ++e) {
    const PhiloxDraw draw = Philox(3, 1, static_cast<uint64_t>(e));
    const PhiloxDraw more = Philox(3, 2, static_cast<uint64_t>(e));
    // The powers make some users and items far more frequent than others.
    const uint64_t user = draw.word[0] % static_cast<uint64_t>(users);
    const uint64_t item = draw.word[1] % kItems;
    log.user.push_back(static_cast<int32_t>(user * user / static_cast<uint64_t>(users)));
    log.item.push_back(static_cast<int32_t>(item * item * item / (kItems * kItems)));
    // Whole days and half hours, so that events meet windows' ends and each other.
    log.timestamp.push_back(kTwinCutoff + 100 * kMicrosPerDay -
                            kMicrosPerDay * (draw.word[2] % 700) -
                            kVisitGap * static_cast<int64_t>(draw.word[3] % 4) +
                            static_cast<int64_t>(more.word[3] % 2));
    log.signal.push_back(static_cast<uint8_t>(more.word[0] % 8 < 6 ? 0 : more.word[0] % 8 - 5));
    log.value.push_back((static_cast<float>(more.word[1] % 100) - 8) / 7.0f);
    log.extra[0].values.push_back(more.word[2] % 9 == 0
                                      ? std::numeric_limits<float>::quiet_NaN()
                                      : static_cast<float>(more.word[2] % 1000) / 9.0f);
    log.extra[1].values.push_back(static_cast<float>(draw.word[3] % 7));
  }
  SortEvents(&log);
  made.spec.signals = {{"buy", 1}, {"view", 0}, {"cancel", -1}};
  made.spec.event_columns = {"shelf", "price"};
  made.spec.groups = FeatureGroups();
  return made;
}

FeatureValues FeaturesOf(const FeatureCase& feature_case, const FeatureTwin& twin) {
  const ProfilePlan plan = MakeProfilePlan(feature_case.log, feature_case.spec);
  std::vector<FeatureFormula> formulas;
  for (const Feature& feature : ListFeatures(feature_case.spec)) {
    formulas.push_back(feature.formula);
  }
  return twin({feature_case.log, plan, feature_case.users, kTwinCutoff, formulas});
}

void ExpectFeatureTwins(const FeatureTwin& twin, int64_t users, int64_t events) {
  FeatureCase made = MadeUpFeatureCase(users, events);
  ExpectSameFeatures(made, twin, "every feature");
  made.spec.window = 45 * kMicrosPerDay;
  made.spec.gap = 5 * kMicrosPerDay;
  made.spec.horizon = 60 * kMicrosPerDay;
  ExpectSameFeatures(made, twin, "a window shorter than the horizon");
  made.spec.horizon = 600 * kMicrosPerDay;
  ExpectSameFeatures(made, twin, "nothing before the last horizon");
  made = MadeUpFeatureCase(users, events);
  made.log.signal.clear();
  made.log.value.clear();
  made.log.extra.clear();
  made.log.signal_names = {"interaction"};
  made.spec.signals = {{"interaction", 1}};
  made.spec.event_columns.clear();
  ExpectSameFeatures(made, twin, "users, items and times alone");
}

}  // namespace tidewright
