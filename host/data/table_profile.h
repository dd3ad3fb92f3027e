#ifndef TIDEWRIGHT_HOST_DATA_TABLE_PROFILE_H_
#define TIDEWRIGHT_HOST_DATA_TABLE_PROFILE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "host/data/feature_table.h"

namespace tidewright {

// How the columns of a table are distributed, in a few numbers a column: to see later whether other
// rows are distributed alike. Column c has the edges [edge_offsets[c], edge_offsets[c + 1]) and the
// shares [share_offsets[c], share_offsets[c + 1]).
// - a number or boolean: rising edges, at most 9, near the deciles; share b is that of the values
//   from edge b - 1 (included) to edge b (left out), of which there is one more than edges;
// - a category: no edge; a share a category, in the order of their codes.
// The last share is that of missing values. A column's shares sum to 1.
struct TableProfile {
  std::vector<int64_t> edge_offsets{0};
  std::vector<float> edges;
  std::vector<int64_t> share_offsets{0};
  std::vector<double> shares;

  int64_t columns() const { return static_cast<int64_t>(share_offsets.size()) - 1; }
};

TableProfile ProfileOf(const FeatureTable& table);

struct ColumnDrift {
  std::string column;
  double psi = 0;
};

// Counts of rows by the bins of a profile, some rows at a time, and what PopulationStability says
// of them.
class DriftCounts {
 public:
  explicit DriftCounts(const TableProfile& profile);  // which outlives it
  // Rows in the profile's columns.
  void Add(const FeatureTable& table);
  int64_t rows() const { return rows_; }
  std::vector<ColumnDrift> Drift() const;

 private:
  const TableProfile& profile_;
  std::vector<std::string> columns_;
  std::vector<double> counts_;  // as the profile's shares
  int64_t rows_ = 0;
};

// The population stability index of each column, between the profile and a table of its columns:
// sum over bins of (now - then) ln(now / then), with shares kept at least 1e-4. By falling index.
std::vector<ColumnDrift> PopulationStability(const TableProfile& profile,
                                             const FeatureTable& table);

// Up to the first: distributed alike; up to the second: a little otherwise; beyond: otherwise.
inline constexpr double kSlightDrift = 0.1;
inline constexpr double kStrongDrift = 0.2;
// With fewer rows the index is mostly chance.
inline constexpr int64_t kDriftRows = 200;

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_TABLE_PROFILE_H_
