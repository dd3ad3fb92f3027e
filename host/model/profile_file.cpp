#include "host/model/profile_file.h"

#include <cmath>
#include <string>

#include "host/core/errors.h"

namespace tidewright {
namespace {

void CheckProfileOffsets(const std::vector<int64_t>& offsets, size_t columns, size_t end,
                         const std::string& path, const std::string& name) {
  if (offsets.size() != columns + 1) {
    throw DataError({path, name, {}}, "it has " + std::to_string(offsets.size()) + " entries",
                    std::to_string(columns + 1) + ", one more than the model has columns");
  }
  for (size_t at = 0; at < offsets.size(); ++at) {
    const int64_t least = at == 0 ? 0 : offsets[at - 1];
    if (offsets[at] < least || (at == 0 && offsets[0] != 0)) {
      throw DataError({path, name, static_cast<int64_t>(at)}, "it falls",
                      "offsets that begin with 0 and never fall");
    }
  }
  if (offsets.back() != static_cast<int64_t>(end)) {
    throw DataError({path, name, static_cast<int64_t>(columns)},
                    "it ends with " + std::to_string(offsets.back()), std::to_string(end));
  }
}

}  // namespace

std::vector<ArrayView> ProfileArrays(const TableProfile& profile) {
  return {
      ViewArray("edge_offsets", {profile.columns() + 1}, profile.edge_offsets.data()),
      ViewArray("edges", {static_cast<int64_t>(profile.edges.size())}, profile.edges.data()),
      ViewArray("share_offsets", {profile.columns() + 1}, profile.share_offsets.data()),
      ViewArray("shares", {static_cast<int64_t>(profile.shares.size())}, profile.shares.data())};
}

TableProfile ReadProfile(const SafetensorsReader& reader, const FeatureSpec& features) {
  TableProfile profile;
  reader.Read("edge_offsets", 1, &profile.edge_offsets);
  reader.Read("edges", 1, &profile.edges);
  reader.Read("share_offsets", 1, &profile.share_offsets);
  reader.Read("shares", 1, &profile.shares);
  const std::string& path = reader.path();
  const size_t columns = features.columns.size();
  CheckProfileOffsets(profile.edge_offsets, columns, profile.edges.size(), path, "edge_offsets");
  CheckProfileOffsets(profile.share_offsets, columns, profile.shares.size(), path, "share_offsets");
  for (size_t c = 0; c < columns; ++c) {
    const FeatureDescription& column = features.columns[c];
    const int64_t edges = profile.edge_offsets[c + 1] - profile.edge_offsets[c];
    const int64_t shares = profile.share_offsets[c + 1] - profile.share_offsets[c];
    const bool category = column.kind == FeatureKind::kCategory;
    const int64_t bins = category ? static_cast<int64_t>(column.categories.size()) : edges + 1;
    if (shares != bins + 1 || (category && edges != 0)) {
      throw DataError({path, "share_offsets", static_cast<int64_t>(c)},
                      "column " + column.name + " has " + std::to_string(shares) + " shares",
                      std::to_string(bins + 1));
    }
    for (int64_t at = profile.edge_offsets[c]; at < profile.edge_offsets[c + 1]; ++at) {
      const bool rises = at == profile.edge_offsets[c] || profile.edges[at] > profile.edges[at - 1];
      if (std::isfinite(profile.edges[at]) && rises) continue;
      throw DataError({path, "edges", at}, "it does not rise", "finite numbers that rise");
    }
  }
  for (size_t at = 0; at < profile.shares.size(); ++at) {
    if (profile.shares[at] >= 0 && profile.shares[at] <= 1) continue;
    throw DataError({path, "shares", static_cast<int64_t>(at)}, "it is no share",
                    "a number from 0 to 1");
  }
  return profile;
}

}  // namespace tidewright
