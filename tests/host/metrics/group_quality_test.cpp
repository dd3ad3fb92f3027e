#include "host/metrics/group_quality.h"

#include <gtest/gtest.h>

#include <map>

#include "host/core/random.h"

namespace tidewright {
namespace {

struct Population {
  ScoredRows rows;
  std::vector<std::string> group;
};

// "fair": the rates are those of the probabilities. "served worse": half as many again leave.
// "tiny": twenty rows.
Population ThreeGroups() {
  Population all;
  const auto add = [&](const char* name, int64_t rows, double factor) {
    for (int64_t row = 0; row < rows; ++row) {
      const PhiloxDraw draw = Philox(static_cast<uint64_t>(rows), 79, static_cast<uint64_t>(row));
      const double p = 0.1 + 0.4 * UniformDouble(draw.word[0], draw.word[1]);
      all.rows.probability.push_back(p);
      all.rows.label.push_back(UniformDouble(draw.word[2], draw.word[3]) < factor * p);
      all.group.emplace_back(name);
    }
  };
  add("fair", 3000, 1);
  add("served worse", 1000, 1.5);
  add("tiny", 20, 1);
  return all;
}

TEST(GroupQuality, FindsTheGroupWhoseRateIsNotThePredictedOne) {
  const Population all = ThreeGroups();
  const std::vector<GroupQuality> groups = JudgeGroups(all.rows, all.group);
  ASSERT_EQ(groups.size(), 3u);
  EXPECT_EQ(groups[0].group, "fair");
  EXPECT_FALSE(groups[0].is_off);
  EXPECT_EQ(groups[1].group, "served worse");
  EXPECT_TRUE(groups[1].is_off);
  EXPECT_GT(groups[1].observed, groups[1].predicted + 0.1);
  EXPECT_GT(groups[1].ece, groups[0].ece);
  EXPECT_TRUE(groups[2].is_small);
  EXPECT_FALSE(groups[2].is_off);
  EXPECT_EQ(groups[2].rows, 20);
}

TEST(GroupQuality, IntervalsHoldTheValuesAndAreWiderForFewerRows) {
  const Population all = ThreeGroups();
  const std::vector<GroupQuality> groups = JudgeGroups(all.rows, all.group);
  for (const GroupQuality& group : {groups[0], groups[1]}) {
    const std::map<std::string, double> values = {{"observed", group.observed},
                                                  {"auc", *group.auc},
                                                  {"ece", group.ece},
                                                  {"lift@10%", *group.lift}};
    ASSERT_EQ(group.intervals.size(), values.size());
    for (const auto& [name, value] : values) {
      EXPECT_EQ(group.intervals.at(name).mean, value) << name;
      EXPECT_LT(group.intervals.at(name).low, value) << name;
      EXPECT_GT(group.intervals.at(name).high, value) << name;
    }
  }
  const auto width = [](const GroupQuality& group) {
    return group.intervals.at("auc").high - group.intervals.at("auc").low;
  };
  EXPECT_GT(width(groups[1]), 1.3 * width(groups[0]));
}

TEST(GroupQuality, OneClassHasNoAucAndNoLift) {
  ScoredRows rows;
  for (int row = 0; row < 200; ++row) {
    rows.probability.push_back(0.2);
    rows.label.push_back(0);
  }
  const std::vector<GroupQuality> groups =
      JudgeGroups(rows, std::vector<std::string>(200, "stays"));
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_FALSE(groups[0].auc);
  EXPECT_FALSE(groups[0].lift);
  EXPECT_TRUE(groups[0].intervals.empty());
  EXPECT_TRUE(groups[0].is_small);
  EXPECT_TRUE(groups[0].is_off);
  EXPECT_NEAR(groups[0].ece, 0.2, 1e-12);
}

TEST(GroupQuality, ManyGroupsAreTakenTogether) {
  const Population all = ThreeGroups();
  std::vector<std::string> names;
  for (size_t row = 0; row < all.group.size(); ++row) names.push_back(std::to_string(row % 50));
  const std::vector<GroupQuality> groups = JudgeGroups(all.rows, names, 8);
  ASSERT_EQ(groups.size(), 9u);
  EXPECT_EQ(groups.back().group, "(others)");
  int64_t rows = 0;
  for (const GroupQuality& group : groups) rows += group.rows;
  EXPECT_EQ(rows, static_cast<int64_t>(names.size()));
}

}  // namespace
}  // namespace tidewright
