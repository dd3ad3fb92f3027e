#include "host/train/trainer.h"

#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <sstream>

#include "host/core/atomic_file.h"
#include "host/core/clock.h"
#include "host/core/errors.h"
#include "host/train/checkpoint.h"

namespace tidewright {
namespace {

// The lines "name=value"; a hash is no such line.
std::map<std::string, std::string> LinesOf(const std::string& problem) {
  std::map<std::string, std::string> lines;
  std::istringstream text(problem);
  for (std::string line; std::getline(text, line);) {
    const size_t equals = line.find('=');
    if (equals != std::string::npos) lines[line.substr(0, equals)] = line.substr(equals + 1);
  }
  return lines;
}

// "factors was 64, is 32; seed was 1, is 2".
std::string Differences(const std::string& was, const std::string& is) {
  const auto old_lines = LinesOf(was);
  const auto new_lines = LinesOf(is);
  std::string text;
  const auto add = [&](const std::string& difference) {
    text += (text.empty() ? "" : "; ") + difference;
  };
  for (const auto& [name, value] : old_lines) {
    const auto found = new_lines.find(name);
    if (found == new_lines.end()) {
      add(name + " was " + value + ", is not set");
    } else if (found->second != value) {
      add(name + " was " + value + ", is " + found->second);
    }
  }
  for (const auto& [name, value] : new_lines) {
    if (old_lines.count(name) == 0) add(name + " was not set, is " + value);
  }
  return text.empty() ? "data, configuration or split differ" : text;
}

class Training {
 public:
  Training(Solver& solver, const TrainerOptions& options, const StopFlag& stop, Progress& progress)
      : solver_(solver), options_(options), stop_(stop), progress_(progress) {}

  TrainOutcome Run() {
    if (options_.resume) Resume();
    state_.problem = options_.problem;
    state_.metric_name = options_.metric_name;
    OpenMetrics();
    last_checkpoint_ = Clock::now();
    while (!Complete()) {
      if (stop_.requested()) return Preempt();
      const Clock::time_point begin = Clock::now();
      const EpochStats stats = solver_.RunEpoch(stop_);
      state_.partial_seconds += SecondsSince(begin);
      if (!stats.finished) return Preempt();
      Record(stats);
      if (!std::isfinite(stats.loss)) return Outcome(TrainStatus::kDiverged);
      if (!Complete() && SecondsSince(last_checkpoint_) >= options_.checkpoint_seconds) Save();
    }
    TrainOutcome outcome = Outcome(TrainStatus::kDone);
    outcome.model = state_.best ? std::move(state_.best) : solver_.Release();
    return outcome;
  }

 private:
  bool Writes() const { return !options_.work_directory.empty(); }
  std::string File(const std::string& name) const { return options_.work_directory + "/" + name; }

  bool Complete() const {
    const bool patience_spent = options_.patience > 0 && state_.best_epoch > 0 &&
                                state_.finished() - state_.best_epoch >= options_.patience;
    return state_.finished() >= options_.epochs || patience_spent || converged_;
  }

  bool IsBetter(double metric, double than) const {
    return options_.smaller_is_better ? metric < than : metric > than;
  }

  void Resume() {
    const std::string path = File(kCheckpointName);
    State solver_state;
    ReadCheckpoint(path, &state_, &solver_state);
    if (state_.problem != options_.problem) {
      throw UsageError("cannot resume from " + path + ": it is of another problem (" +
                       Differences(state_.problem, options_.problem) +
                       "); give what it was begun with, or run without --resume");
    }
    if (state_.metric_name != options_.metric_name) {
      const auto named = [](const std::string& name) { return name.empty() ? "none" : name; };
      throw UsageError("cannot resume from " + path + ": its validation metric was " +
                       named(state_.metric_name) + ", is " + named(options_.metric_name));
    }
    solver_.Restore(solver_state);
  }

  std::string MetricsLine(int epoch) const {
    nlohmann::ordered_json line;
    line["epoch"] = epoch;
    line["loss"] = state_.losses[static_cast<size_t>(epoch) - 1];
    const double validation = state_.validations[static_cast<size_t>(epoch) - 1];
    if (!std::isnan(validation) && !options_.metric_name.empty())
      line[options_.metric_name] = validation;
    return line.dump() + "\n";
  }

  // Written again from the checkpoint: the lines of epochs that a killed run had finished after it
  // go, and nothing depends on what the file held.
  void OpenMetrics() {
    if (!Writes()) return;
    metrics_.emplace(File("metrics.jsonl"));
    for (int epoch = 1; epoch <= state_.finished(); ++epoch) AppendMetrics(epoch);
  }

  void AppendMetrics(int epoch) {
    if (!metrics_) return;
    const std::string line = MetricsLine(epoch);
    metrics_->Write(line.data(), static_cast<int64_t>(line.size()));
  }

  void Record(const EpochStats& stats) {
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    const double validation = stats.validation.value_or(kNone);
    state_.losses.push_back(stats.loss);
    state_.validations.push_back(validation);
    state_.epoch_seconds.push_back(state_.partial_seconds);
    state_.partial_seconds = 0;
    converged_ = stats.converged;
    const int epoch = state_.finished();
    const bool better =
        std::isfinite(stats.loss) && !std::isnan(validation) &&
        (state_.best_epoch == 0 || IsBetter(validation, state_.validations[state_.best_epoch - 1]));
    if (better) {
      state_.best_epoch = epoch;
      state_.best = solver_.Snapshot();
    }
    AppendMetrics(epoch);

    EpochProgress report;
    report.epoch = epoch;
    report.epochs = options_.epochs;
    report.loss = stats.loss;
    report.validation = stats.validation;
    report.validation_name = options_.metric_name;
    report.best = better;
    report.seconds = state_.epoch_seconds.back();
    const double total =
        std::accumulate(state_.epoch_seconds.begin(), state_.epoch_seconds.end(), 0.0);
    report.seconds_left = Complete() ? 0 : total / epoch * (options_.epochs - epoch);
    progress_.Epoch(report);
  }

  void Save() {
    if (!Writes()) return;
    WriteCheckpoint(File(kCheckpointName), state_, solver_.Save());
    last_checkpoint_ = Clock::now();
  }

  TrainOutcome Preempt() {
    Save();
    return Outcome(TrainStatus::kPreempted);
  }

  TrainOutcome Outcome(TrainStatus status) const {
    TrainOutcome outcome;
    outcome.status = status;
    outcome.epochs = state_.finished();
    outcome.best_epoch = state_.best_epoch > 0 ? state_.best_epoch : state_.finished();
    if (outcome.best_epoch > 0) outcome.loss = state_.losses[outcome.best_epoch - 1];
    if (state_.best_epoch > 0) outcome.best_validation = state_.validations[state_.best_epoch - 1];
    outcome.epoch_seconds = state_.epoch_seconds;
    return outcome;
  }

  Solver& solver_;
  const TrainerOptions& options_;
  const StopFlag& stop_;
  Progress& progress_;
  TrainerState state_;
  bool converged_ = false;
  std::optional<OutputFile> metrics_;
  Clock::time_point last_checkpoint_;
};

}  // namespace

TrainOutcome Train(Solver& solver, const TrainerOptions& options, const StopFlag& stop,
                   Progress& progress) {
  return Training(solver, options, stop, progress).Run();
}

}  // namespace tidewright
