#include "host/train/customer_factors.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>
#include <vector>

#include "host/core/errors.h"
#include "host/core/time.h"
#include "host/data/aggregate.h"
#include "host/data/split.h"
#include "host/features/snapshot.h"
#include "host/model/artifact.h"
#include "host/train/algorithms.h"
#include "host/train/id_match.h"

namespace tidewright {
namespace {

std::string FactorColumn(int64_t factor) { return "factor_" + std::to_string(factor); }

// The customers' rows of the user x item matrix, in the recommender's items.
Csr CustomerRows(const EventLog& events, const Dataset& log, const FeatureFactors& factors,
                 const std::vector<int32_t>& customers,
                 const std::function<bool(int64_t event)>& keep) {
  // A signal that the recommender did not know says nothing, one that this log lacks is not missed.
  std::vector<float> weights;
  for (const std::string& name : events.signal_names) {
    const auto found = std::find_if(factors.signals.begin(), factors.signals.end(),
                                    [&](const auto& signal) { return signal.first == name; });
    weights.push_back(found == factors.signals.end() ? 0.0f : static_cast<float>(found->second));
  }
  const Csr all = AggregateEvents(events, log.users.size(), log.items.size(), weights,
                                  ParseAggregation(factors.aggregation), keep, nullptr);
  IdTable items = factors.items;
  int64_t ignored = 0;
  const Csr renamed =
      RenameColumns(all, MatchIds(log.items, &items), factors.items.size(), &ignored);
  Csr rows;
  rows.rows = static_cast<int64_t>(customers.size());
  rows.cols = renamed.cols;
  for (const int32_t customer : customers) {
    for (int64_t at = renamed.offsets[customer]; at < renamed.offsets[customer + 1]; ++at) {
      rows.ids.push_back(renamed.ids[at]);
      rows.values.push_back(renamed.values[at]);
    }
    rows.offsets.push_back(rows.nnz());
  }
  return rows;
}

std::vector<FeatureColumn> FactorColumns(const EventLog& events, const Dataset& log,
                                         const FeatureFactors& factors,
                                         const std::vector<int32_t>& customers,
                                         const std::function<bool(int64_t event)>& keep) {
  const Csr rows = CustomerRows(events, log, factors, customers, keep);
  Manifest trained;
  trained.algorithm = factors.algorithm;
  trained.config = factors.config;
  const AlignedVector<float> vectors =
      AlgorithmOf(trained)->FoldIn(Model(factors.model), rows.view());
  const int64_t width = factors.model.factors;
  std::vector<FeatureColumn> columns;
  for (int64_t factor = 0; factor < width; ++factor) {
    FeatureColumn column;
    column.description.name = FactorColumn(factor);
    for (int64_t row = 0; row < rows.rows; ++row) {
      const bool known = rows.offsets[row + 1] > rows.offsets[row];
      column.values.push_back(known ? vectors[row * width + factor] : kMissing);
    }
    columns.push_back(std::move(column));
  }
  return columns;
}

}  // namespace

FeatureFactors LoadFeatureFactors(const std::string& directory, int64_t earliest) {
  Artifact artifact = LoadArtifact(directory);
  RecommenderOf(artifact, directory);
  const Manifest& manifest = artifact.manifest;
  if (manifest.train_begin == 0 && manifest.train_end == 0) {
    throw DataError("--factors " + directory +
                    " was trained on data without times; expected a log with them, so that it is "
                    "known to end by the first cutoff, " +
                    FormatTime(earliest));
  }
  if (manifest.train_end > earliest) {
    throw DataError("--factors " + directory + " was trained on events up to " +
                    FormatTime(manifest.train_end) + ", after the first cutoff, " +
                    FormatTime(earliest) +
                    ", so that its items tell of what came later; train it with --split time:" +
                    FormatTime(earliest).substr(0, 10));
  }
  const SplitSpec split = ParseSplit(manifest.split);
  if (manifest.validation_split != "none" &&
      (split.kind != SplitKind::kTime || split.time > earliest)) {
    throw DataError("--factors " + directory +
                    " chose its epoch by events that may be later than the first cutoff, " +
                    FormatTime(earliest) + "; train it without --validate, or with --split time:" +
                    FormatTime(earliest).substr(0, 10));
  }
  FeatureFactors factors;
  factors.model = std::move(std::get<FactorModel>(artifact.model));
  factors.model.users = 0;
  factors.model.user_factors.clear();
  factors.items = std::move(artifact.items);
  factors.algorithm = manifest.algorithm;
  factors.config = manifest.config;
  factors.signals = manifest.signals;
  factors.aggregation = manifest.aggregation;
  factors.data_fingerprint = manifest.data_fingerprint;
  factors.train_end = manifest.train_end;
  return factors;
}

void AddCustomerFactors(const Dataset& log, const FeatureFactors& factors, int64_t cutoff,
                        FeatureTable* table) {
  const std::vector<int64_t>& times = log.log->timestamp;
  std::vector<FeatureColumn> columns = FactorColumns(
      *log.log, log, factors, table->group, [&](int64_t event) { return times[event] <= cutoff; });
  for (FeatureColumn& column : columns) {
    for (const FeatureColumn& other : table->columns) {
      if (other.description.name != column.description.name) continue;
      throw DataError("the log has a column of its own called " + column.description.name +
                      "; leave it out of --user-columns");
    }
    table->columns.push_back(std::move(column));
  }
  RefuseFactorLeak(*table, log, factors, cutoff);
}

void RefuseFactorLeak(const FeatureTable& table, const Dataset& log, const FeatureFactors& factors,
                      int64_t cutoff) {
  const EventLog truncated = TruncateLog(*log.log, cutoff);
  const std::vector<FeatureColumn> again =
      FactorColumns(truncated, log, factors, table.group, nullptr);
  const size_t first = table.columns.size() - again.size();
  for (size_t c = 0; c < again.size(); ++c) {
    const FeatureColumn& column = table.columns[first + c];
    for (int64_t row = 0; row < table.rows; ++row) {
      if (std::memcmp(&column.values[row], &again[c].values[row], sizeof(float)) == 0) continue;
      throw DataError("the table of " + FormatTime(cutoff) +
                      " reads beyond its cutoff: " + column.description.name + " of customer " +
                      std::string(table.ids[row]) + " is " + std::to_string(column.values[row]) +
                      ", and " + std::to_string(again[c].values[row]) +
                      " without the later events; expected the same to the bit");
    }
  }
}

}  // namespace tidewright
