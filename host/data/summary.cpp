#include "host/data/summary.h"

#include <algorithm>
#include <cmath>
#include <variant>

#include "host/core/parallel.h"

namespace tidewright {
namespace {

constexpr int64_t kRowsABlock = 4096;

double Quantile(const std::vector<int64_t>& sorted, double fraction) {
  const double at = fraction * static_cast<double>(sorted.size() - 1);
  const size_t low = static_cast<size_t>(at);
  const size_t high = std::min(low + 1, sorted.size() - 1);
  const double share = at - static_cast<double>(low);
  return static_cast<double>(sorted[low]) * (1 - share) + static_cast<double>(sorted[high]) * share;
}

LengthSummary SummarizeLengths(std::vector<int64_t> lengths) {
  LengthSummary summary;
  if (lengths.empty()) return summary;
  std::sort(lengths.begin(), lengths.end());
  int64_t total = 0;
  for (const int64_t length : lengths) total += length;
  summary.rows = static_cast<int64_t>(lengths.size());
  summary.empty_rows = std::upper_bound(lengths.begin(), lengths.end(), 0) - lengths.begin();
  summary.min = lengths.front();
  summary.median = Quantile(lengths, 0.5);
  summary.mean = static_cast<double>(total) / static_cast<double>(summary.rows);
  summary.p95 = Quantile(lengths, 0.95);
  summary.max = lengths.back();
  return summary;
}

std::vector<int64_t> CountRows(const std::vector<int32_t>& rows, int64_t table_size) {
  std::vector<int64_t> counts(static_cast<size_t>(table_size), 0);
  for (const int32_t row : rows) ++counts[row];
  return counts;
}

// The log is sorted by user, so each user's items are a range of their own.
int64_t CountPairs(const EventLog& log, const std::vector<int64_t>& user_lengths) {
  std::vector<int64_t> offsets(user_lengths.size() + 1, 0);
  for (size_t user = 0; user < user_lengths.size(); ++user) {
    offsets[user + 1] = offsets[user] + user_lengths[user];
  }
  const int64_t users = static_cast<int64_t>(user_lengths.size());
  std::vector<int64_t> pairs(static_cast<size_t>((users + kRowsABlock - 1) / kRowsABlock), 0);
  ParallelRanges(users, kRowsABlock, [&](int64_t begin, int64_t end, int) {
    std::vector<int32_t> items;
    int64_t count = 0;
    for (int64_t user = begin; user < end; ++user) {
      items.assign(log.item.begin() + offsets[user], log.item.begin() + offsets[user + 1]);
      std::sort(items.begin(), items.end());
      count += std::unique(items.begin(), items.end()) - items.begin();
    }
    pairs[begin / kRowsABlock] = count;
  });
  int64_t total = 0;
  for (const int64_t count : pairs) total += count;
  return total;
}

void SummarizeValues(const std::vector<float>& values, DatasetSummary* summary) {
  if (values.empty()) return;
  double sum = 0;
  for (const float value : values) sum += value;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  summary->min_value = *low;
  summary->max_value = *high;
  summary->mean_value = sum / static_cast<double>(values.size());
}

void SummarizeLog(const EventLog& log, DatasetSummary* summary) {
  std::vector<int64_t> user_lengths = CountRows(log.user, summary->users);
  summary->entries = log.size();
  summary->pairs = CountPairs(log, user_lengths);
  summary->duplicates = summary->entries - summary->pairs;
  for (size_t s = 0; s < log.signal_names.size(); ++s) {
    SignalSummary signal{log.signal_names[s]};
    signal.default_weight = log.default_signal_weights[s];
    signal.events = std::count(log.signal.begin(), log.signal.end(), static_cast<uint8_t>(s));
    summary->signals.push_back(signal);
  }
  if (!log.timestamp.empty()) {
    const auto [first, last] = std::minmax_element(log.timestamp.begin(), log.timestamp.end());
    summary->first_time = *first;
    summary->last_time = *last;
  }
  if (log.value.empty()) {
    summary->min_value = summary->max_value = 1;
    summary->mean_value = 1;
  } else {
    SummarizeValues(log.value, summary);
  }
  summary->by_user = SummarizeLengths(std::move(user_lengths));
  summary->by_item = SummarizeLengths(CountRows(log.item, summary->items));
}

void SummarizeMatrix(const Csr& matrix, DatasetSummary* summary) {
  summary->entries = summary->pairs = matrix.nnz();
  SummarizeValues(matrix.values, summary);
  std::vector<int64_t> lengths(static_cast<size_t>(matrix.rows));
  for (int64_t row = 0; row < matrix.rows; ++row) lengths[row] = matrix.RowLength(row);
  summary->by_user = SummarizeLengths(std::move(lengths));
  summary->by_item = SummarizeLengths(CountRows(matrix.ids, matrix.cols));
}

}  // namespace

DatasetSummary Summarize(const Dataset& dataset) {
  DatasetSummary summary;
  summary.path = dataset.path;
  summary.layout = LayoutName(dataset.layout);
  summary.users = dataset.users.size();
  summary.items = dataset.items.size();
  summary.duplicates = dataset.duplicates_merged;
  summary.zeros_dropped = dataset.zeros_dropped;
  if (dataset.log) SummarizeLog(*dataset.log, &summary);
  if (dataset.matrix) SummarizeMatrix(*dataset.matrix, &summary);
  if (dataset.test_log) summary.test_entries = dataset.test_log->size();
  if (dataset.test_matrix) summary.test_entries = dataset.test_matrix->nnz();
  if (summary.users > 0 && summary.items > 0) {
    summary.density = static_cast<double>(summary.pairs) / static_cast<double>(summary.users) /
                      static_cast<double>(summary.items);
  }
  for (const TableColumn& column : dataset.user_columns)
    summary.user_columns.push_back(column.name);
  for (const TableColumn& column : dataset.item_columns)
    summary.item_columns.push_back(column.name);
  summary.fingerprint = dataset.fingerprint;
  summary.stored_bytes = dataset.stored_bytes;
  summary.decoded_bytes = dataset.decoded_bytes;
  return summary;
}

}  // namespace tidewright
