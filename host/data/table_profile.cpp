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

// Adds each value to the count of its bin.
void CountValues(const FeatureColumn& column, const float* edges, size_t edge_count,
                 size_t share_count, double* counts) {
  const size_t missing = share_count - 1;
  for (const float value : column.values) {
    size_t bin = missing;
    if (!std::isnan(value)) {
      bin = column.description.kind == FeatureKind::kCategory
                ? static_cast<size_t>(value)
                : static_cast<size_t>(std::upper_bound(edges, edges + edge_count, value) - edges);
    }
    counts[std::min(bin, missing)] += 1;
  }
}

double ShareOf(double count, size_t rows) {
  return count / std::max<double>(1, static_cast<double>(rows));
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
    shares[c].assign(bins + 1, 0.0);
    CountValues(column, edges[c].data(), edges[c].size(), bins + 1, shares[c].data());
    for (double& share : shares[c]) share = ShareOf(share, column.values.size());
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

DriftCounts::DriftCounts(const TableProfile& profile)
    : profile_(profile), counts_(profile.shares.size(), 0.0) {}

void DriftCounts::Add(const FeatureTable& table) {
  if (columns_.empty()) {
    for (const FeatureColumn& column : table.columns) columns_.push_back(column.description.name);
  }
  rows_ += table.rows;
  ParallelBlocks(static_cast<int64_t>(table.columns.size()), [&](int64_t c, int) {
    const int64_t first = profile_.share_offsets[c];
    CountValues(table.columns[c], profile_.edges.data() + profile_.edge_offsets[c],
                static_cast<size_t>(profile_.edge_offsets[c + 1] - profile_.edge_offsets[c]),
                static_cast<size_t>(profile_.share_offsets[c + 1] - first), counts_.data() + first);
  });
}

std::vector<ColumnDrift> DriftCounts::Drift() const {
  std::vector<ColumnDrift> drift(columns_.size());
  for (size_t c = 0; c < drift.size(); ++c) {
    drift[c].column = columns_[c];
    for (int64_t bin = profile_.share_offsets[c]; bin < profile_.share_offsets[c + 1]; ++bin) {
      const double before = std::max(kLeastShare, profile_.shares[bin]);
      const double after = std::max(kLeastShare, ShareOf(counts_[bin], static_cast<size_t>(rows_)));
      drift[c].psi += (after - before) * std::log(after / before);
    }
  }
  std::stable_sort(drift.begin(), drift.end(),
                   [](const ColumnDrift& a, const ColumnDrift& b) { return a.psi > b.psi; });
  return drift;
}

std::vector<ColumnDrift> PopulationStability(const TableProfile& profile,
                                             const FeatureTable& table) {
  DriftCounts counts(profile);
  counts.Add(table);
  return counts.Drift();
}

}  // namespace tidewright
