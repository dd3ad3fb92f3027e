#include "host/model/profile_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "host/core/errors.h"
#include "tests/support/run_cli.h"
#include "tests/support/table_fixture.h"

namespace tidewright {
namespace {

TableProfile ThereAndBack(const TableProfile& profile, const FeatureSpec& features,
                          const TempDirectory& directory) {
  const std::string path = directory.File("profile.safetensors");
  WriteSafetensors(path, ProfileArrays(profile), {});
  return ReadProfile(SafetensorsReader(InputFile(path)), features);
}

TEST(ProfileFile, ComesBackAsItWas) {
  TempDirectory directory;
  const FeatureTable table = RandomTable(500, 1);
  const TableProfile profile = ProfileOf(table);
  const TableProfile again = ThereAndBack(profile, SpecOf(table), directory);
  EXPECT_EQ(again.edge_offsets, profile.edge_offsets);
  EXPECT_EQ(again.edges, profile.edges);
  EXPECT_EQ(again.share_offsets, profile.share_offsets);
  EXPECT_EQ(again.shares, profile.shares);
}

TEST(ProfileFile, DamageIsRefusedWithAReason) {
  TempDirectory directory;
  const FeatureTable table = RandomTable(500, 1);
  const TableProfile profile = ProfileOf(table);
  ASSERT_GE(profile.edges.size(), 2u);
  struct Case {
    std::function<void(TableProfile*)> damage;
    const char* message;
  };
  const Case cases[] = {
      {[](TableProfile* p) { p->edges[1] = p->edges[0]; }, "edges row 1: it does not rise"},
      {[](TableProfile* p) { p->edges[0] = kMissing; }, "edges row 0: it does not rise"},
      {[](TableProfile* p) { p->shares[0] = -0.5; }, "shares row 0: it is no share"},
      {[](TableProfile* p) { p->share_offsets[1] -= 1; }, "shares"},
      {[](TableProfile* p) { p->edge_offsets[1] = 1000; }, "edge_offsets"},
      {[](TableProfile* p) { p->edge_offsets[0] = -1; }, "edge_offsets"},
      {[](TableProfile* p) { p->shares.push_back(0); }, "share_offsets"},
  };
  for (const Case& one : cases) {
    TableProfile damaged = profile;
    one.damage(&damaged);
    try {
      ThereAndBack(damaged, SpecOf(table), directory);
      ADD_FAILURE() << one.message << " was taken";
    } catch (const DataError& error) {
      EXPECT_THAT(error.what(), ::testing::HasSubstr(one.message));
    }
  }
}

}  // namespace
}  // namespace tidewright
