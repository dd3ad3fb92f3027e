#include "host/train/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>

#include "host/core/errors.h"
#include "host/model/model_file.h"
#include "tests/support/run_cli.h"
#include "tests/support/small_artifact.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;

TrainerState SomeTrainer() {
  TrainerState trainer;
  trainer.problem = "factors=4\nseed=1\n";
  trainer.metric_name = "ndcg@20";
  trainer.losses = {3.0, 1.0 / 3.0, 0.1};
  trainer.validations = {0.1, 0.2, 0.15};
  trainer.epoch_seconds = {1.5, 2, 0.25};
  trainer.partial_seconds = 0.125;
  trainer.best_epoch = 2;
  trainer.best = SmallArtifact(1).model;
  return trainer;
}

State SomeState() {
  State state;
  state.integers = {{"epoch", 3}, {"block", INT64_MIN}};
  state.numbers = {{"loss", 1.0 / 3.0}, {"nan", std::bit_cast<double>(0x7ff80000deadbeefull)}};
  state.floats["user_factors"] = {1.0f, -0.0f, std::numeric_limits<float>::denorm_min()};
  state.floats["empty"] = {};
  state.doubles["sums"] = {0.1, -0.2};
  return state;
}

template <class Map>
bool SameBits(const Map& a, const Map& b) {
  if (a.size() != b.size()) return false;
  for (const auto& [name, values] : a) {
    const auto found = b.find(name);
    if (found == b.end() || found->second.size() != values.size()) return false;
    if (!values.empty() &&
        std::memcmp(values.data(), found->second.data(), values.size() * sizeof(values[0])) != 0) {
      return false;
    }
  }
  return true;
}

TEST(Checkpoint, GivesEveryBitBack) {
  const TempDirectory dir;
  WriteCheckpoint(dir.File("c"), SomeTrainer(), SomeState());
  TrainerState trainer;
  State state;
  ReadCheckpoint(dir.File("c"), &trainer, &state);
  const TrainerState expected = SomeTrainer();
  EXPECT_EQ(trainer.problem, expected.problem);
  EXPECT_EQ(trainer.metric_name, expected.metric_name);
  EXPECT_EQ(trainer.losses, expected.losses);
  EXPECT_EQ(trainer.validations, expected.validations);
  EXPECT_EQ(trainer.epoch_seconds, expected.epoch_seconds);
  EXPECT_EQ(trainer.partial_seconds, expected.partial_seconds);
  EXPECT_EQ(trainer.best_epoch, 2);
  EXPECT_EQ(ArraysChecksum(ModelArrays(*trainer.best, "")),
            ArraysChecksum(ModelArrays(*expected.best, "")));
  const State expected_state = SomeState();
  EXPECT_EQ(state.integers, expected_state.integers);
  ASSERT_EQ(state.numbers.size(), 2u);
  for (const auto& [name, value] : expected_state.numbers) {
    EXPECT_EQ(std::bit_cast<uint64_t>(state.numbers.at(name)), std::bit_cast<uint64_t>(value));
  }
  EXPECT_TRUE(SameBits(state.floats, expected_state.floats));
  EXPECT_TRUE(SameBits(state.doubles, expected_state.doubles));
  EXPECT_FALSE(std::filesystem::exists(dir.File("c") + kTemporarySuffix));
}

TEST(Checkpoint, ADamagedOneIsRefused) {
  const TempDirectory dir;
  WriteCheckpoint(dir.File("c"), SomeTrainer(), SomeState());
  const std::string good = ReadWholeFile(dir.File("c"));
  TrainerState trainer;
  State state;
  for (size_t cut = 0; cut < good.size(); cut += 37) {
    WriteWholeFile(dir.File("c"), good.substr(0, cut));
    EXPECT_THROW(ReadCheckpoint(dir.File("c"), &trainer, &state), DataError) << cut;
  }
  for (size_t at = good.size() - 300; at < good.size(); at += 11) {
    std::string bad = good;
    bad[at] ^= 1;
    WriteWholeFile(dir.File("c"), bad);
    try {
      ReadCheckpoint(dir.File("c"), &trainer, &state);
      ADD_FAILURE() << at;
    } catch (const DataError& error) {
      EXPECT_THAT(error.what(), HasSubstr(dir.File("c") + ": its checksum does not hold"));
    }
  }
  EXPECT_THROW(ReadCheckpoint(dir.File("none"), &trainer, &state), IoError);
}

}  // namespace
}  // namespace tidewright
