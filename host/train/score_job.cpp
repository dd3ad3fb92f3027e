#include "host/train/score_job.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <optional>
#include <utility>
#include <variant>

#include "host/backend/backend.h"
#include "host/core/build_info.h"
#include "host/core/errors.h"
#include "host/core/hash.h"
#include "host/data/feature_table.h"
#include "host/data/hdf5/table_file.h"
#include "host/data/table_profile.h"
#include "host/hazard/hazard.h"
#include "host/model/artifact.h"
#include "host/model/manifest.h"
#include "host/train/bgnbd_customers.h"
#include "host/train/calibrate.h"
#include "host/train/classifier_input.h"
#include "host/train/run_outcome.h"

namespace tidewright {
namespace {

constexpr int64_t kScoredAtOnce = 1 << 14;  // of rows that are in memory already

std::vector<std::string> PeriodColumns(const Model& model) {
  std::vector<std::string> names;
  if (const auto* hazard = std::get_if<HazardModel>(&model)) {
    for (const int64_t period : hazard->periods) {
      names.push_back("leave_within_" + PeriodName(period));
    }
  }
  return names;
}

// Without ids.
Scores ScoreTable(const Artifact& artifact, const FeatureTable& table) {
  Scores scores;
  const auto* hazard = std::get_if<HazardModel>(&artifact.model);
  if (hazard == nullptr) {
    scores.probability = Probabilities(artifact, table);
    return scores;
  }
  std::vector<std::vector<double>> leaving = LeavingProbabilities(*hazard, table);
  scores.probability = leaving.back();
  const std::vector<std::string> names = PeriodColumns(artifact.model);
  for (size_t period = 0; period < leaving.size(); ++period) {
    scores.extra.push_back({names[period], std::move(leaving[period])});
  }
  return scores;
}

std::vector<int64_t> RowsBetween(int64_t begin, int64_t end) {
  std::vector<int64_t> rows(static_cast<size_t>(end - begin));
  std::iota(rows.begin(), rows.end(), begin);
  return rows;
}

// Rows [begin, end); their numbers where there are no ids.
IdTable IdsBetween(const IdTable& ids, int64_t begin, int64_t end) {
  IdTable some;
  for (int64_t row = begin; row < end; ++row) {
    if (ids.size() > 0) {
      some.Add(ids[row]);
    } else {
      some.Add(std::to_string(row));
    }
  }
  return some;
}

// Batches of rows, one behind the other; those that an earlier run has written are left out.
class ScoreRun {
 public:
  ScoreRun(int64_t total, int64_t written, ScoreSink& sink, const StopFlag& stop,
           Progress& progress)
      : total_(total), written_(written), sink_(sink), stop_(stop), progress_(progress) {}

  void CheckStop(int64_t begin) const {
    if (!stop_.requested()) return;
    throw Error(ExitCode::kPreempted, "stopped after " + std::to_string(std::max(begin, written_)) +
                                          " of " + std::to_string(total_) +
                                          " rows; the same command goes on from there");
  }
  // Rows from `begin` on, with their ids; the probabilities of rows that are written come from the
  // sink.
  std::vector<double> Write(int64_t begin, int64_t end, const IdTable& ids,
                            const std::function<Scores(int64_t first)>& score) {
    std::vector<double> probability;
    const int64_t first = std::clamp(written_, begin, end);
    for (int64_t row = begin; row < first; ++row) probability.push_back(sink_.NextWritten());
    if (first < end) {
      Scores scores = score(first);
      scores.ids = IdsBetween(ids, first, end);
      sink_.Write(scores);
      probability.insert(probability.end(), scores.probability.begin(), scores.probability.end());
    }
    progress_.Step("scoring", end, total_, "rows");
    return probability;
  }

 private:
  int64_t total_;
  int64_t written_;
  ScoreSink& sink_;
  const StopFlag& stop_;
  Progress& progress_;
};

// BG/NBD looks at all customers of a log at once.
int64_t RunForecasts(const Scores& all, int64_t written, ScoreSink& sink, const StopFlag& stop,
                     Progress& progress) {
  std::vector<std::string> names;
  for (const ScoreColumn& column : all.extra) names.push_back(column.name);
  sink.Begin(all.label_name, names);
  const int64_t total = all.ids.size();
  ScoreRun run(total, written, sink, stop, progress);
  for (int64_t begin = 0; begin < total; begin += kScoredAtOnce) {
    const int64_t end = std::min(total, begin + kScoredAtOnce);
    run.CheckStop(begin);
    run.Write(begin, end, all.ids, [&](int64_t first) {
      const auto between = [&](const std::vector<double>& values) {
        return std::vector<double>(values.begin() + first, values.begin() + end);
      };
      Scores some;
      some.probability = between(all.probability);
      for (const ScoreColumn& column : all.extra) {
        some.extra.push_back({column.name, between(column.values)});
      }
      return some;
    });
  }
  return total;
}

// The rows to score, not yet matched.
struct RowSource {
  int64_t rows = 0;
  int64_t at_once = 0;
  IdTable ids;
  std::string path;
  std::function<FeatureTable(int64_t begin, int64_t end)> read;
};

RowSource OpenRows(const Artifact& artifact, const ScoreRequest& request, Progress& progress) {
  RowSource source;
  if (IsLogForPipeline(artifact, request.artifact, request.data, request.at)) {
    const auto table = std::make_shared<FeatureTable>(ReadForClassifier(
        artifact, request.artifact, {request.data, request.at}, nullptr, progress));
    source = {table->rows, kScoredAtOnce, std::move(table->ids), table->path, nullptr};
    source.read = [table](int64_t begin, int64_t end) {
      return SelectRows(*table, RowsBetween(begin, end));
    };
    return source;
  }
  const auto file = std::make_shared<TableFile>(request.data);
  source = {file->rows(), file->rows_at_once(), {}, request.data, nullptr};
  // The first rows come before the ids, so that a fault of theirs is told first.
  const auto first = std::make_shared<std::optional<FeatureTable>>(
      file->Read(0, std::min(source.rows, source.at_once)));
  source.ids = file->Ids();
  source.read = [file, first](int64_t begin, int64_t end) {
    if (begin > 0) return file->Read(begin, end);
    FeatureTable table = std::move(**first);
    first->reset();
    return table;
  };
  return source;
}

ScoreSummary RunTable(const Artifact& artifact, const RowSource& source, int64_t written,
                      ScoreSink& sink, const StopFlag& stop, Progress& progress) {
  const FeatureSpec& spec = *artifact.manifest.features;
  std::optional<DriftCounts> drift;
  if (artifact.profile) drift.emplace(*artifact.profile);
  CohortSums cohort;
  MatchReport report;
  sink.Begin(spec.label_name, PeriodColumns(artifact.model));
  ScoreRun run(source.rows, written, sink, stop, progress);
  for (int64_t begin = 0; begin < source.rows; begin += source.at_once) {
    const int64_t end = std::min(source.rows, begin + source.at_once);
    run.CheckStop(begin);
    MatchReport of_rows;
    const FeatureTable table = MatchTable(spec, source.read(begin, end), &of_rows);
    report.columns_ignored = of_rows.columns_ignored;
    report.unknown_categories += of_rows.unknown_categories;
    if (drift) drift->Add(table);
    const std::vector<double> probability = run.Write(begin, end, source.ids, [&](int64_t first) {
      if (first == begin) return ScoreTable(artifact, table);
      return ScoreTable(artifact, SelectRows(table, RowsBetween(first - begin, end - begin)));
    });
    cohort.Add(probability, table.weight);
  }
  NoteMatch(report, source.path, progress);
  if (drift) WarnOfDrift(drift->Drift(), drift->rows(), source.path, progress);
  return {spec.label_name, source.rows, cohort.Rate(artifact.manifest.seed)};
}

// The scores depend on nothing else.
std::string RunText(const ScoreRequest& request) {
  const std::string text = BuildVersion() + " " + BuildCommit() + " " +
                           HashFile(request.artifact + "/" + kManifestName) + " " +
                           TrainedWith(CpuBackend()) + " " + HashFile(request.data) + " " +
                           request.at + " " + request.within;
  Hasher hasher;
  hasher.Update(text.data(), text.size());
  return "score " + hasher.Hex();
}

}  // namespace

int64_t ScoreSink::Resume(const std::string&) {
  throw UsageError("--resume keeps what is done of a file: give --output FILE");
}

double ScoreSink::NextWritten() { return 0; }

ConfigFields FieldsOf(ScoreRequest& request) {
  return {{"resume",
           &request.resume,
           "keep what is done where the run is ended, and go on from there when it is called again",
           0,
           0,
           {},
           "score-resume"}};
}

ScoreSummary RunScoreJob(const ScoreRequest& request, ScoreSink& sink, const StopFlag& stop,
                         Progress& progress) {
  const int64_t written = request.resume ? sink.Resume(RunText(request)) : 0;
  if (written > 0) progress.Note("going on after " + std::to_string(written) + " rows");
  const Artifact artifact = LoadArtifact(request.artifact);
  ScoreSummary summary;
  if (std::holds_alternative<BgnbdModel>(artifact.model)) {
    const std::string within = request.within.empty() ? "30d" : request.within;
    const Scores all =
        ScoreBgnbd(artifact, {request.artifact, request.data, request.at, within}, progress);
    summary.label_name = all.label_name;
    summary.rows = RunForecasts(all, written, sink, stop, progress);
  } else {
    if (!request.within.empty()) {
      throw UsageError("--within " + request.within + ": " + request.artifact + " holds a " +
                       artifact.manifest.algorithm +
                       " model, whose horizon was set when it was trained; expected a bgnbd model");
    }
    const RowSource source = OpenRows(artifact, request, progress);
    summary = RunTable(artifact, source, written, sink, stop, progress);
  }
  sink.Finish();
  return summary;
}

}  // namespace tidewright
