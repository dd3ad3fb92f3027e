#include "host/train/training_data.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "host/core/errors.h"
#include "host/core/time.h"
#include "host/data/hdf5/dataset_file.h"

namespace tidewright {
namespace {

std::string WeightText(float weight) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), weight);
  return std::string(buffer, end.ptr);
}

const TableColumn* FindColumn(const Dataset& dataset, const std::string& name) {
  for (const TableColumn& column : dataset.item_columns) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

std::optional<IdTable> ItemNames(const Dataset& dataset, const std::string& wanted) {
  const TableColumn* column = nullptr;
  if (!wanted.empty()) {
    column = FindColumn(dataset, wanted);
    std::vector<std::string> names;
    for (const TableColumn& each : dataset.item_columns) names.push_back(each.name);
    if (column == nullptr) {
      throw UsageError("--item-name: " + dataset.path + " has no column /items/" + wanted +
                       DidYouMean(wanted, names));
    }
    if (!std::holds_alternative<std::vector<std::string>>(column->values)) {
      throw UsageError("--item-name: /items/" + wanted + " of " + dataset.path + " is not text");
    }
  }
  for (const char* name : {"title", "name", "description"}) {
    if (column == nullptr) column = FindColumn(dataset, name);
  }
  const auto* texts =
      column == nullptr ? nullptr : std::get_if<std::vector<std::string>>(&column->values);
  if (texts == nullptr) return std::nullopt;
  IdTable table;
  for (const std::string& text : *texts) table.Add(text);
  return table;
}

SplitSpec ChooseSplit(const Dataset& dataset, const std::string& text, Progress& progress) {
  if (text != "auto") return ParseSplit(text);
  if (dataset.test_log || dataset.test_matrix) {
    return ParseSplit("file");
  }
  progress.Note("split: none (" + dataset.path +
                " has no /test): everything is trained on; --split last:1 keeps a test part back");
  return ParseSplit("none");
}

void NoteShape(const Dataset& dataset, Progress& progress) {
  std::string line = "read " + dataset.path + ": " + LayoutName(dataset.layout) + ", " +
                     std::to_string(dataset.users.size()) + " users, " +
                     std::to_string(dataset.items.size()) + " items, ";
  line += dataset.log ? std::to_string(dataset.log->size()) + " events"
                      : std::to_string(dataset.matrix->nnz()) + " entries";
  progress.Note(line);
  if (dataset.duplicates_merged > 0) {
    progress.Note("merged " + std::to_string(dataset.duplicates_merged) +
                  " entries that named the same user and item again: their values were summed");
  }
}

void ResolveSignals(const Dataset& dataset, const std::vector<SignalWeight>& asked,
                    TrainingData* data, Progress& progress) {
  if (!dataset.log) {
    if (asked.empty()) return;
    throw UsageError("--signal " + asked[0].name + ": " + dataset.path +
                     " holds a matrix, which has no signals");
  }
  const std::vector<float> weights = ResolveSignalWeights(*dataset.log, asked);
  std::string line = "signals:";
  for (size_t i = 0; i < weights.size(); ++i) {
    data->signals.emplace_back(dataset.log->signal_names[i], weights[i]);
    line += (i == 0 ? " " : ", ") + dataset.log->signal_names[i] + " " + WeightText(weights[i]);
  }
  progress.Note(line);
}

void FindTimeSpan(const EventLog& log, TrainingData* data) {
  if (!log.has_timestamps()) return;
  int64_t limit = INT64_MAX;
  for (const SplitSpec* split : {&data->split, &data->validation_split}) {
    if (split->kind == SplitKind::kTime) limit = std::min(limit, split->time);
  }
  bool any = false;
  for (const int64_t time : log.timestamp) {
    if (time >= limit) continue;
    data->begin = any ? std::min(data->begin, time) : time;
    data->end = any ? std::max(data->end, time) : time;
    any = true;
  }
}

void NoteDropped(const AggregateReport& report, Progress& progress) {
  if (report.events_ignored > 0) {
    progress.Note("dropped " + std::to_string(report.events_ignored) +
                  " events of signals with weight 0");
  }
  if (report.net_zero > 0) {
    progress.Note("dropped " + std::to_string(report.net_zero) +
                  " pairs of user and item whose net value is 0");
  }
}

}  // namespace

void NoteEvalSet(const std::string& part, const SplitSpec& split, const EvalSet& set,
                 Progress& progress) {
  std::string line = part + " part (" + split.text + "): " + std::to_string(set.relevant.rows) +
                     " users, " + std::to_string(set.relevant.nnz()) + " relevant items";
  if (set.users_without_history > 0) {
    line += "; left out " + std::to_string(set.users_without_history) + " users without history";
  }
  if (set.targets_seen > 0) {
    line += "; left out " + std::to_string(set.targets_seen) + " items seen in training";
  }
  if (set.targets_disliked > 0) {
    line += "; " + std::to_string(set.targets_disliked) + " disliked items are not relevant";
  }
  progress.Note(line);
}

SignalWeight ParseSignal(const std::string& text) {
  const size_t equals = text.rfind('=');
  SignalWeight signal;
  if (equals != std::string::npos && equals > 0) {
    signal.name = text.substr(0, equals);
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + equals + 1, end, signal.weight);
    if (parsed.ec == std::errc() && parsed.ptr == end && std::isfinite(signal.weight)) {
      return signal;
    }
  }
  throw UsageError("--signal is '" + text + "'; expected NAME=WEIGHT, as in purchase=1");
}

TrainingData PrepareTraining(const TrainRequest& request, uint64_t seed, Progress& progress) {
  PrepareOptions options;
  for (const std::string& text : request.signals) options.signals.push_back(ParseSignal(text));
  options.aggregation = ParseAggregation(request.aggregate);
  options.seed = seed;
  options.want_test = false;
  TrainingData data;
  data.validation_split = ParseSplit(request.validate);
  if (request.split != "auto") data.split = ParseSplit(request.split);

  Dataset dataset = ReadDataset(request.data);
  NoteShape(dataset, progress);
  ResolveSignals(dataset, options.signals, &data, progress);
  data.split = ChooseSplit(dataset, request.split, progress);
  data.layout = LayoutName(dataset.layout);
  data.fingerprint = dataset.fingerprint;
  data.decoded_bytes = dataset.decoded_bytes;
  data.item_names = ItemNames(dataset, request.item_name);
  if (dataset.log) FindTimeSpan(*dataset.log, &data);

  if (data.split.kind != SplitKind::kNone) {
    progress.Note("test part (" + data.split.text + "): kept back for evaluate");
  }
  AggregateReport aggregation;
  std::vector<int32_t> train_users;
  if (data.validation_split.kind == SplitKind::kNone) {
    SplitResult parts = PrepareInteractions(dataset, data.split, options);
    data.train = std::move(parts.train);
    train_users = std::move(parts.train_users);
    aggregation = parts.aggregation;
  } else {
    TrainValidationTest parts =
        PrepareWithValidation(dataset, data.split, data.validation_split, options);
    NoteEvalSet("validation", data.validation_split, parts.validation, progress);
    data.train = std::move(parts.train);
    data.validation = std::move(parts.validation);
    train_users = std::move(parts.train_users);
    aggregation = parts.aggregation;
  }
  NoteDropped(aggregation, progress);
  data.users = dataset.users.Select(train_users);
  data.items = std::move(dataset.items);
  progress.Note("training on " + std::to_string(data.train.rows) + " users, " +
                std::to_string(data.train.cols) + " items, " + std::to_string(data.train.nnz()) +
                " entries");
  return data;
}

}  // namespace tidewright
