#include "host/data/event_log.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "host/core/parallel.h"

namespace tidewright {
namespace {

constexpr int64_t kUsersABlock = 4096;
constexpr int64_t kEventsABlock = 1 << 16;

bool IsSorted(const EventLog& log) {
  const bool timed = log.has_timestamps();
  for (int64_t e = 1; e < log.size(); ++e) {
    if (log.user[e - 1] > log.user[e]) return false;
    if (timed && log.user[e - 1] == log.user[e] && log.timestamp[e - 1] > log.timestamp[e]) {
      return false;
    }
  }
  return true;
}

template <class T, class Index>
void Permute(const std::vector<Index>& order, std::vector<T>* column) {
  if (column->empty()) return;
  std::vector<T> sorted(column->size());
  ParallelRanges(static_cast<int64_t>(order.size()), kEventsABlock,
                 [&](int64_t begin, int64_t end, int) {
                   for (int64_t e = begin; e < end; ++e) sorted[e] = (*column)[order[e]];
                 });
  column->swap(sorted);
}

// Counting sort by user, then each user's events by time: stable in both steps. `Index` is as
// narrow as the log allows, because the order is the largest thing held beside the columns.
template <class Index>
void SortWith(EventLog* log) {
  const int64_t events = log->size();
  const int32_t users = *std::max_element(log->user.begin(), log->user.end()) + 1;
  std::vector<int64_t> offsets(static_cast<size_t>(users) + 1, 0);
  for (const int32_t user : log->user) ++offsets[static_cast<size_t>(user) + 1];
  std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
  std::vector<Index> order(static_cast<size_t>(events));
  std::vector<int64_t> cursor(offsets.begin(), offsets.end() - 1);
  for (int64_t e = 0; e < events; ++e) order[cursor[log->user[e]]++] = static_cast<Index>(e);
  if (log->has_timestamps()) {
    ParallelRanges(users, kUsersABlock, [&](int64_t begin, int64_t end, int) {
      for (int64_t user = begin; user < end; ++user) {
        std::stable_sort(order.begin() + offsets[user], order.begin() + offsets[user + 1],
                         [&](Index a, Index b) { return log->timestamp[a] < log->timestamp[b]; });
      }
    });
  }
  Permute(order, &log->user);
  Permute(order, &log->item);
  Permute(order, &log->timestamp);
  Permute(order, &log->signal);
  Permute(order, &log->value);
  for (EventColumn& column : log->extra) Permute(order, &column.values);
}

}  // namespace

void SortEvents(EventLog* log) {
  if (IsSorted(*log)) return;
  if (log->size() <= std::numeric_limits<uint32_t>::max()) {
    SortWith<uint32_t>(log);
  } else {
    SortWith<uint64_t>(log);
  }
}

}  // namespace tidewright
