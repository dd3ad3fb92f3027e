#include "host/train/bgnbd_customers.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>
#include <utility>

#include "host/bgnbd/bgnbd.h"
#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/core/time.h"
#include "host/train/classifier_input.h"
#include "host/train/log_input.h"

namespace tidewright {
namespace {

constexpr int64_t kForecastsABlock = 512;
constexpr int64_t kMostFrequencyRows = 8;  // 0 to 6, and 7 or more

// A log as a model reads it, at a date.
struct ReadCustomers {
  Dataset dataset;
  PurchaseReading reading;
  int64_t at = 0;
  std::vector<PurchaseHistory> histories;  // one a user
};

struct Forecast {
  double alive = 0;
  double silence = 0;
  double expected = 0;
};

const BgnbdModel& BgnbdOf(const Artifact& artifact, const std::string& directory) {
  if (const auto* model = std::get_if<BgnbdModel>(&artifact.model)) return *model;
  throw UsageError(directory + " holds a " + artifact.manifest.algorithm +
                   " model; expected one of tidewright train bgnbd");
}

// What the artifact's weights make of the signals of this log.
std::vector<float> WeightsFor(const Manifest& manifest, const EventLog& log,
                              const std::string& path) {
  std::vector<float> weights;
  bool any = false;
  for (const std::string& name : log.signal_names) {
    const auto found = std::find_if(manifest.signals.begin(), manifest.signals.end(),
                                    [&](const auto& one) { return one.first == name; });
    weights.push_back(found == manifest.signals.end() ? 0.0f : found->second);
    any = any || weights.back() != 0;
  }
  if (!any) {
    throw DataError(path + ": the model knows none of the log's signals; expected " +
                    (manifest.signals.empty() ? "one" : manifest.signals[0].first));
  }
  return weights;
}

ReadCustomers ReadFor(const Artifact& artifact, const BgnbdModel& model,
                      const BgnbdQuestion& question, Progress& progress) {
  ReadCustomers read;
  if (question.at != "latest" && !question.at.empty()) CutoffTime("at", question.at);
  read.dataset = ReadTimedLog(question.data, false);
  if (question.of_training) {
    CheckUnchanged(question.data, read.dataset.fingerprint, artifact.manifest.data_fingerprint);
  }
  const EventLog& log = *read.dataset.log;
  read.reading = {WeightsFor(artifact.manifest, log, question.data), model.merge};
  read.at = question.at.empty() ? model.cutoff
                                : CutoffOrLatest("at", question.at, read.dataset, progress);
  read.histories = ReadHistories(log, read.dataset.users.size(), read.reading, read.at);
  return read;
}

double UnitsOf(int64_t span, const BgnbdModel& model) {
  return static_cast<double>(span) / static_cast<double>(model.unit);
}

Forecast ForecastOf(const BgnbdModel& model, const PurchaseHistory& history, double span) {
  const BgnbdCustomer customer = InUnits(history, model.unit);
  return {AliveProbability(model.parameters, customer),
          SilenceProbability(model.parameters, customer, span),
          ExpectedEvents(model.parameters, customer, span)};
}

// Of each of `users`, in parallel.
std::vector<Forecast> ForecastAll(const BgnbdModel& model, const ReadCustomers& read,
                                  const std::vector<int32_t>& users, double span) {
  std::vector<Forecast> forecasts(users.size());
  ParallelRanges(static_cast<int64_t>(users.size()), kForecastsABlock,
                 [&](int64_t begin, int64_t end, int) {
                   for (int64_t row = begin; row < end; ++row) {
                     forecasts[row] = ForecastOf(model, read.histories[users[row]], span);
                   }
                 });
  return forecasts;
}

std::vector<int32_t> KnownUsers(const ReadCustomers& read, const std::string& path) {
  std::vector<int32_t> users;
  for (size_t user = 0; user < read.histories.size(); ++user) {
    if (read.histories[user].frequency >= 0) users.push_back(static_cast<int32_t>(user));
  }
  if (users.empty()) {
    throw DataError(path + ": no customer has an event up to " + FormatTime(read.at) +
                    "; expected some");
  }
  return users;
}

// Who these users are, as a table of churn would have them.
std::vector<Segmentation> SegmentsOfUsers(const ReadCustomers& read,
                                          const std::vector<int32_t>& users,
                                          const std::vector<std::string>& by) {
  FeatureTable table;
  table.path = read.dataset.path;
  table.rows = static_cast<int64_t>(users.size());
  table.group = users;
  return SegmentsOfLog(read.dataset, table, read.at, by);
}

double DaysOf(int64_t micros) {
  return static_cast<double>(micros) / static_cast<double>(kMicrosPerDay);
}

std::string DaysText(double days) {
  char text[64];
  std::snprintf(text, sizeof(text), days < 10 ? "%.1f" : "%.0f", days);
  return std::string(text) + " days";
}

std::string SentenceOf(const BgnbdExplanation& customer, const std::string& within) {
  const std::string events = customer.frequency == 0
                                 ? "one event, " + DaysText(customer.last_days) + " ago"
                                 : std::to_string(customer.frequency + 1) + " events in " +
                                       DaysText(customer.first_days) + ", the last " +
                                       DaysText(customer.last_days) + " ago";
  char numbers[200];
  std::snprintf(numbers, sizeof(numbers),
                "still a customer with probability %.3f; %.3g events expected in the next %s, "
                "none with probability %.3f",
                customer.alive, customer.expected_events, within.c_str(), customer.silence);
  return events + ": " + numbers;
}

void AddFrequencies(const std::vector<PurchaseHistory>& histories,
                    const std::vector<int32_t>& users, const std::vector<Forecast>& forecasts,
                    const std::vector<int32_t>& counts, BgnbdEvaluation* result) {
  std::vector<BgnbdFrequencyRow>& rows = result->by_frequency;
  for (int64_t frequency = 0; frequency < kMostFrequencyRows; ++frequency) {
    rows.push_back({frequency, frequency + 1 == kMostFrequencyRows, 0, 0, 0});
  }
  double absolute = 0;
  double squared = 0;
  for (size_t row = 0; row < users.size(); ++row) {
    const double expected = forecasts[row].expected;
    const double observed = counts[users[row]];
    const int64_t frequency = histories[users[row]].frequency;
    BgnbdFrequencyRow& one = rows[std::min(frequency, kMostFrequencyRows - 1)];
    ++one.customers;
    one.expected += expected;
    one.observed += observed;
    result->expected_events += expected;
    result->observed_events += observed;
    absolute += std::abs(expected - observed);
    squared += (expected - observed) * (expected - observed);
  }
  std::erase_if(rows, [](const BgnbdFrequencyRow& one) { return one.customers == 0; });
  for (BgnbdFrequencyRow& one : rows) {
    one.expected /= static_cast<double>(one.customers);
    one.observed /= static_cast<double>(one.customers);
  }
  const auto customers = static_cast<double>(users.size());
  result->mean_absolute_error = absolute / customers;
  result->root_mean_squared_error = std::sqrt(squared / customers);
}

}  // namespace

Scores ScoreBgnbd(const Artifact& artifact, const BgnbdQuestion& question, Progress& progress) {
  const BgnbdModel& model = BgnbdOf(artifact, question.artifact);
  if (question.at.empty()) {
    throw UsageError(question.data +
                     " is an event log: --at is missing, the date as of which customers are "
                     "described, or latest");
  }
  const int64_t within = SpanOf("within", question.within, false);
  const ReadCustomers read = ReadFor(artifact, model, question, progress);
  const std::vector<int32_t> users = KnownUsers(read, question.data);
  const std::vector<Forecast> forecasts = ForecastAll(model, read, users, UnitsOf(within, model));
  Scores scores;
  scores.label_name = "churn in " + FormatDuration(within);
  scores.as_of = read.at;
  scores.ids = read.dataset.users.Select(users);
  ScoreColumn alive{"p_alive", {}};
  ScoreColumn expected{"expected_events", {}};
  for (const Forecast& forecast : forecasts) {
    scores.probability.push_back(forecast.silence);
    alive.values.push_back(forecast.alive);
    expected.values.push_back(forecast.expected);
  }
  scores.extra = {std::move(alive), std::move(expected)};
  return scores;
}

BgnbdExplanation ExplainBgnbd(const BgnbdQuestion& asked, const std::string& user,
                              Progress& progress) {
  BgnbdQuestion question = asked;
  if (question.data.empty()) {
    question.data = TrainingFile(question.artifact);
    question.of_training = true;
    progress.Note("from " + question.data + ", which the model was trained on");
  }
  const int64_t within = SpanOf("within", question.within, false);
  const Artifact artifact = LoadArtifact(question.artifact);
  const BgnbdModel& model = BgnbdOf(artifact, question.artifact);
  const ReadCustomers read = ReadFor(artifact, model, question, progress);
  const int64_t row = read.dataset.users.Find(user);
  if (row < 0) throw DataError(question.data + ": the log has no user '" + user + "'");
  const PurchaseHistory& history = read.histories[row];
  if (history.frequency < 0) {
    throw DataError(question.data + ": '" + user + "' has no event up to " + FormatTime(read.at) +
                    "; expected a later --at");
  }
  const Forecast forecast = ForecastOf(model, history, UnitsOf(within, model));
  BgnbdExplanation result;
  result.frequency = history.frequency;
  result.first_days = DaysOf(history.age);
  result.last_days = DaysOf(history.age - history.recency);
  result.alive = forecast.alive;
  result.expected_events = forecast.expected;
  result.silence = forecast.silence;
  result.text = SentenceOf(result, FormatDuration(within));
  return result;
}

BgnbdEvaluation EvaluateBgnbd(const BgnbdQuestion& question,
                              const std::vector<Requirement>& requirements,
                              const std::vector<double>& budgets,
                              const std::vector<std::string>& by, Progress& progress) {
  std::optional<int64_t> within;
  if (!question.within.empty()) within = SpanOf("within", question.within, false);
  const Artifact artifact = LoadArtifact(question.artifact);
  const BgnbdModel& model = BgnbdOf(artifact, question.artifact);
  const ReadCustomers read = ReadFor(artifact, model, question, progress);
  const EventLog& log = *read.dataset.log;
  const int64_t last = *std::max_element(log.timestamp.begin(), log.timestamp.end());
  const int64_t end = within ? read.at + *within : last;
  if (end > last || end <= read.at) {
    throw DataError(question.data + " ends at " + FormatTime(last) + ": no events after " +
                    FormatTime(end > last ? last : read.at) +
                    " to compare with; expected a model of an earlier --cutoff, an earlier --at, "
                    "or a shorter --within");
  }
  if (read.at < model.cutoff) {
    progress.Note("the model was fitted on events up to " + FormatTime(model.cutoff) +
                  ": where this is the log it was fitted to, what follows is too good");
  }
  const std::vector<int32_t> users = KnownUsers(read, question.data);
  const std::vector<Forecast> forecasts =
      ForecastAll(model, read, users, UnitsOf(end - read.at, model));
  const std::vector<int32_t> counts =
      CountPurchases(log, read.dataset.users.size(), read.reading, read.at, end);
  BgnbdEvaluation result;
  result.label_name = "churn in " + FormatDuration(end - read.at);
  result.customers = static_cast<int64_t>(users.size());
  for (size_t user = 0; user < counts.size(); ++user) {
    if (counts[user] > 0 && read.histories[user].frequency < 0) ++result.newcomers;
  }
  AddFrequencies(read.histories, users, forecasts, counts, &result);
  ScoredRows silence;
  ScoredRows gone;
  for (size_t row = 0; row < users.size(); ++row) {
    silence.probability.push_back(forecasts[row].silence);
    gone.probability.push_back(1 - forecasts[row].alive);
    silence.label.push_back(counts[users[row]] == 0 ? 1.0f : 0.0f);
  }
  gone.label = silence.label;
  ClassificationOptions options;
  options.seed = artifact.manifest.seed;
  options.budgets = budgets;
  result.churn = EvaluateClassification(silence, options);
  result.groups = JudgeSegments(silence, SegmentsOfUsers(read, users, by));
  result.alive_auc = ClassificationMetric("auc", gone);
  for (const Requirement& requirement : requirements) {
    const double value = result.churn.metrics.at(requirement.metric).mean;
    if (!Holds(requirement, value)) result.unmet.push_back(UnmetText(requirement, value));
  }
  return result;
}

}  // namespace tidewright
