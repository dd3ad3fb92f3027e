#include "host/train/bgnbd_features.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "host/bgnbd/bgnbd.h"
#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/core/time.h"
#include "host/features/snapshot.h"
#include "host/model/artifact.h"

namespace tidewright {
namespace {

constexpr int64_t kDescribedABlock = 512;

std::vector<float> BgnbdWeights(const BgnbdColumns& columns, const EventLog& log) {
  std::vector<float> weights;
  for (const std::string& name : log.signal_names) {
    const auto found = std::find_if(columns.signals.begin(), columns.signals.end(),
                                    [&](const SignalWeight& one) { return one.name == name; });
    weights.push_back(found == columns.signals.end() ? 0.0f : found->weight);
  }
  return weights;
}

std::vector<FeatureColumn> DescribeByBgnbd(const EventLog& events, int64_t users,
                                           const BgnbdColumns& columns, const SnapshotSpec& spec,
                                           int64_t cutoff, const std::vector<int32_t>& customers) {
  const BgnbdModel& model = columns.model;
  const std::vector<PurchaseHistory> histories =
      ReadHistories(events, users, {BgnbdWeights(columns, events), model.merge}, cutoff);
  const double span = static_cast<double>(spec.horizon) / static_cast<double>(model.unit);
  std::vector<FeatureColumn> result(3);
  const char* names[] = {"bgnbd_alive", "bgnbd_silence", "bgnbd_expected"};
  for (size_t c = 0; c < result.size(); ++c) {
    result[c].description.name = names[c];
    result[c].values.assign(customers.size(), kMissing);
  }
  ParallelRanges(static_cast<int64_t>(customers.size()), kDescribedABlock,
                 [&](int64_t begin, int64_t end, int) {
                   for (int64_t row = begin; row < end; ++row) {
                     const PurchaseHistory& history = histories[customers[row]];
                     if (history.frequency < 0) continue;
                     const BgnbdCustomer customer = InUnits(history, model.unit);
                     const BgnbdParameters& p = model.parameters;
                     result[0].values[row] = static_cast<float>(AliveProbability(p, customer));
                     result[1].values[row] =
                         static_cast<float>(SilenceProbability(p, customer, span));
                     result[2].values[row] = static_cast<float>(ExpectedEvents(p, customer, span));
                   }
                 });
  return result;
}

}  // namespace

BgnbdColumns LoadBgnbdColumns(const std::string& directory, int64_t earliest) {
  const Artifact artifact = LoadArtifact(directory);
  const auto* model = std::get_if<BgnbdModel>(&artifact.model);
  if (model == nullptr) {
    throw UsageError("--bgnbd " + directory + " holds a " + artifact.manifest.algorithm +
                     " model; expected one of tidewright train bgnbd");
  }
  if (model->cutoff > earliest) {
    throw DataError("--bgnbd " + directory + " was fitted on events up to " +
                    FormatTime(model->cutoff) + ", after the first cutoff, " +
                    FormatTime(earliest) +
                    ", so that it tells of what came later; fit it with "
                    "--cutoff " +
                    FormatTime(earliest));
  }
  BgnbdColumns columns;
  columns.model = *model;
  columns.model.log_covariance = {};
  for (const auto& [name, weight] : artifact.manifest.signals) {
    columns.signals.push_back({name, weight});
  }
  return columns;
}

void AddBgnbdColumns(const Dataset& log, const BgnbdColumns& columns, const SnapshotSpec& spec,
                     int64_t cutoff, FeatureTable* table) {
  const int64_t users = log.users.size();
  std::vector<FeatureColumn> described =
      DescribeByBgnbd(*log.log, users, columns, spec, cutoff, table->group);
  const std::vector<FeatureColumn> again =
      DescribeByBgnbd(TruncateLog(*log.log, cutoff), users, columns, spec, cutoff, table->group);
  for (size_t c = 0; c < described.size(); ++c) {
    const std::string& name = described[c].description.name;
    for (const FeatureColumn& other : table->columns) {
      if (other.description.name != name) continue;
      throw DataError("the log has a column of its own called " + name +
                      "; leave it out of --user-columns");
    }
    for (int64_t row = 0; row < table->rows; ++row) {
      if (std::memcmp(&described[c].values[row], &again[c].values[row], sizeof(float)) == 0) {
        continue;
      }
      throw DataError("the table of " + FormatTime(cutoff) + " reads beyond its cutoff: " + name +
                      " of customer " + std::string(table->ids[row]) +
                      " differs without the later events; expected the same to the bit");
    }
    table->columns.push_back(std::move(described[c]));
  }
}

}  // namespace tidewright
