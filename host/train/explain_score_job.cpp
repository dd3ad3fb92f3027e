#include "host/train/explain_score_job.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <unordered_map>
#include <utility>
#include <variant>

#include "host/core/errors.h"
#include "host/data/hdf5/table_file.h"
#include "host/features/feature_list.h"
#include "host/features/journey.h"
#include "host/gbdt/gbdt.h"
#include "host/hazard/hazard.h"
#include "host/logistic/logistic.h"
#include "host/model/artifact.h"
#include "host/train/calibrate.h"
#include "host/train/classifier_input.h"
#include "host/train/classifiers.h"

namespace tidewright {
namespace {

// rows x (columns + 1): what each column adds, then the base.
std::vector<double> PartsOf(const FactorModel&, const FeatureTable&) {
  throw UsageError("a recommender has no probabilities to explain");
}
std::vector<double> PartsOf(const BgnbdModel&, const FeatureTable&) {
  throw UsageError("BG/NBD reads no table to explain");
}
std::vector<double> PartsOf(const TreeEnsemble& model, const FeatureTable& table) {
  return TreeShap(model, table);
}
std::vector<double> PartsOf(const HazardModel& model, const FeatureTable& table) {
  return HazardContributions(model, table);
}
std::vector<double> PartsOf(const LinearModel& model, const FeatureTable& table) {
  return LinearContributions(model, table);
}

std::vector<int64_t> RowsOf(const FeatureTable& table, const std::string& id) {
  if (table.ids.size() == 0) {
    throw UsageError(
        table.path +
        " has no ids, so --id finds no one; import it with --id and the column of ids");
  }
  std::vector<int64_t> rows;
  for (int64_t row = 0; row < table.rows; ++row) {
    if (table.ids[row] == id) rows.push_back(row);
  }
  if (rows.empty()) {
    throw DataError(table.path + ": no row has the id '" + id + "'; the first is '" +
                    (table.rows > 0 ? std::string(table.ids[0]) : "") + "'");
  }
  return rows;
}

// What the table, before it is matched, says in this row.
std::string CategoryText(const FeatureColumn& column, int64_t row) {
  const float code = column.values[row];
  return std::isnan(code) ? "" : column.description.categories[static_cast<size_t>(code)];
}

// Of each column that a log's table has by itself: what it says.
std::map<std::string, std::string> MeaningsOf(const Manifest& manifest) {
  std::map<std::string, std::string> meanings;
  if (!manifest.pipeline) return meanings;
  for (const Feature& feature : ListFeatures(manifest.pipeline->snapshot)) {
    meanings[feature.name] = feature.meaning;
  }
  return meanings;
}

// The features named log_… are log(1 + x), and of sums that may be negative -log(1 - x).
void AddMeaning(const std::map<std::string, std::string>& meanings, ColumnReason* reason) {
  const auto found = meanings.find(reason->column);
  if (found == meanings.end()) return;
  reason->meaning = found->second;
  if (reason->is_missing || !reason->column.starts_with("log_")) return;
  const double value = reason->value;
  reason->amount = std::copysign(std::expm1(std::abs(value)), value);
}

// Of each row, `width` parts wide: its log-odds, and the probability that `score` prints.
struct ExplainedScores {
  std::vector<double> log_odds;
  std::vector<double> probability;
};

ExplainedScores ScoresOf(const Artifact& artifact, const FeatureTable& table,
                         const std::vector<double>& parts, size_t width) {
  const auto* hazard = std::get_if<HazardModel>(&artifact.model);
  if (hazard == nullptr) return {Margins(artifact.model, table), Probabilities(artifact, table)};
  ExplainedScores scores;
  scores.probability = LeavingProbabilities(*hazard, table).back();
  for (size_t at = 0; at < parts.size(); at += width) {
    scores.log_odds.push_back(std::accumulate(parts.begin() + static_cast<int64_t>(at),
                                              parts.begin() + static_cast<int64_t>(at + width),
                                              0.0));
  }
  return scores;
}

}  // namespace

std::vector<ScoreExplanation> ExplainRows(const Artifact& artifact, const FeatureTable& given,
                                          const FeatureTable& matched) {
  std::unordered_map<std::string, const FeatureColumn*> as_read;
  for (const FeatureColumn& column : given.columns) as_read[column.description.name] = &column;
  const std::vector<double> parts =
      std::visit([&](const auto& model) { return PartsOf(model, matched); }, artifact.model);
  const size_t width = matched.columns.size() + 1;
  const ExplainedScores scores = ScoresOf(artifact, matched, parts, width);
  std::vector<ScoreExplanation> explanations;
  for (size_t row = 0; row < static_cast<size_t>(matched.rows); ++row) {
    const double* part = parts.data() + row * width;
    ScoreExplanation explanation{static_cast<int64_t>(row),
                                 part[width - 1],
                                 scores.log_odds[row],
                                 scores.probability[row],
                                 "",
                                 {}};
    for (size_t column = 0; column + 1 < width; ++column) {
      const FeatureColumn& read = matched.columns[column];
      ColumnReason reason;
      reason.column = read.description.name;
      reason.kind = read.description.kind;
      reason.value = read.values[row];
      reason.is_missing = std::isnan(reason.value);
      if (reason.kind == FeatureKind::kCategory) {
        reason.category = CategoryText(*as_read.at(reason.column), static_cast<int64_t>(row));
      }
      reason.log_odds = part[column];
      explanation.reasons.push_back(std::move(reason));
    }
    std::stable_sort(explanation.reasons.begin(), explanation.reasons.end(),
                     [](const ColumnReason& a, const ColumnReason& b) {
                       return std::abs(a.log_odds) > std::abs(b.log_odds);
                     });
    explanations.push_back(std::move(explanation));
  }
  return explanations;
}

ScoreExplanations RunExplainScoreJob(const ExplainScoreRequest& request, Progress& progress) {
  const Artifact artifact = LoadArtifact(request.artifact);
  const FeatureSpec& spec = FeaturesOf(artifact, request.artifact);
  std::string last_visits;
  ClassifierData data;
  data.path = request.data;
  data.at = request.at;
  data.customer = request.id;
  data.last_visits = &last_visits;
  if (request.data.empty()) {
    data.path = TrainingFile(request.artifact);
    data.of_training = true;
    progress.Note("from " + data.path + ", which the model was trained on");
  }
  if (data.at.empty() && artifact.manifest.pipeline && !IsFeatureTable(data.path)) {
    data.at = "latest";
  }
  FeatureTable table = ReadForClassifier(artifact, request.artifact, data, nullptr, progress);
  const std::vector<int64_t> rows = RowsOf(table, request.id);
  table = SelectRows(table, rows);
  ScoreExplanations result{artifact.manifest.algorithm, spec.label_name, "", {}};
  const std::optional<CalibrationRecord>& calibration = artifact.manifest.calibration;
  if (calibration && calibration->kept) {
    result.calibration = CalibrationMethodName(calibration->kept->method);
  }
  const std::map<std::string, std::string> meanings = MeaningsOf(artifact.manifest);
  result.rows = ExplainRows(artifact, table, MatchWithNotes(spec, table, progress));
  for (ScoreExplanation& explanation : result.rows) {
    if (artifact.manifest.pipeline) {
      explanation.journey = JourneyText(table, explanation.row, last_visits);
      for (ColumnReason& reason : explanation.reasons) AddMeaning(meanings, &reason);
    }
    explanation.row = rows[static_cast<size_t>(explanation.row)];
  }
  return result;
}

}  // namespace tidewright
