#include "host/bgnbd/histories.h"

#include <algorithm>
#include <tuple>

#include "host/core/parallel.h"
#include "host/data/aggregate.h"

namespace tidewright {
namespace {

constexpr int64_t kHistoryUsersABlock = 4096;

bool CountsAsPurchase(const EventLog& log, const std::vector<float>& weights, int64_t event) {
  const float weight = weights[log.signal.empty() ? 0 : log.signal[event]];
  if (weight == 0) return false;
  const bool below = !log.value.empty() && log.value[event] < 0;
  return (weight > 0) == !below;
}

// The begin of the span that holds `time`.
int64_t SpanBegin(int64_t time, int64_t merge) {
  if (merge == 0) return time;
  const int64_t rest = time % merge;
  return time - (rest < 0 ? rest + merge : rest);
}

// Calls visit(user, time) for the events of each user up to `end` that count, each span once.
template <class Visit>
void ForEachPurchase(const EventLog& log, int64_t users, const PurchaseReading& reading,
                     int64_t end, const Visit& visit) {
  const std::vector<int64_t> offsets = UserOffsets(log, users);
  ParallelRanges(users, kHistoryUsersABlock, [&](int64_t first, int64_t last, int) {
    for (int64_t user = first; user < last; ++user) {
      int64_t previous = 0;
      bool any = false;
      for (int64_t event = offsets[user]; event < offsets[user + 1]; ++event) {
        if (log.timestamp[event] > end) break;
        if (!CountsAsPurchase(log, reading.weights, event)) continue;
        const int64_t time = SpanBegin(log.timestamp[event], reading.merge);
        if (any && reading.merge > 0 && time == previous) continue;
        any = true;
        previous = time;
        visit(user, log.timestamp[event], time);
      }
    }
  });
}

}  // namespace

std::vector<PurchaseHistory> ReadHistories(const EventLog& log, int64_t users,
                                           const PurchaseReading& reading, int64_t cutoff) {
  std::vector<PurchaseHistory> histories(static_cast<size_t>(users));
  ForEachPurchase(log, users, reading, cutoff, [&](int64_t user, int64_t, int64_t time) {
    PurchaseHistory& history = histories[user];
    ++history.frequency;
    if (history.frequency == 0) history.age = cutoff - time;
    history.recency = history.age - (cutoff - time);
  });
  return histories;
}

std::vector<int32_t> CountPurchases(const EventLog& log, int64_t users,
                                    const PurchaseReading& reading, int64_t begin, int64_t end) {
  std::vector<int32_t> counts(static_cast<size_t>(users), 0);
  ForEachPurchase(log, users, reading, end, [&](int64_t user, int64_t event_time, int64_t) {
    if (event_time > begin) ++counts[user];
  });
  return counts;
}

PurchaseCells GatherCells(const std::vector<PurchaseHistory>& histories, int64_t unit) {
  std::vector<PurchaseHistory> sorted;
  sorted.reserve(histories.size());
  for (const PurchaseHistory& history : histories) {
    if (history.frequency >= 0) sorted.push_back(history);
  }
  const auto key = [](const PurchaseHistory& one) {
    return std::tuple(one.frequency, one.recency, one.age);
  };
  std::sort(sorted.begin(), sorted.end(),
            [&](const PurchaseHistory& one, const PurchaseHistory& other) {
              return key(one) < key(other);
            });
  PurchaseCells cells;
  const auto units = static_cast<double>(unit);
  for (size_t begin = 0; begin < sorted.size();) {
    size_t end = begin + 1;
    while (end < sorted.size() && key(sorted[end]) == key(sorted[begin])) ++end;
    const PurchaseHistory& history = sorted[begin];
    if (cells.frequencies.empty() || cells.frequencies.back() != history.frequency) {
      cells.frequencies.push_back(history.frequency);
    }
    cells.place.push_back(static_cast<int32_t>(cells.frequencies.size() - 1));
    cells.recency.push_back(static_cast<double>(history.recency) / units);
    cells.age.push_back(static_cast<double>(history.age) / units);
    cells.customers.push_back(static_cast<double>(end - begin));
    begin = end;
  }
  return cells;
}

}  // namespace tidewright
