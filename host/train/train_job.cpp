#include "host/train/train_job.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <map>
#include <utility>

#include "host/core/clock.h"
#include "host/core/errors.h"
#include "host/metrics/evaluate.h"
#include "host/metrics/popularity.h"
#include "host/model/artifact.h"
#include "host/model/user_vectors.h"
#include "host/train/artifact_directory.h"
#include "host/train/run_outcome.h"
#include "host/train/trainer.h"
#include "host/train/training_data.h"

namespace tidewright {
namespace {

struct WatchedMetric {
  std::string name;
  int k = 0;
};

WatchedMetric ParseWatchedMetric(const std::string& text) {
  const size_t at = text.find('@');
  WatchedMetric metric{text.substr(0, at), 0};
  const std::vector<std::string>& known = RankingMetricNames();
  if (std::find(known.begin(), known.end(), metric.name) == known.end()) {
    throw UsageError("--validate-metric is '" + text + "'; expected a metric and its cut-off, as " +
                     "in ndcg@20" + DidYouMean(metric.name, known));
  }
  if (at != std::string::npos) {
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + at + 1, end, metric.k);
    if (parsed.ec == std::errc() && parsed.ptr == end && metric.k >= 1 && metric.k <= 1024) {
      return metric;
    }
  }
  throw UsageError("--validate-metric is '" + text +
                   "'; expected a cut-off from 1 to 1024, as in " + metric.name + "@20");
}

// What both the job and its estimate begin with. Everything that can be refused without reading is
// refused first.
struct Start {
  Start(const TrainRequest& request, Algorithm& algorithm, Progress& progress) {
    TrainRequest checked = request;
    CheckFields(FieldsOf(checked), "train");
    CheckFields(algorithm.fields(), algorithm.name());
    metric = ParseWatchedMetric(request.validate_metric);
    std::string reason;
    backend = &ChooseBackend(request.device, &reason);
    seed = static_cast<uint64_t>(IntegerField(algorithm.fields(), "seed", 1));
    data = PrepareTraining(request, seed, progress);
    // Said only now: where the data is refused, that is the only line.
    progress.Note("device: " + reason);
    const std::string settled =
        algorithm.Settle(data.train.rows, data.train.cols, data.train.nnz());
    if (!settled.empty()) progress.Note(settled);
  }

  WatchedMetric metric;
  const Backend* backend = nullptr;
  uint64_t seed = 1;
  TrainingData data;
};

Manifest DescribeRun(const TrainRequest& request, Algorithm& algorithm, const Start& start) {
  Manifest manifest;
  manifest.algorithm = algorithm.name();
  for (const ConfigField& field : algorithm.fields()) {
    manifest.config.emplace_back(field.name, FieldText(field));
  }
  manifest.data_fingerprint = start.data.fingerprint;
  manifest.data_layout = start.data.layout;
  manifest.signals = start.data.signals;
  manifest.aggregation = request.aggregate;
  manifest.split = start.data.split.text;
  manifest.validation_split = start.data.validation_split.text;
  manifest.seed = start.seed;
  manifest.simd = TrainedWith(*start.backend);
  manifest.train_entries = start.data.train.nnz();
  manifest.train_begin = start.data.begin;
  manifest.train_end = start.data.end;
  return manifest;
}

// What a checkpoint must have been made of to be continued here, to the same bytes.
std::string ProblemText(const Manifest& manifest, const TrainRequest& request) {
  std::string text = "algorithm=" + manifest.algorithm + "\ndata=" + manifest.data_fingerprint +
                     "\nsplit=" + manifest.split + "\nvalidate=" + manifest.validation_split +
                     "\nvalidate-metric=" + request.validate_metric +
                     "\npatience=" + std::to_string(request.patience) +
                     "\naggregate=" + manifest.aggregation + "\nsimd=" + manifest.simd + "\n";
  for (const auto& [name, weight] : manifest.signals) {
    text += "signal " + name + "=" + std::to_string(weight) + "\n";
  }
  for (const auto& [name, value] : manifest.config) text += name + "=" + value + "\n";
  return text;
}

// Of the model that is kept, for lists of the watched length: every metric with its interval, and
// how the lists treat the catalogue, which has none.
std::map<std::string, MetricValue> JudgeBest(const Start& start, const Algorithm& algorithm,
                                             const Model& model,
                                             const std::vector<int64_t>& popularity) {
  const auto& factors = std::get<FactorModel>(model);
  const AlignedVector<float> vectors =
      JudgedUserVectors(factors, start.data.validation,
                        [&](const CsrView& rows) { return algorithm.FoldIn(model, rows); });
  EvaluateOptions options;
  options.cutoffs = {start.metric.k};
  options.auc = false;
  options.seed = start.seed;
  RankingReport report = EvaluateRanking(vectors.data(), factors.item_factors.data(), factors.items,
                                         factors.factors, start.data.validation, popularity,
                                         factors.users, start.backend->top_k, options);
  for (const auto& [name, value] : report.exposure) {
    if (std::isfinite(value)) report.metrics[name] = {value, value, value};
  }
  return std::move(report.metrics);
}

}  // namespace

ConfigFields FieldsOf(TrainRequest& request) {
  return {
      {"device", &request.device, "auto, cpu, cuda or cuda:N", 0, 0, {}},
      {"split",
       &request.split,
       "what is kept back for evaluate: none, file, last:N, time:DATE, random:FRACTION, users:N; "
       "auto: the file's own /test where present",
       0,
       0,
       {}},
      {"validate",
       &request.validate,
       "what is kept back of the training part to watch while training; as --split",
       0,
       0,
       {}},
      {"validate-metric", &request.validate_metric, "what is watched there", 0, 0, {}},
      {"patience",
       &request.patience,
       "epochs without a better metric before training stops; 0: never",
       0,
       1e6,
       {}},
      {"aggregate",
       &request.aggregate,
       "how the events of one user and item become one number",
       0,
       0,
       {"sum", "max", "last", "count"}},
      {"item-name",
       &request.item_name,
       "column of /items that people know items by; title, name or description where not given",
       0,
       0,
       {}},
      {"checkpoint-seconds",
       &request.checkpoint_seconds,
       "time between checkpoints; one is always written on SIGTERM",
       0,
       1e9,
       {}},
      {"no-history",
       &request.no_history,
       "leave the training matrix out of the artifact",
       0,
       0,
       {}},
      {"resume", &request.resume, "go on from the checkpoint in DIR.partial", 0, 0, {}},
  };
}

TrainReport RunTrainJob(const TrainRequest& request, Algorithm& algorithm, const StopFlag& stop,
                        Progress& progress) {
  const Clock::time_point begin = Clock::now();
  StageClock clock;
  ArtifactDirectory::Check(WithoutTrailingSlash(request.output), request.resume);
  Start start(request, algorithm, progress);
  const int64_t epochs = IntegerField(algorithm.fields(), "epochs", 1);

  clock.End("read");

  Artifact artifact;
  artifact.manifest = DescribeRun(request, algorithm, start);
  Interactions interactions = Interactions::FromUserRows(std::move(start.data.train));
  clock.End("transpose");
  std::unique_ptr<Solver> solver = algorithm.MakeSolver(*start.backend, interactions);
  const std::string placement = solver->Placement();
  if (!placement.empty()) progress.Note("device memory: " + placement);
  const bool validated = start.data.validation.relevant.rows > 0;
  if (validated) {
    solver->AttachValidation({&start.data.validation, start.metric.name, start.metric.k});
  }
  clock.End("prepare");

  ArtifactDirectory directory(WithoutTrailingSlash(request.output), request.resume, progress);
  TrainerOptions options;
  options.epochs = static_cast<int>(epochs);
  options.patience = static_cast<int>(request.patience);
  options.checkpoint_seconds = request.checkpoint_seconds;
  options.work_directory = directory.work_path();
  options.resume = request.resume;
  options.problem = ProblemText(artifact.manifest, request);
  if (validated) options.metric_name = request.validate_metric;
  TrainOutcome outcome = Train(*solver, options, stop, progress);
  RefuseUnfinished(outcome, epochs, directory.work_path(),
                   "try a larger --regularization or a smaller --alpha");
  clock.End("train");

  solver.reset();
  interactions.by_item = Csr{};
  const std::vector<int64_t> popularity = CountPopularity(interactions.by_user.view());
  if (!request.no_history) artifact.history = std::move(interactions.by_user);
  artifact.model = std::move(*outcome.model);
  artifact.users = std::move(start.data.users);
  artifact.items = std::move(start.data.items);
  artifact.item_names = std::move(start.data.item_names);
  artifact.manifest.epochs = outcome.epochs;
  artifact.manifest.best_epoch = outcome.best_epoch;
  artifact.manifest.loss = outcome.loss;
  if (outcome.best_validation) {
    artifact.manifest.validation_metrics = JudgeBest(start, algorithm, artifact.model, popularity);
  }
  clock.End("evaluate");
  const double seconds = SecondsSince(begin);
  RunRecord record = RecordRun(outcome, *start.backend, seconds);
  record.stage_seconds = clock.stages();
  WriteArtifactFiles(directory.work_path(), artifact, record);
  directory.Commit();
  clock.End("save");
  return {WithoutTrailingSlash(request.output),
          outcome.epochs,
          outcome.best_epoch,
          outcome.loss,
          outcome.best_validation,
          seconds,
          clock.stages(),
          artifact.manifest.split};
}

namespace {

// One part in `parts` of a matrix, with rows as long as before in both directions: every parts-th
// user, and neighbouring items taken for one.
Csr ThinOut(const Csr& matrix, int64_t parts) {
  Csr thin;
  thin.cols = (matrix.cols + parts - 1) / parts;
  for (int64_t row = 0; row < matrix.rows; row += parts) {
    const size_t first = thin.ids.size();
    for (int64_t k = matrix.offsets[row]; k < matrix.offsets[row + 1]; ++k) {
      const auto id = static_cast<int32_t>(matrix.ids[k] / parts);
      if (thin.ids.size() > first && thin.ids.back() == id) continue;
      thin.ids.push_back(id);
      thin.values.push_back(matrix.values[k]);
    }
    thin.offsets.push_back(static_cast<int64_t>(thin.ids.size()));
    ++thin.rows;
  }
  return thin;
}

// The second of two epochs: the first also touches memory and starts threads.
double MeasureEpoch(const Backend& backend, const Algorithm& algorithm, const Interactions& data) {
  const std::unique_ptr<Solver> solver = algorithm.MakeSolver(backend, data);
  const StopFlag never;
  solver->RunEpoch(never);
  const Clock::time_point begin = Clock::now();
  solver->RunEpoch(never);
  return SecondsSince(begin);
}

struct SampledEpoch {
  double flops = 0;
  double seconds = 0;
};

// An epoch's time is a part that does not grow with the data (decompositions of f x f matrices) and
// one that grows with its operations; two sizes tell them apart, where noise leaves them in order.
double Extrapolate(const SampledEpoch& small, const SampledEpoch& large, double flops) {
  const double slope = (large.seconds - small.seconds) / (large.flops - small.flops);
  if (!(slope > 0)) return flops * large.seconds / large.flops;
  return std::min(large.seconds + slope * (flops - large.flops),
                  flops * large.seconds / large.flops);
}

}  // namespace

TrainEstimate EstimateTrainJob(const TrainRequest& request, Algorithm& algorithm,
                               Progress& progress) {
  constexpr double kSampleFlops = 2e10;
  constexpr int64_t kProgramBytes = 24'000'000;  // without data: code, libraries, threads
  Start start(request, algorithm, progress);
  const Csr& train = start.data.train;
  const auto estimate = [&](int64_t users, int64_t items, int64_t entries) {
    return algorithm.Estimate(*start.backend, users, items, entries);
  };
  const CostEstimate cost = estimate(train.rows, train.cols, train.nnz());
  TrainEstimate result;
  result.users = train.rows;
  result.items = train.cols;
  result.entries = train.nnz();
  const int64_t entry_bytes = sizeof(int32_t) + sizeof(float);
  result.host_bytes = kProgramBytes + std::max(cost.host_bytes, start.data.decoded_bytes +
                                                                    train.nnz() * entry_bytes);
  result.device_bytes = cost.device_bytes;
  result.placement = cost.placement;
  result.flops_per_epoch = cost.flops_per_epoch;
  result.epochs = IntegerField(algorithm.fields(), "epochs", 1);
  while (
      estimate(train.rows / result.sample, train.cols / result.sample, train.nnz() / result.sample)
              .flops_per_epoch > kSampleFlops &&
      result.sample < train.rows && result.sample < train.cols) {
    result.sample *= 2;
  }
  const auto measure = [&](int64_t parts) {
    const Interactions data = Interactions::FromUserRows(ThinOut(train, parts));
    const CostEstimate part = estimate(data.by_user.rows, data.by_user.cols, data.by_user.nnz());
    return SampledEpoch{part.flops_per_epoch, MeasureEpoch(*start.backend, algorithm, data)};
  };
  const SampledEpoch sampled = measure(result.sample);
  result.seconds_per_epoch =
      result.sample == 1 ? sampled.seconds
                         : Extrapolate(measure(2 * result.sample), sampled, cost.flops_per_epoch);
  return result;
}

}  // namespace tidewright
