#include "host/data/table_profile.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "host/core/parallel.h"

namespace tidewright {
namespace {

constexpr size_t kProfileBins = 10;
constexpr double kLeastShare = 1e-4;

std::vector<float> EdgesOf(const FeatureColumn& column) {
  std::vector<float> edges;
  if (column.description.kind == FeatureKind::kCategory) return edges;
  if (column.description.kind == FeatureKind::kBoolean) return {0.5f};
  std::vector<float> sorted;
  for (const float value : column.values) {
    if (!std::isnan(value)) sorted.push_back(value);
  }
  std::sort(sorted.begin(), sorted.end());
  for (size_t bin = 1; bin < kProfileBins; ++bin) {
    if (sorted.empty()) break;
    const float edge = sorted[bin * sorted.size() / kProfileBins];
    // An edge at the least value would have an empty bin below it.
    if (edge > sorted.front() && (edges.empty() || edge > edges.back())) edges.push_back(edge);
  }
  return edges;
}

std::vector<double> SharesOf(const FeatureColumn& column, const float* edges, size_t edge_count,
                             size_t share_count) {
  std::vector<double> shares(share_count, 0.0);
  const size_t missing = share_count - 1;
  for (const float value : column.values) {
    size_t bin = missing;
    if (!std::isnan(value)) {
      bin = column.description.kind == FeatureKind::kCategory
                ? static_cast<size_t>(value)
                : static_cast<size_t>(std::upper_bound(edges, edges + edge_count, value) - edges);
    }
    shares[std::min(bin, missing)] += 1;
  }
  for (double& share : shares) {
    share /= std::max<double>(1, static_cast<double>(column.values.size()));
  }
  return shares;
}

}  // namespace

TableProfile ProfileOf(const FeatureTable& table) {
  std::vector<std::vector<float>> edges(table.columns.size());
  std::vector<std::vector<double>> shares(table.columns.size());
  ParallelBlocks(static_cast<int64_t>(table.columns.size()), [&](int64_t c, int) {
    const FeatureColumn& column = table.columns[c];
    edges[c] = EdgesOf(column);
    const bool category = column.description.kind == FeatureKind::kCategory;
    const size_t bins = category ? column.description.categories.size() : edges[c].size() + 1;
    shares[c] = SharesOf(column, edges[c].data(), edges[c].size(), bins + 1);
  });
  TableProfile profile;
  for (size_t c = 0; c < edges.size(); ++c) {
    profile.edges.insert(profile.edges.end(), edges[c].begin(), edges[c].end());
    profile.shares.insert(profile.shares.end(), shares[c].begin(), shares[c].end());
    profile.edge_offsets.push_back(static_cast<int64_t>(profile.edges.size()));
    profile.share_offsets.push_back(static_cast<int64_t>(profile.shares.size()));
  }
  return profile;
}

std::vector<ColumnDrift> PopulationStability(const TableProfile& profile,
                                             const FeatureTable& table) {
  std::vector<ColumnDrift> drift(table.columns.size());
  ParallelBlocks(static_cast<int64_t>(table.columns.size()), [&](int64_t c, int) {
    const FeatureColumn& column = table.columns[c];
    const int64_t first = profile.share_offsets[c];
    const int64_t count = profile.share_offsets[c + 1] - first;
    const std::vector<double> now =
        SharesOf(column, profile.edges.data() + profile.edge_offsets[c],
                 static_cast<size_t>(profile.edge_offsets[c + 1] - profile.edge_offsets[c]),
                 static_cast<size_t>(count));
    drift[c].column = column.description.name;
    for (int64_t bin = 0; bin < count; ++bin) {
      const double before = std::max(kLeastShare, profile.shares[first + bin]);
      const double after = std::max(kLeastShare, now[bin]);
      drift[c].psi += (after - before) * std::log(after / before);
    }
  });
  std::stable_sort(drift.begin(), drift.end(),
                   [](const ColumnDrift& a, const ColumnDrift& b) { return a.psi > b.psi; });
  return drift;
}

}  // namespace tidewright
