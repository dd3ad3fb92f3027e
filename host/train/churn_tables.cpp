#include "host/train/churn_tables.h"

#include <algorithm>
#include <filesystem>

#include "host/core/errors.h"
#include "host/core/split_text.h"
#include "host/core/time.h"
#include "host/data/hdf5/table_file.h"
#include "host/features/journey.h"
#include "host/features/snapshot.h"
#include "host/train/bgnbd_features.h"
#include "host/train/customer_factors.h"
#include "host/train/log_input.h"
#include "host/train/training_data.h"
#include "host/train/warm_start.h"

namespace tidewright {
namespace {

// What can be said of the specification before the log is read.
SnapshotSpec ParseSpec(const LogTableRequest& request) {
  SnapshotSpec spec;
  spec.horizon = SpanOf("horizon", request.horizon, false);
  spec.gap = SpanOf("gap", request.gap, true);
  spec.window = SpanOf("window", request.window, false);
  spec.groups = ParseFeatureGroups(request.feature_groups);
  spec.user_columns = SplitAtCommas(request.user_columns);
  return spec;
}

Customers CustomersOf(const Dataset& dataset) { return {dataset.users, dataset.user_columns}; }

// With the file in front of what the pure functions say of the log.
FeatureTable Snapshot(const Dataset& dataset, const PipelineRecord& pipeline,
                      const std::optional<FeatureFactors>& factors, int64_t cutoff, bool labelled,
                      const FeatureTwin& features) {
  const SnapshotSpec& spec = pipeline.snapshot;
  try {
    FeatureTable table =
        TakeSnapshot(*dataset.log, CustomersOf(dataset), spec, cutoff, labelled, features);
    if (factors) AddCustomerFactors(dataset, *factors, cutoff, &table);
    if (pipeline.bgnbd) AddBgnbdColumns(dataset, *pipeline.bgnbd, spec, cutoff, &table);
    return table;
  } catch (const DataError& error) {
    throw DataError(dataset.path + ": " + error.what());
  }
}

void NoteSnapshot(const FeatureTable& table, int64_t cutoff, Progress& progress) {
  int64_t gone = 0;
  for (const float label : table.label) gone += label > 0 ? 1 : 0;
  const int64_t per_mille = (2000 * gone + table.rows) / (2 * table.rows);
  std::string text = "cutoff " + FormatTime(cutoff) + ": " + std::to_string(table.rows) +
                     " customers, " + std::to_string(table.columns.size()) + " columns";
  if (!table.label.empty()) {
    text += ", " + std::to_string(per_mille / 10) + "." + std::to_string(per_mille % 10) + " % " +
            table.label_name;
  }
  progress.Note(text);
}

// Splits the cutoffs by time; warns of those that are dropped.
void ChooseCutoffs(const LogTableRequest& request, int64_t least_followed, PipelineRecord* pipeline,
                   Progress& progress) {
  const SnapshotSpec& spec = pipeline->snapshot;
  const int64_t last = CutoffTime("cutoff", request.cutoff);
  if (request.cutoffs == 1) {
    pipeline->train_cutoffs = {last};
    return;
  }
  const int64_t every = SpanOf("every", request.every, false);
  std::string dropped;
  for (int64_t back = request.cutoffs - 1; back > 0; --back) {
    const int64_t cutoff = last - back * every;
    if (cutoff + spec.gap + spec.horizon + least_followed <= last) {
      pipeline->train_cutoffs.push_back(cutoff);
    } else {
      dropped += (dropped.empty() ? "" : ", ") + FormatTime(cutoff);
    }
  }
  if (pipeline->train_cutoffs.empty()) {
    throw UsageError(
        "no cutoff is left to train on: " +
        std::string(least_followed > 0 ? "the first period and the horizon" : "the horizon") +
        " of each ends after the last one, " + FormatTime(last) +
        ", which tests; expected more --cutoffs, or --every longer");
  }
  if (!dropped.empty()) {
    progress.Warn(
        "dropped the cutoffs " + dropped + ": their " +
        (least_followed > 0 ? "first period and horizon end after " : "horizon ends after ") +
        FormatTime(last) + ", so their labels would tell of the test");
  }
  pipeline->test_cutoff = last;
}

std::string LastVisitsOf(const Dataset& dataset, const SnapshotSpec& spec,
                         const FeatureTable& table, int64_t cutoff, const std::string& customer) {
  for (int64_t row = 0; row < table.rows; ++row) {
    if (table.ids[row] != customer) continue;
    const std::vector<int64_t> offsets = UserOffsets(*dataset.log, dataset.users.size());
    const auto user = static_cast<size_t>(table.group[row]);
    return LastVisitsText({*dataset.log, offsets[user], offsets[user + 1], cutoff}, spec);
  }
  return "";
}

std::vector<Departure> DeparturesAt(const Dataset& dataset, const SnapshotSpec& spec,
                                    int64_t cutoff, int64_t end, int64_t least_followed,
                                    const FeatureTable& table) {
  try {
    std::vector<Departure> departures = FindDepartures(*dataset.log, spec, cutoff, end, table);
    if (departures[0].followed < least_followed) {
      throw DataError("customers are followed for " + FollowedText(departures[0].followed) +
                      " from the cutoff " + FormatTime(cutoff) + " on, a horizon of " +
                      FormatDuration(spec.horizon) + " before the log's end; expected at least " +
                      FormatDuration(least_followed) + ", the first period: an earlier date");
    }
    return departures;
  } catch (const DataError& error) {
    throw DataError(dataset.path + ": " + error.what());
  }
}

std::string TestTablePath(const std::string& table_out) {
  const std::filesystem::path path(table_out);
  return path.parent_path() / (path.stem().string() + ".test" + path.extension().string());
}

// Whether there is something to write: not where the same table stands there.
bool IsToBeWritten(const std::string& path, const FeatureTable& table, bool overwrite) {
  if (!std::filesystem::exists(path)) return true;
  if (!IsFeatureTable(path)) {
    throw UsageError("--table-out " + path + " is no feature table; it is left as it is");
  }
  if (overwrite) return true;
  if (ReadFeatureTable(path).fingerprint == FingerprintOf(table)) return false;
  throw UsageError("--table-out " + path + " exists and is another table; --overwrite replaces it");
}

void WriteTable(const std::string& path, const FeatureTable& table, Progress& progress) {
  WriteFeatureTable(path, table, true);
  progress.Note("wrote " + path + ": " + std::to_string(table.rows) + " rows, " +
                std::to_string(table.columns.size()) + " columns");
}

// Labelled where `least_followed` is nothing, else with departures.
ChurnTables BuildTables(const std::string& log, const LogTableRequest& request,
                        std::optional<int64_t> least_followed, const FeatureTwin& features,
                        Progress& progress) {
  LogTableRequest checked = request;
  CheckFields(FieldsOf(checked), "train");
  if (request.cutoff.empty()) {
    throw UsageError(log +
                     " is an event log: --cutoff is missing, the date as of which customers "
                     "are described, as in --cutoff 2011-09-10");
  }
  ChurnTables result;
  PipelineRecord& pipeline = result.pipeline;
  pipeline.snapshot = ParseSpec(request);
  ChooseCutoffs(request, least_followed.value_or(0), &pipeline, progress);
  if (!request.factors.empty()) {
    // The test cutoff is the last one.
    result.factors = LoadFeatureFactors(request.factors, pipeline.train_cutoffs.front());
  }
  if (!request.bgnbd.empty()) {
    pipeline.bgnbd = LoadBgnbdColumns(request.bgnbd, pipeline.train_cutoffs.front());
  }
  std::vector<SignalWeight> asked;
  for (const std::string& text : request.signals) asked.push_back(ParseSignal(text));
  const Dataset dataset = ReadTimedLog(log, true);
  pipeline.log_fingerprint = dataset.fingerprint;
  SnapshotSpec& spec = pipeline.snapshot;
  const std::vector<float> weights = ResolveSignalWeights(*dataset.log, asked);
  for (size_t s = 0; s < weights.size(); ++s) {
    spec.signals.push_back({dataset.log->signal_names[s], weights[s]});
  }
  for (const EventColumn& column : dataset.log->extra) spec.event_columns.push_back(column.name);

  std::vector<FeatureTable> tables;
  for (const int64_t cutoff : pipeline.train_cutoffs) {
    tables.push_back(
        Snapshot(dataset, pipeline, result.factors, cutoff, !least_followed, features));
    NoteSnapshot(tables.back(), cutoff, progress);
    if (!least_followed) continue;
    const std::vector<Departure> departures =
        DeparturesAt(dataset, spec, cutoff, pipeline.test_cutoff.value_or(INT64_MAX),
                     *least_followed, tables.back());
    result.train_departures.insert(result.train_departures.end(), departures.begin(),
                                   departures.end());
  }
  result.train = StackTables(std::move(tables));
  DropEmptyColumns(&result.train);
  result.train.path = log;
  result.train.fingerprint = FingerprintOf(result.train);
  if (!least_followed) CheckTrainable(result.train);
  if (pipeline.test_cutoff) {
    FeatureTable test = Snapshot(dataset, pipeline, result.factors, *pipeline.test_cutoff,
                                 !least_followed, features);
    NoteSnapshot(test, *pipeline.test_cutoff, progress);
    test.path = log;
    if (least_followed) {
      result.test_departures =
          DeparturesAt(dataset, spec, *pipeline.test_cutoff, INT64_MAX, *least_followed, test);
    } else {
      CheckLabelled(test);
    }
    MatchReport ignored;
    result.test = MatchTable(SpecOf(result.train), std::move(test), &ignored);
    result.test->fingerprint = FingerprintOf(*result.test);
  }
  return result;
}

}  // namespace

ConfigFields FieldsOf(LogTableRequest& request) {
  return {{"cutoff",
           &request.cutoff,
           "an event log: describe customers as of this date; of several cutoffs the last",
           0,
           0,
           {}},
          {"horizon", &request.horizon, "churned: no positive event for so long", 0, 0, {}},
          {"gap", &request.gap, "between the cutoff and the horizon", 0, 0, {}},
          {"window", &request.window, "how far back features look", 0, 0, {}},
          {"cutoffs",
           &request.cutoffs,
           "so many, the last one to test on, the others to train on",
           1,
           1000,
           {}},
          {"every", &request.every, "between cutoffs", 0, 0, {}},
          {"feature-groups",
           &request.feature_groups,
           "all, or some of recency, frequency, value, tenure, windows, trend, gaps, rhythm, "
           "breadth, items, months, negative, season",
           0,
           0,
           {}},
          {"user-columns",
           &request.user_columns,
           "columns of /users to take along; they must not tell of what came after the cutoff",
           0,
           0,
           {}},
          {"factors",
           &request.factors,
           "an iALS artifact of events before the first cutoff: what it says of the customers "
           "becomes columns",
           0,
           0,
           {},
           "factors-dir"},
          {"bgnbd",
           &request.bgnbd,
           "a bgnbd artifact of events before the first cutoff: what it expects of the customers "
           "becomes columns",
           0,
           0,
           {}},
          {"table-out",
           &request.table_out,
           "write the table, too; the test cutoff's beside it as NAME.test.h5",
           0,
           0,
           {}},
          {"overwrite", &request.overwrite, "replace another table at --table-out", 0, 0, {}}};
}

ChurnTables BuildChurnTables(const std::string& log, const LogTableRequest& request,
                             const FeatureTwin& features, Progress& progress) {
  return BuildTables(log, request, std::nullopt, features, progress);
}

ChurnTables BuildDepartureTables(const std::string& log, const LogTableRequest& request,
                                 int64_t least_followed, const FeatureTwin& features,
                                 Progress& progress) {
  return BuildTables(log, request, least_followed, features, progress);
}

void WriteTables(const LogTableRequest& request, const FeatureTable& train,
                 const std::optional<FeatureTable>& test, Progress& progress) {
  const std::string& path = request.table_out;
  if (path.empty()) return;
  // Both are looked at before one is written.
  const bool writes = IsToBeWritten(path, train, request.overwrite);
  if (test && IsToBeWritten(TestTablePath(path), *test, request.overwrite)) {
    WriteTable(TestTablePath(path), *test, progress);
  }
  if (writes) WriteTable(path, train, progress);
}

void RefuseLogOptions(const LogTableRequest& request, const std::string& data) {
  LogTableRequest given = request;
  LogTableRequest usual;
  const ConfigFields fields = FieldsOf(given);
  const ConfigFields defaults = FieldsOf(usual);
  std::string option = request.signals.empty() ? "" : "signal";
  for (size_t f = 0; f < fields.size(); ++f) {
    if (FieldText(fields[f]) != FieldText(defaults[f])) option = fields[f].name;
  }
  if (option.empty()) return;
  throw UsageError("--" + option + ": " + data +
                   " is a feature table; expected an event log, which has times and signals");
}

FeatureTable ReplayPipeline(const Artifact& artifact, const ClassifierData& data, bool* trained_on,
                            Progress& progress) {
  const Manifest& manifest = artifact.manifest;
  const PipelineRecord& pipeline = *manifest.pipeline;
  if (data.at.empty()) {
    throw UsageError(data.path +
                     " is an event log: --at is missing, the date as of which customers are "
                     "described, or latest");
  }
  std::optional<int64_t> cutoff;
  if (data.at != "latest") cutoff = CutoffTime("at", data.at);
  const Dataset dataset = ReadTimedLog(data.path, true);
  if (data.of_training) CheckUnchanged(data.path, dataset.fingerprint, pipeline.log_fingerprint);
  const int64_t last =
      *std::max_element(dataset.log->timestamp.begin(), dataset.log->timestamp.end());
  if (!cutoff) cutoff = last;
  if (data.cutoff != nullptr) *data.cutoff = *cutoff;
  if (*cutoff > last) {
    progress.Warn(data.path + " ends at " + FormatTime(last) + ", before " + FormatTime(*cutoff) +
                  ": what customers did since is taken for silence");
  }
  if (pipeline.bgnbd && pipeline.bgnbd->model.cutoff > *cutoff) {
    progress.Warn("the model's BG/NBD was fitted on events up to " +
                  FormatTime(pipeline.bgnbd->model.cutoff) + ", after " + FormatTime(*cutoff) +
                  ": it tells of what came later");
  }
  if (artifact.factors && artifact.factors->train_end > *cutoff) {
    progress.Warn("the model's factors were trained on events up to " +
                  FormatTime(artifact.factors->train_end) + ", after " + FormatTime(*cutoff) +
                  ": they tell of what came later");
  }
  FeatureTable table =
      Snapshot(dataset, pipeline, artifact.factors, *cutoff, data.labelled, BuildFeaturesCpu);
  NoteSnapshot(table, *cutoff, progress);
  table.path = data.path;
  if (data.last_visits != nullptr) {
    *data.last_visits = LastVisitsOf(dataset, pipeline.snapshot, table, *cutoff, data.customer);
  }
  if (data.departures != nullptr) {
    *data.departures = DeparturesAt(dataset, pipeline.snapshot, *cutoff, INT64_MAX, 0, table);
  }
  if (data.segments != nullptr) *data.segments = SegmentsOfLog(dataset, table, *cutoff, data.by);
  std::erase_if(table.columns, [&](const FeatureColumn& column) {
    const std::vector<FeatureDescription>& read = manifest.features->columns;
    return std::none_of(read.begin(), read.end(), [&](const FeatureDescription& one) {
      return one.name == column.description.name;
    });
  });
  if (trained_on != nullptr) {
    // When customers leave was learned from all of the log up to the cutoff that tests; whether
    // they do, up to the end of the last horizon.
    const int64_t end = data.departures != nullptr ? pipeline.test_cutoff.value_or(INT64_MAX)
                                                   : LabelsEnd(manifest).value_or(INT64_MIN);
    *trained_on = HasLearnedFrom(manifest, dataset.fingerprint) && *cutoff < end;
  }
  return table;
}

}  // namespace tidewright
