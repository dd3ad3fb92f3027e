#include "host/train/evaluate_job.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "host/backend/backend.h"
#include "host/core/errors.h"
#include "host/data/hdf5/dataset_file.h"
#include "host/data/split.h"
#include "host/metrics/popularity.h"
#include "host/model/artifact.h"
#include "host/model/user_vectors.h"
#include "host/train/algorithms.h"
#include "host/train/id_match.h"
#include "host/train/training_data.h"

namespace tidewright {
namespace {

std::vector<int> Cutoffs(const EvaluateRequest& request) {
  std::vector<int> cutoffs;
  const char* at = request.k.data();
  const char* end = at + request.k.size();
  while (at < end) {
    int k = 0;
    const auto parsed = std::from_chars(at, end, k);
    const bool whole = parsed.ec == std::errc() && (parsed.ptr == end || *parsed.ptr == ',');
    if (!whole || k < 1 || k > 1024) {
      throw UsageError("--k is '" + request.k +
                       "'; expected cut-offs from 1 to 1024, as in 10,20,50");
    }
    cutoffs.push_back(k);
    at = parsed.ptr == end ? end : parsed.ptr + 1;
  }
  for (const Requirement& requirement : request.requirements) {
    if (const auto k = CutoffOf(requirement.metric)) cutoffs.push_back(*k);
  }
  std::sort(cutoffs.begin(), cutoffs.end());
  cutoffs.erase(std::unique(cutoffs.begin(), cutoffs.end()), cutoffs.end());
  return cutoffs;
}

SplitSpec ChooseSplit(const EvaluateRequest& request, const Manifest& manifest,
                      const Dataset& dataset, Progress& progress) {
  const bool same_data = dataset.fingerprint == manifest.data_fingerprint;
  if (request.split.empty()) {
    if (!same_data) {
      throw UsageError(dataset.path + " is not the data that " + request.artifact +
                       " was trained on; name what to judge it by with --split (file, last:N, "
                       "time:DATE, random:FRACTION, users:N)");
    }
    const SplitSpec split = ParseSplit(manifest.split);
    if (split.kind == SplitKind::kNone) {
      throw UsageError(request.artifact +
                       " was trained on everything (split none): nothing is left to judge it by; "
                       "train with --split, or evaluate on other data");
    }
    return split;
  }
  const SplitSpec split = ParseSplit(request.split);
  if (split.kind == SplitKind::kNone) {
    throw UsageError("--split none leaves nothing to judge the model by");
  }
  if (same_data && split.text != manifest.split) {
    progress.Warn("the model was trained with split " + manifest.split +
                  " of this very data: with split " + split.text +
                  " it is judged by events it was trained on");
  }
  return split;
}

struct JudgedData {
  EvalSet users;  // in the model's rows and columns
  std::vector<int64_t> popularity;
  int64_t train_users = 0;
};

PrepareOptions OptionsOf(const Manifest& manifest) {
  PrepareOptions options;
  for (const auto& [name, weight] : manifest.signals) options.signals.push_back({name, weight});
  if (!manifest.aggregation.empty()) options.aggregation = ParseAggregation(manifest.aggregation);
  options.seed = manifest.seed;
  return options;
}

// Users left without a relevant item once unknown items are gone have nothing to be judged by.
void DropUsersWithoutTargets(EvalSet* set) {
  std::vector<int32_t> kept;
  for (int64_t row = 0; row < set->relevant.rows; ++row) {
    if (set->relevant.RowLength(row) > 0) kept.push_back(static_cast<int32_t>(row));
  }
  if (static_cast<int64_t>(kept.size()) == set->relevant.rows) return;
  std::vector<int32_t> model_rows;
  for (const int32_t row : kept) model_rows.push_back(set->model_rows[row]);
  set->known = SelectRows(set->known, kept);
  set->relevant = SelectRows(set->relevant, kept);
  set->model_rows = std::move(model_rows);
}

JudgedData Judge(const Dataset& dataset, const SplitSpec& split, const SplitSpec& validation,
                 Artifact* artifact, Progress& progress) {
  const PrepareOptions options = OptionsOf(artifact->manifest);
  JudgedData judged;
  Csr train;
  std::vector<int32_t> train_users;
  if (validation.kind == SplitKind::kNone) {
    SplitResult parts = PrepareInteractions(dataset, split, options);
    judged.users = std::move(parts.test);
    train = std::move(parts.train);
    train_users = std::move(parts.train_users);
  } else {
    TrainValidationTest parts = PrepareWithValidation(dataset, split, validation, options);
    judged.users = std::move(parts.test);
    train = std::move(parts.train);
    train_users = std::move(parts.train_users);
  }
  const std::vector<int32_t> users = MatchIds(dataset.users, &artifact->users);
  for (int32_t& row : judged.users.model_rows) {
    if (row >= 0) row = users[train_users[row]];
  }
  judged.train_users = train.rows;
  if (!(dataset.items == artifact->items)) {
    const std::vector<int32_t> items = MatchIds(dataset.items, &artifact->items);
    int64_t ignored = 0;
    int64_t targets = 0;
    const int64_t cols = artifact->items.size();
    train = RenameColumns(train, items, cols, &ignored);
    judged.users.known = RenameColumns(judged.users.known, items, cols, &ignored);
    judged.users.relevant = RenameColumns(judged.users.relevant, items, cols, &targets);
    if (targets > 0) {
      progress.Warn(std::to_string(targets) +
                    " relevant items are not in the model: they cannot be recommended and are "
                    "left out");
    }
    DropUsersWithoutTargets(&judged.users);
  }
  judged.popularity = CountPopularity(train.view());
  return judged;
}

RankingReport EvaluatePopularity(const JudgedData& judged, const Backend& backend,
                                 const EvaluateOptions& options) {
  const PopularityFactors factors = MakePopularityFactors(
      judged.popularity, static_cast<int64_t>(judged.users.model_rows.size()));
  return EvaluateRanking(factors.users.data(), factors.items.data(),
                         static_cast<int64_t>(factors.items.size()), 1, judged.users,
                         judged.popularity, judged.train_users, backend.top_k, options);
}

void RefuseUnranked(const Requirement& requirement) {
  if (requirement.metric == "auc" || CutoffOf(requirement.metric)) return;
  if (IsSurvivalMetric(requirement.metric)) {
    throw UsageError("--require '" + requirement.text + "': " + requirement.metric +
                     " judges hazard models; a recommender has measures such as recall@20");
  }
  throw UsageError("--require '" + requirement.text + "': " + requirement.metric +
                   " judges classifiers; a recommender has measures such as recall@20");
}

}  // namespace

ConfigFields FieldsOf(EvaluateRequest& request) {
  return {
      {"device", &request.device, "auto, cpu, cuda or cuda:N", 0, 0, {}},
      {"split",
       &request.split,
       "what to judge by, where the data is not what the artifact was trained on",
       0,
       0,
       {}},
      {"k", &request.k, "cut-offs", 0, 0, {}},
  };
}

void CheckRequest(const EvaluateRequest& request) { Cutoffs(request); }

EvaluateReport RunEvaluateJob(const EvaluateRequest& request, Progress& progress) {
  EvaluateOptions options;
  options.cutoffs = Cutoffs(request);
  std::string reason;
  const Backend& backend = ChooseBackend(request.device, &reason);
  Artifact artifact = LoadArtifact(request.artifact);
  RecommenderOf(artifact, request.artifact);
  for (const Requirement& requirement : request.requirements) RefuseUnranked(requirement);
  options.seed = artifact.manifest.seed;
  const std::unique_ptr<Algorithm> algorithm = AlgorithmOf(artifact.manifest);
  Dataset dataset = ReadDataset(request.data);
  progress.Note("device: " + reason);
  const SplitSpec split = ChooseSplit(request, artifact.manifest, dataset, progress);
  const bool as_trained = dataset.fingerprint == artifact.manifest.data_fingerprint &&
                          split.text == artifact.manifest.split;
  const SplitSpec validation = as_trained && !artifact.manifest.validation_split.empty()
                                   ? ParseSplit(artifact.manifest.validation_split)
                                   : SplitSpec{};
  const JudgedData judged = Judge(dataset, split, validation, &artifact, progress);
  dataset = Dataset{};
  NoteEvalSet("test", split, judged.users, progress);
  if (judged.users.relevant.rows == 0) {
    throw UsageError("split " + split.text + " of " + request.data +
                     " leaves no user to judge the model by");
  }
  const FactorModel& model = RecommenderOf(artifact, request.artifact);
  const AlignedVector<float> vectors =
      JudgedUserVectors(model, judged.users, [&](const CsrView& rows) {
        progress.Note("folded in " + std::to_string(rows.rows) + " users the model has not seen");
        return algorithm->FoldIn(artifact.model, rows);
      });

  EvaluateReport report;
  report.algorithm = artifact.manifest.algorithm;
  report.split = split.text;
  report.model =
      EvaluateRanking(vectors.data(), model.item_factors.data(), model.items, model.factors,
                      judged.users, judged.popularity, judged.train_users, backend.top_k, options);
  report.popularity = EvaluatePopularity(judged, backend, options);
  for (const Requirement& requirement : request.requirements) {
    const double value = ValueOf(requirement.metric, report.model);
    if (!Holds(requirement, value)) report.unmet.push_back(UnmetText(requirement, value));
  }
  return report;
}

}  // namespace tidewright
