#include "host/train/warm_start.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "host/core/config.h"
#include "host/core/errors.h"
#include "host/core/time.h"

namespace tidewright {
namespace {

// Cutoffs that the model, or one before it, was trained on.
std::set<int64_t> CutoffsOf(const Manifest& manifest) {
  std::set<int64_t> cutoffs;
  if (manifest.pipeline) {
    cutoffs.insert(manifest.pipeline->train_cutoffs.begin(),
                   manifest.pipeline->train_cutoffs.end());
  }
  if (manifest.warm_start) {
    cutoffs.insert(manifest.warm_start->cutoffs.begin(), manifest.warm_start->cutoffs.end());
  }
  return cutoffs;
}

std::string SignalsText(const SnapshotSpec& spec) {
  std::set<std::string> signals;
  for (const SignalWeight& signal : spec.signals) {
    if (signal.weight == 0) continue;
    double weight = signal.weight;
    signals.insert(signal.name + "=" + FieldText({"", &weight, "", 0, 0, {}}));
  }
  std::string text;
  for (const std::string& signal : signals) text += (text.empty() ? "" : ",") + signal;
  return text;
}

bool SameBgnbd(const BgnbdModel& one, const BgnbdModel& other) {
  const auto key = [](const BgnbdModel& model) {
    const BgnbdParameters& p = model.parameters;
    return std::tuple(p.r, p.alpha, p.a, p.b, model.unit, model.merge, model.cutoff);
  };
  return key(one) == key(other);
}

bool SameFactors(const FeatureFactors& one, const FeatureFactors& other) {
  return one.config == other.config && one.data_fingerprint == other.data_fingerprint &&
         one.train_end == other.train_end;
}

// Of two artifacts of the same columns: that these say the same.
void CheckPipelines(const std::string& option, const Artifact& start, const Manifest& manifest,
                    const std::optional<FeatureFactors>& factors) {
  const PipelineRecord& old_one = *start.manifest.pipeline;
  const PipelineRecord& new_one = *manifest.pipeline;
  const SnapshotSpec& was = old_one.snapshot;
  const SnapshotSpec& is = new_one.snapshot;
  const auto expect = [&](const std::string& what, const std::string& had,
                          const std::string& wanted) {
    if (had == wanted) return;
    throw UsageError(option + " was trained with " + what + " " + had + "; expected " + wanted +
                     ", as here");
  };
  expect("--horizon", FormatDuration(was.horizon), FormatDuration(is.horizon));
  expect("--gap", FormatDuration(was.gap), FormatDuration(is.gap));
  expect("--window", FormatDuration(was.window), FormatDuration(is.window));
  expect("the signals", SignalsText(was), SignalsText(is));
  if (start.factors && factors && !SameFactors(*start.factors, *factors)) {
    throw UsageError(option + " was trained with other --factors; expected the same artifact");
  }
  if (old_one.bgnbd && new_one.bgnbd && !SameBgnbd(old_one.bgnbd->model, new_one.bgnbd->model)) {
    throw UsageError(option + " was trained with another --bgnbd; expected the same artifact");
  }
}

// The same rows, kept back by the same draw.
bool KeptBackTheSame(const Manifest& start, const Manifest& manifest) {
  const bool earlier = start.warm_start && std::count(start.warm_start->fingerprints.begin(),
                                                      start.warm_start->fingerprints.end(),
                                                      manifest.data_fingerprint) > 0;
  return !earlier && start.data_fingerprint == manifest.data_fingerprint &&
         start.validation_split == manifest.validation_split && start.seed == manifest.seed;
}

void RefuseLeaks(const std::string& option, const Manifest& start, const Manifest& manifest) {
  const bool same_rows =
      HasLearnedFrom(start, manifest.data_fingerprint) ||
      (manifest.pipeline && HasLearnedFrom(start, manifest.pipeline->log_fingerprint));
  if (manifest.validation_split != "none" && same_rows && !KeptBackTheSame(start, manifest)) {
    throw UsageError(
        "--validate cannot watch a --warm-start that has learned from the rows it "
        "keeps back; train the start with the same --validate and --seed, or judge "
        "by " +
        std::string(manifest.pipeline ? "--cutoffs" : "--test"));
  }
  const std::optional<int64_t> end = LabelsEnd(start);
  if (manifest.pipeline && manifest.pipeline->test_cutoff && end &&
      *end > *manifest.pipeline->test_cutoff) {
    throw UsageError(option + " was trained on what customers did up to " + FormatTime(*end) +
                     ", after the test cutoff " + FormatTime(*manifest.pipeline->test_cutoff) +
                     "; expected one whose cutoffs and horizons end by then");
  }
}

EarlierTraining TrainingUpTo(const Manifest& start, const Manifest& manifest) {
  std::set<std::string> fingerprints = {start.data_fingerprint};
  if (start.pipeline) fingerprints.insert(start.pipeline->log_fingerprint);
  if (start.warm_start) {
    fingerprints.insert(start.warm_start->fingerprints.begin(),
                        start.warm_start->fingerprints.end());
  }
  // The model's own data is named already, with what was kept back of it.
  if (KeptBackTheSame(start, manifest)) fingerprints.erase(manifest.data_fingerprint);
  const std::set<int64_t> cutoffs = CutoffsOf(start);
  return {{fingerprints.begin(), fingerprints.end()}, {cutoffs.begin(), cutoffs.end()}};
}

}  // namespace

bool HasLearnedFrom(const Manifest& manifest, const std::string& fingerprint) {
  if (fingerprint == manifest.data_fingerprint) return true;
  if (manifest.pipeline && fingerprint == manifest.pipeline->log_fingerprint) return true;
  if (!manifest.warm_start) return false;
  const std::vector<std::string>& earlier = manifest.warm_start->fingerprints;
  return std::find(earlier.begin(), earlier.end(), fingerprint) != earlier.end();
}

std::optional<int64_t> LabelsEnd(const Manifest& manifest) {
  const std::set<int64_t> cutoffs = CutoffsOf(manifest);
  if (!manifest.pipeline || cutoffs.empty()) return std::nullopt;
  const SnapshotSpec& spec = manifest.pipeline->snapshot;
  return *cutoffs.rbegin() + spec.gap + spec.horizon;
}

Artifact LoadWarmStart(const std::string& directory, const std::string& data,
                       const std::optional<FeatureFactors>& factors, Manifest* manifest) {
  Artifact start = LoadArtifact(directory);
  const std::string option = "--warm-start " + directory;
  const FeatureSpec& had = FeaturesOf(start, directory);
  const FeatureSpec& wanted = *manifest->features;
  if (start.manifest.algorithm != manifest->algorithm || had.columns != wanted.columns) {
    throw UsageError(option + " holds " + start.manifest.algorithm + " of " +
                     std::to_string(had.columns.size()) + " columns; expected " +
                     manifest->algorithm + " of the columns and categories of " + data);
  }
  if (start.manifest.data_layout != manifest->data_layout) {
    throw UsageError(option + " was trained on a" +
                     (start.manifest.pipeline ? "n event log" : " feature table") + "; expected a" +
                     (manifest->pipeline ? "n event log" : " feature table") + ", as " + data +
                     " is");
  }
  if (manifest->pipeline) CheckPipelines(option, start, *manifest, factors);
  if (had.label_name != wanted.label_name) {
    throw UsageError(option + " was trained on the label '" + had.label_name + "'; expected '" +
                     wanted.label_name + "', as " + data + " has it here");
  }
  RefuseLeaks(option, start.manifest, *manifest);
  manifest->warm_start = TrainingUpTo(start.manifest, *manifest);
  return start;
}

void WarnOfTest(const Manifest& manifest, const FeatureTable& test, Progress& progress) {
  if (!HasLearnedFrom(manifest, test.fingerprint)) return;
  progress.Warn("--test " + test.path +
                " is what the model is trained on: what the test says is too good; judge it by "
                "another table, or train with --cross-validate");
}

}  // namespace tidewright
