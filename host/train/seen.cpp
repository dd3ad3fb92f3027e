#include "host/train/seen.h"

#include <utility>

#include "host/core/errors.h"
#include "host/data/hdf5/dataset_file.h"
#include "host/data/split.h"
#include "host/train/id_match.h"

namespace tidewright {
namespace {

Seen SeenInData(const std::string& path, Artifact* artifact) {
  const Manifest& manifest = artifact->manifest;
  PrepareOptions options;
  for (const auto& [name, weight] : manifest.signals) options.signals.push_back({name, weight});
  if (!manifest.aggregation.empty()) options.aggregation = ParseAggregation(manifest.aggregation);
  const Dataset dataset = ReadDataset(path);
  const SplitResult parts = PrepareInteractions(dataset, SplitSpec{}, options);
  int64_t ignored = 0;
  Seen seen;
  seen.matrix = RenameColumns(parts.train, MatchIds(dataset.items, &artifact->items),
                              artifact->items.size(), &ignored);
  const std::vector<int32_t> users = MatchIds(dataset.users, &artifact->users);
  seen.row_of.assign(static_cast<size_t>(artifact->users.size()), -1);
  for (size_t row = 0; row < parts.train_users.size(); ++row) {
    const int32_t user = users[parts.train_users[row]];
    if (user >= 0) seen.row_of[user] = static_cast<int32_t>(row);
  }
  return seen;
}

}  // namespace

Seen FindSeen(const std::string& directory, const std::string& data, Artifact* artifact) {
  if (!data.empty()) return SeenInData(data, artifact);
  if (!artifact->history) {
    throw UsageError(directory +
                     " was saved without history, so what users have seen or disliked is not "
                     "known; give the log with --data");
  }
  Seen seen;
  seen.matrix = std::move(*artifact->history);
  for (int64_t row = 0; row < seen.matrix.rows; ++row) {
    seen.row_of.push_back(static_cast<int32_t>(row));
  }
  return seen;
}

}  // namespace tidewright
