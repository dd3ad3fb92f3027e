#include "host/train/trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <limits>

#include "host/core/errors.h"
#include "host/model/model_file.h"
#include "host/train/checkpoint.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;

constexpr int kBlocks = 3;

// Ten numbers that each block of an epoch changes in its own way; the loss and the metric are read
// off a table. After `blocks_until_stop` blocks in all it requests a stop, as a signal would.
class FakeSolver : public Solver {
 public:
  FakeSolver(std::vector<double> metrics, StopFlag* stop = nullptr, int blocks_until_stop = -1)
      : metrics_(std::move(metrics)), stop_(stop), blocks_left_(blocks_until_stop) {
    for (int i = 0; i < 10; ++i) values_.push_back(static_cast<float>(i));
  }

  void AttachValidation(const ValidationSet&) override {}

  EpochStats RunEpoch(const StopFlag& stop) override {
    while (block_ < kBlocks) {
      if (stop.requested()) return {};
      for (float& value : values_) {
        value = value * 0.7f + 1.0f / static_cast<float>(1 + block_ + kBlocks * epoch_);
      }
      sum_ += values_[0];
      ++block_;
      if (--blocks_left_ == 0) stop_->Request();
    }
    block_ = 0;
    ++epoch_;
    EpochStats stats;
    stats.finished = true;
    stats.loss = epoch_ == diverge_at ? std::numeric_limits<double>::infinity() : sum_ / epoch_;
    if (!metrics_.empty()) stats.validation = metrics_.at(static_cast<size_t>(epoch_) - 1);
    return stats;
  }

  Model Snapshot() const override {
    FactorModel model;
    model.users = 1;
    model.factors = 10;
    model.user_factors = values_;
    model.item_gramian.assign(100, 0);
    return model;
  }

  State Save() const override {
    State state;
    state.integers = {{"epoch", epoch_}, {"block", block_}};
    state.numbers = {{"sum", sum_}};
    state.floats["values"] = values_;
    return state;
  }

  void Restore(const State& state) override {
    epoch_ = static_cast<int>(state.integers.at("epoch"));
    block_ = static_cast<int>(state.integers.at("block"));
    sum_ = state.numbers.at("sum");
    values_ = state.floats.at("values");
  }

  int diverge_at = 0;

 private:
  std::vector<double> metrics_;
  StopFlag* stop_;
  int blocks_left_;
  int epoch_ = 0;
  int block_ = 0;
  double sum_ = 0;
  AlignedVector<float> values_;
};

class RecordingProgress : public Progress {
 public:
  void Epoch(const EpochProgress& epoch) override { epochs.push_back(epoch); }
  std::vector<EpochProgress> epochs;
};

TrainerOptions Options(int epochs, const std::string& work = "", bool validated = true) {
  TrainerOptions options;
  options.epochs = epochs;
  options.work_directory = work;
  options.problem = "factors=10\nseed=1\n";
  if (validated) options.metric_name = "ndcg@20";
  return options;
}

std::string ModelText(const Model& model) { return ArraysChecksum(ModelArrays(model, "")); }

// The model after `epochs` whole epochs.
std::string ModelAfter(int epochs) {
  FakeSolver solver({});
  const StopFlag stop;
  for (int epoch = 0; epoch < epochs; ++epoch) solver.RunEpoch(stop);
  return ModelText(solver.Snapshot());
}

const std::vector<double> kMetrics{0.1, 0.3, 0.25, 0.3, 0.4, 0.2, 0.1, 0.05};

TEST(Trainer, WithoutValidationTheLastEpochIsTheModel) {
  FakeSolver solver({});
  RecordingProgress progress;
  const TrainOutcome outcome = Train(solver, Options(4, "", false), StopFlag(), progress);
  EXPECT_EQ(outcome.status, TrainStatus::kDone);
  EXPECT_EQ(outcome.epochs, 4);
  EXPECT_EQ(outcome.best_epoch, 4);
  EXPECT_FALSE(outcome.best_validation.has_value());
  EXPECT_EQ(ModelText(*outcome.model), ModelAfter(4));
  EXPECT_EQ(outcome.loss, progress.epochs.back().loss);
}

TEST(Trainer, KeepsTheBestEpochAndTheFirstOfEquals) {
  FakeSolver solver(kMetrics);
  RecordingProgress progress;
  const TrainOutcome outcome = Train(solver, Options(4), StopFlag(), progress);
  EXPECT_EQ(outcome.epochs, 4);
  EXPECT_EQ(outcome.best_epoch, 2);
  EXPECT_EQ(*outcome.best_validation, 0.3);
  EXPECT_EQ(ModelText(*outcome.model), ModelAfter(2));
  EXPECT_EQ(outcome.loss, progress.epochs[1].loss);
  ASSERT_EQ(progress.epochs.size(), 4u);
  EXPECT_TRUE(progress.epochs[0].best && progress.epochs[1].best);
  EXPECT_FALSE(progress.epochs[2].best || progress.epochs[3].best);
  EXPECT_EQ(progress.epochs[0].validation_name, "ndcg@20");
  EXPECT_GT(progress.epochs[0].seconds_left, 0);
  EXPECT_EQ(progress.epochs[3].seconds_left, 0);
}

TEST(Trainer, StopsWhenPatienceIsSpent) {
  for (const auto& [patience, epochs, best] :
       std::vector<std::array<int, 3>>{{1, 3, 2}, {2, 4, 2}, {3, 8, 5}, {0, 8, 5}}) {
    FakeSolver solver(kMetrics);
    TrainerOptions options = Options(8);
    options.patience = patience;
    const TrainOutcome outcome = Train(solver, options, StopFlag(), SilentProgress());
    EXPECT_EQ(outcome.status, TrainStatus::kDone);
    EXPECT_EQ(outcome.epochs, epochs) << patience;
    EXPECT_EQ(outcome.best_epoch, best) << patience;
    EXPECT_EQ(ModelText(*outcome.model), ModelAfter(best)) << patience;
  }
}

TEST(Trainer, AMetricThatIsNotANumberIsNeverTheBest) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  FakeSolver solver({nan, 0.1, nan, 0.05});
  const TrainOutcome outcome = Train(solver, Options(4), StopFlag(), SilentProgress());
  EXPECT_EQ(outcome.best_epoch, 2);
}

TEST(Trainer, WritesOneLineAnEpochWithoutTimes) {
  const TempDirectory dir;
  FakeSolver solver(kMetrics);
  RecordingProgress progress;
  Train(solver, Options(2, dir.path()), StopFlag(), progress);
  const std::string text = ReadWholeFile(dir.File("metrics.jsonl"));
  EXPECT_EQ(text.substr(0, text.find("\"loss\"")), "{\"epoch\":1,");
  EXPECT_THAT(text, HasSubstr(",\"ndcg@20\":0.1}\n{\"epoch\":2,\"loss\":"));
  EXPECT_EQ(text.substr(text.size() - 16), ",\"ndcg@20\":0.3}\n");
  EXPECT_EQ(text.find("seconds"), std::string::npos);
}

// Stopped after every number of blocks there is, then resumed (or stopped once more, then resumed).
TEST(Trainer, ResumedAfterAnyStopItEndsWithTheSameBytes) {
  for (const bool validated : {true, false}) {
    TrainerOptions options = Options(validated ? 8 : 4, "", validated);
    options.patience = 3;
    const std::vector<double> metrics = validated ? kMetrics : std::vector<double>();
    const TempDirectory whole;
    options.work_directory = whole.path();
    FakeSolver whole_solver(metrics);
    const TrainOutcome expected = Train(whole_solver, options, StopFlag(), SilentProgress());
    const std::string expected_metrics = ReadWholeFile(whole.File("metrics.jsonl"));
    const int all_blocks = expected.epochs * kBlocks;
    for (int first = 1; first < all_blocks; ++first) {
      for (const int second : validated ? std::vector<int>{-1, 4} : std::vector<int>{-1}) {
        const TempDirectory dir;
        options.work_directory = dir.path();
        options.resume = false;
        StopFlag first_stop;
        FakeSolver solver(metrics, &first_stop, first);
        const TrainOutcome stopped = Train(solver, options, first_stop, SilentProgress());
        ASSERT_EQ(stopped.status, TrainStatus::kPreempted) << first;
        EXPECT_EQ(stopped.epochs, first / kBlocks);
        EXPECT_FALSE(stopped.model.has_value());

        options.resume = true;
        StopFlag second_stop;
        FakeSolver again(metrics, &second_stop, second);
        TrainOutcome outcome = Train(again, options, second_stop, SilentProgress());
        if (outcome.status == TrainStatus::kPreempted) {
          FakeSolver last(metrics);
          outcome = Train(last, options, StopFlag(), SilentProgress());
        }
        ASSERT_EQ(outcome.status, TrainStatus::kDone) << first;
        EXPECT_EQ(outcome.epochs, expected.epochs);
        EXPECT_EQ(outcome.best_epoch, expected.best_epoch);
        EXPECT_EQ(outcome.loss, expected.loss);
        EXPECT_EQ(outcome.best_validation, expected.best_validation);
        EXPECT_EQ(ModelText(*outcome.model), ModelText(*expected.model)) << first;
        EXPECT_EQ(ReadWholeFile(dir.File("metrics.jsonl")), expected_metrics) << first;
        EXPECT_EQ(outcome.epoch_seconds.size(), expected.epoch_seconds.size());
      }
    }
  }
}

// Killed without warning: the checkpoint is older than metrics.jsonl, whose last line may be half.
TEST(Trainer, ResumedFromAnOlderCheckpointItWritesTheMetricsAgain) {
  const TempDirectory whole;
  FakeSolver whole_solver(kMetrics);
  const TrainOutcome expected =
      Train(whole_solver, Options(6, whole.path()), StopFlag(), SilentProgress());

  const TempDirectory dir;
  TrainerOptions options = Options(6, dir.path());
  StopFlag stop;
  FakeSolver solver(kMetrics, &stop, 2 * kBlocks);
  Train(solver, options, stop, SilentProgress());
  WriteWholeFile(dir.File("metrics.jsonl"),
                 ReadWholeFile(dir.File("metrics.jsonl")) + "{\"epoch\":3,\"loss\":1}\n{\"epo");
  options.resume = true;
  FakeSolver again(kMetrics);
  const TrainOutcome outcome = Train(again, options, StopFlag(), SilentProgress());
  EXPECT_EQ(ModelText(*outcome.model), ModelText(*expected.model));
  EXPECT_EQ(ReadWholeFile(dir.File("metrics.jsonl")), ReadWholeFile(whole.File("metrics.jsonl")));
}

TEST(Trainer, WritesCheckpointsAtIntervals) {
  for (const double seconds : {0.0, 1000.0}) {
    const TempDirectory dir;
    FakeSolver solver(kMetrics);
    TrainerOptions options = Options(3, dir.path());
    options.checkpoint_seconds = seconds;
    Train(solver, options, StopFlag(), SilentProgress());
    EXPECT_EQ(std::filesystem::exists(dir.File(kCheckpointName)), seconds == 0.0);
    if (seconds > 0) continue;
    TrainerState trainer;
    State state;
    ReadCheckpoint(dir.File(kCheckpointName), &trainer, &state);
    EXPECT_EQ(trainer.finished(), 2);
    options.resume = true;
    FakeSolver again(kMetrics);
    EXPECT_EQ(ModelText(*Train(again, options, StopFlag(), SilentProgress()).model), ModelAfter(2));
  }
}

TEST(Trainer, AStopThatWasRequestedBeforeItBeganLeavesACheckpointOfEpochNone) {
  const TempDirectory dir;
  StopFlag stop;
  stop.Request();
  TrainerOptions options = Options(2, dir.path());
  FakeSolver solver(kMetrics);
  EXPECT_EQ(Train(solver, options, stop, SilentProgress()).status, TrainStatus::kPreempted);
  options.resume = true;
  FakeSolver again(kMetrics);
  const TrainOutcome outcome = Train(again, options, StopFlag(), SilentProgress());
  EXPECT_EQ(ModelText(*outcome.model), ModelAfter(2));
}

TEST(Trainer, ALossThatIsNotFiniteEndsTheRunWithoutAModel) {
  const TempDirectory dir;
  FakeSolver solver(kMetrics);
  solver.diverge_at = 2;
  const TrainOutcome outcome = Train(solver, Options(4, dir.path()), StopFlag(), SilentProgress());
  EXPECT_EQ(outcome.status, TrainStatus::kDiverged);
  EXPECT_EQ(outcome.epochs, 2);
  EXPECT_FALSE(outcome.model.has_value());
  EXPECT_THAT(ReadWholeFile(dir.File("metrics.jsonl")), HasSubstr("{\"epoch\":2,\"loss\":null"));
}

TEST(Trainer, ACheckpointOfAnotherProblemIsRefusedNamingWhatDiffers) {
  const TempDirectory dir;
  StopFlag stop;
  stop.Request();
  TrainerOptions options = Options(2, dir.path());
  FakeSolver solver(kMetrics);
  Train(solver, options, stop, SilentProgress());
  options.resume = true;
  const auto error_of = [&](const std::string& problem, const std::string& metric) {
    options.problem = problem;
    options.metric_name = metric;
    const std::string before = ReadWholeFile(dir.File(kCheckpointName));
    std::string message;
    try {
      FakeSolver again(kMetrics);
      Train(again, options, StopFlag(), SilentProgress());
    } catch (const UsageError& error) {
      message = error.what();
    }
    EXPECT_EQ(ReadWholeFile(dir.File(kCheckpointName)), before);
    return message;
  };
  EXPECT_THAT(error_of("factors=32\nsplit=last:1\n", "ndcg@20"),
              HasSubstr("another problem (factors was 10, is 32; seed was 1, is not set; split was "
                        "not set, is last:1)"));
  EXPECT_THAT(error_of("d41d8cd9", "ndcg@20"), HasSubstr("another problem"));
  EXPECT_THAT(error_of("factors=10\nseed=1\n", ""),
              HasSubstr("its validation metric was ndcg@20, is none"));
  EXPECT_EQ(error_of("factors=10\nseed=1\n", "ndcg@20"), "");
}

}  // namespace
}  // namespace tidewright
