#ifndef TIDEWRIGHT_TESTS_HOST_DATA_SPLIT_FIXTURE_H_
#define TIDEWRIGHT_TESTS_HOST_DATA_SPLIT_FIXTURE_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "host/core/random.h"
#include "host/core/time.h"
#include "host/data/split.h"

namespace tidewright {

inline constexpr int64_t kUsers = 400;
inline constexpr int64_t kItems = 60;

inline int64_t Day(int64_t day) {
  return 1'300'000'000 * kMicrosPerSecond / kMicrosPerDay * kMicrosPerDay + day * kMicrosPerDay;
}

// Several events a pair, likes and cancellations, users with nothing and with one item, over 100
// days.
inline EventLog RandomLog(uint64_t seed) {
  EventLog log;
  log.signal_names = {"purchase", "cancel", "noise"};
  log.default_signal_weights = {1.0f, -1.0f, 0.0f};
  for (int64_t user = 0; user < kUsers; ++user) {
    const uint32_t events = user < 40 ? static_cast<uint32_t>(user) / 10
                                      : Philox(seed, 100, static_cast<uint64_t>(user)).word[0] % 40;
    for (uint32_t event = 0; event < events; ++event) {
      const PhiloxDraw draw = Philox(seed, 101 + event, static_cast<uint64_t>(user));
      log.user.push_back(static_cast<int32_t>(user));
      log.item.push_back(static_cast<int32_t>(draw.word[0] % kItems));
      log.signal.push_back(draw.word[1] % 10 < 7 ? 0 : draw.word[1] % 10 < 9 ? 1 : 2);
      log.value.push_back(static_cast<float>(1 + draw.word[2] % 3));
      log.timestamp.push_back(Day(event * 100 / events) + draw.word[3] % kMicrosPerDay);
    }
    std::sort(log.timestamp.end() - events, log.timestamp.end());
  }
  return log;
}

inline Dataset LogDataset(EventLog log) {
  Dataset dataset;
  dataset.path = "log.h5";
  dataset.users = IdTable::Range(kUsers);
  dataset.items = IdTable::Range(kItems);
  dataset.log = std::move(log);
  return dataset;
}

inline Dataset MatrixDataset() {
  const EventLog log = RandomLog(5);
  Dataset dataset = LogDataset({});
  dataset.log.reset();
  dataset.layout = Layout::kAnnDataCsr;
  dataset.matrix = AggregateEvents(log, kUsers, kItems, log.default_signal_weights,
                                   Aggregation::kSum, {}, nullptr);
  return dataset;
}

using Pair = std::pair<int32_t, int32_t>;

inline std::set<Pair> TrainPairs(const Csr& train, const std::vector<int32_t>& train_users) {
  std::set<Pair> pairs;
  for (int64_t row = 0; row < train.rows; ++row) {
    for (int64_t k = train.offsets[row]; k < train.offsets[row + 1]; ++k) {
      pairs.emplace(train_users[row], train.ids[k]);
    }
  }
  return pairs;
}

inline bool SameCsr(const Csr& a, const Csr& b) {
  return a.rows == b.rows && a.cols == b.cols && a.offsets == b.offsets && a.ids == b.ids &&
         a.values == b.values;
}

inline bool SameEvalSet(const EvalSet& a, const EvalSet& b) {
  return a.model_rows == b.model_rows && SameCsr(a.known, b.known) &&
         SameCsr(a.relevant, b.relevant) && a.users_without_history == b.users_without_history &&
         a.targets_seen == b.targets_seen && a.targets_disliked == b.targets_disliked;
}

inline bool SameParts(const TrainValidationTest& a, const TrainValidationTest& b) {
  return SameCsr(a.train, b.train) && a.train_users == b.train_users &&
         SameEvalSet(a.validation, b.validation) && SameEvalSet(a.test, b.test);
}

inline TrainValidationTest Prepare(const Dataset& dataset, const std::string& test,
                                   const std::string& validation = "none", uint64_t seed = 1) {
  PrepareOptions options;
  options.seed = seed;
  return PrepareWithValidation(dataset, ParseSplit(test), ParseSplit(validation), options);
}

// What every EvalSet keeps to.
inline void CheckEvalSet(const EvalSet& set, const Csr& train) {
  const int64_t users = static_cast<int64_t>(set.model_rows.size());
  ASSERT_GT(users, 0);
  ASSERT_EQ(set.known.rows, users);
  ASSERT_EQ(set.relevant.rows, users);
  for (int64_t row = 0; row < users; ++row) {
    ASSERT_LT(set.model_rows[row], train.rows);
    ASSERT_GT(set.relevant.RowLength(row), 0);
    ASSERT_GT(set.known.RowLength(row), 0);
    const auto known_begin = set.known.ids.begin() + set.known.offsets[row];
    const auto known_end = set.known.ids.begin() + set.known.offsets[row + 1];
    ASSERT_TRUE(std::is_sorted(known_begin, known_end));
    for (int64_t k = set.relevant.offsets[row]; k < set.relevant.offsets[row + 1]; ++k) {
      ASSERT_GT(set.relevant.values[k], 0);
      ASSERT_FALSE(std::binary_search(known_begin, known_end, set.relevant.ids[k]));
    }
    if (set.model_rows[row] < 0) continue;
    const int64_t model_row = set.model_rows[row];
    ASSERT_TRUE(std::includes(known_begin, known_end, train.ids.begin() + train.offsets[model_row],
                              train.ids.begin() + train.offsets[model_row + 1]));
  }
}

// The targets as pairs of the dataset's rows; users that fold in are named -1.
inline std::set<Pair> TargetPairs(const EvalSet& set, const std::vector<int32_t>& train_users) {
  std::set<Pair> pairs;
  for (int64_t row = 0; row < set.relevant.rows; ++row) {
    const int32_t user = set.model_rows[row] < 0 ? -1 : train_users[set.model_rows[row]];
    for (int64_t k = set.relevant.offsets[row]; k < set.relevant.offsets[row + 1]; ++k) {
      pairs.emplace(user, set.relevant.ids[k]);
    }
  }
  return pairs;
}

// The events in [begin, end) alone, aggregated: what a part of a time split may hold.
inline Csr AggregateWindow(const EventLog& log, int64_t begin, int64_t end) {
  return AggregateEvents(
      log, kUsers, kItems, log.default_signal_weights, Aggregation::kSum,
      [&](int64_t event) { return log.timestamp[event] >= begin && log.timestamp[event] < end; },
      nullptr);
}

inline Csr AggregateAll(const EventLog& log) { return AggregateWindow(log, INT64_MIN, INT64_MAX); }

inline std::set<Pair> AllPairs(const Csr& matrix, bool positive_only) {
  std::set<Pair> pairs;
  for (int64_t user = 0; user < matrix.rows; ++user) {
    for (int64_t k = matrix.offsets[user]; k < matrix.offsets[user + 1]; ++k) {
      if (matrix.values[k] > 0 || !positive_only) {
        pairs.emplace(static_cast<int32_t>(user), matrix.ids[k]);
      }
    }
  }
  return pairs;
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_HOST_DATA_SPLIT_FIXTURE_H_
