#include "host/data/split_parts.h"

#include <algorithm>
#include <utility>

#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/core/time.h"

namespace tidewright {
namespace {

constexpr int64_t kUsersPerSplitBlock = 512;

uint64_t DrawBits(const PhiloxDraw& draw) {
  return static_cast<uint64_t>(draw.word[0]) << 32 | draw.word[1];
}

// The draw of a pair: of (seed, stream, user, item) alone, whatever else the data holds.
PhiloxDraw PairDraw(const Csr& pairs, int64_t user, int64_t entry, const CutRole& role,
                    uint64_t seed) {
  return Philox(seed, static_cast<uint64_t>(role.pairs),
                static_cast<uint64_t>(user * pairs.cols + pairs.ids[entry]));
}

// A matrix may store zeros, and an earlier cut may have taken an entry: neither is evidence here.
bool IsOpen(const Csr& pairs, const std::vector<Part>& parts, int64_t entry) {
  return parts[entry] == Part::kTrain && pairs.values[entry] != 0;
}

void CutRandom(const Csr& pairs, double fraction, const CutRole& role, uint64_t seed,
               std::vector<Part>* parts) {
  ParallelRanges(pairs.rows, kUsersPerSplitBlock, [&](int64_t begin, int64_t end, int) {
    for (int64_t user = begin; user < end; ++user) {
      for (int64_t entry = pairs.offsets[user]; entry < pairs.offsets[user + 1]; ++entry) {
        if (!IsOpen(pairs, *parts, entry)) continue;
        const PhiloxDraw draw = PairDraw(pairs, user, entry, role, seed);
        if (UniformDouble(draw.word[0], draw.word[1]) < fraction) (*parts)[entry] = role.target;
      }
    }
  });
}

// The `count` users of smallest draw among those with at least 2 positive items.
std::vector<int32_t> HeldOutUsers(const Csr& pairs, const std::vector<Part>& parts,
                                  const SplitSpec& split, const CutRole& role, uint64_t seed) {
  std::vector<std::pair<uint64_t, int32_t>> eligible;
  for (int64_t user = 0; user < pairs.rows; ++user) {
    int64_t positive = 0;
    for (int64_t entry = pairs.offsets[user]; entry < pairs.offsets[user + 1]; ++entry) {
      positive += IsOpen(pairs, parts, entry) && pairs.values[entry] > 0;
    }
    if (positive < 2) continue;
    const PhiloxDraw draw =
        Philox(seed, static_cast<uint64_t>(role.users), static_cast<uint64_t>(user));
    eligible.emplace_back(DrawBits(draw), static_cast<int32_t>(user));
  }
  const int64_t available = static_cast<int64_t>(eligible.size());
  if (split.count > available) {
    throw UsageError("split '" + split.text +
                     "' asks for more users than can be held out: " + std::to_string(available) +
                     " have at least 2 positive items; use a smaller N");
  }
  std::sort(eligible.begin(), eligible.end());
  std::vector<int32_t> users;
  for (int64_t i = 0; i < split.count; ++i) users.push_back(eligible[i].second);
  return users;
}

void CutUsers(const Csr& pairs, const SplitSpec& split, const CutRole& role, uint64_t seed,
              std::vector<Part>* parts) {
  for (const int32_t user : HeldOutUsers(pairs, *parts, split, role, seed)) {
    std::vector<std::pair<uint64_t, int64_t>> positive;
    for (int64_t entry = pairs.offsets[user]; entry < pairs.offsets[user + 1]; ++entry) {
      if (!IsOpen(pairs, *parts, entry)) continue;
      (*parts)[entry] = role.known;
      if (pairs.values[entry] < 0) continue;
      positive.emplace_back(DrawBits(PairDraw(pairs, user, entry, role, seed)), entry);
    }
    std::sort(positive.begin(), positive.end());
    const size_t targets = std::max<size_t>(1, (positive.size() + 2) / 5);  // 20 %, rounded
    for (size_t i = 0; i < targets; ++i) (*parts)[positive[i].second] = role.target;
  }
}

// latest[entry]: the row of the pair's last event, which orders a user's items in time.
void CutLast(const Csr& pairs, const std::vector<int64_t>& latest, int64_t count,
             const CutRole& role, std::vector<Part>* parts) {
  ParallelRanges(pairs.rows, kUsersPerSplitBlock, [&](int64_t begin, int64_t end, int) {
    std::vector<std::pair<int64_t, int64_t>> by_time;
    for (int64_t user = begin; user < end; ++user) {
      by_time.clear();
      for (int64_t entry = pairs.offsets[user]; entry < pairs.offsets[user + 1]; ++entry) {
        by_time.emplace_back(latest[entry], entry);
      }
      std::sort(by_time.rbegin(), by_time.rend());
      const int64_t cut = std::min(count, static_cast<int64_t>(by_time.size()) - 1);
      for (int64_t i = 0; i < cut; ++i) (*parts)[by_time[i].second] = role.target;
    }
  });
}

void CutTime(const EventLog& log, const SplitSpec& split, const CutRole& role,
             std::vector<Part>* parts) {
  const auto [first, last] = std::minmax_element(log.timestamp.begin(), log.timestamp.end());
  if (split.time <= *first || split.time > *last) {
    throw UsageError("split '" + split.text + "' is outside the log, whose events go from " +
                     FormatTime(*first) + " to " + FormatTime(*last) +
                     ": give a date after the first and not after the last");
  }
  const int64_t events = log.size();
  for (int64_t event = 0; event < events; ++event) {
    if ((*parts)[event] == Part::kTrain && log.timestamp[event] >= split.time) {
      (*parts)[event] = role.target;
    }
  }
}

// Cuts whole pairs, and gives every event the part of its pair.
class PairCutter {
 public:
  PairCutter(const EventLog& log, int64_t users, int64_t items, const std::vector<float>& weights,
             Aggregation aggregation, std::vector<Part>* parts)
      : log_(log),
        weights_(weights),
        parts_(parts),
        offsets_(UserOffsets(log, users)),
        pairs_(AggregateEvents(
            log, users, items, weights, aggregation,
            [parts](int64_t event) { return (*parts)[event] == Part::kTrain; }, nullptr)) {}

  void Cut(const SplitSpec& split, const CutRole& role, uint64_t seed) {
    std::vector<Part> pair_parts(pairs_.ids.size(), Part::kTrain);
    if (split.kind == SplitKind::kLast) {
      std::vector<int64_t> latest(pairs_.ids.size(), 0);
      ForEachEvent([&](int64_t event, int64_t entry) { latest[entry] = event; });
      CutLast(pairs_, latest, split.count, role, &pair_parts);
    } else if (split.kind == SplitKind::kRandom) {
      CutRandom(pairs_, split.fraction, role, seed, &pair_parts);
    } else {
      CutUsers(pairs_, split, role, seed, &pair_parts);
    }
    if (split.kind == SplitKind::kUsers) HoldOutWhole(pair_parts, role);
    ForEachEvent([&](int64_t event, int64_t entry) { (*parts_)[event] = pair_parts[entry]; });
  }

 private:
  // Events that are no evidence now (net value 0) could become some when a later cut takes only
  // part of them: of a held-out user, none may stay.
  void HoldOutWhole(const std::vector<Part>& pair_parts, const CutRole& role) {
    for (int64_t user = 0; user < pairs_.rows; ++user) {
      const int64_t entry = pairs_.offsets[user];
      if (entry == pairs_.offsets[user + 1] || pair_parts[entry] == Part::kTrain) continue;
      for (int64_t event = offsets_[user]; event < offsets_[user + 1]; ++event) {
        const bool paired =
            std::binary_search(pairs_.ids.begin() + entry,
                               pairs_.ids.begin() + pairs_.offsets[user + 1], log_.item[event]);
        if (!paired && (*parts_)[event] == Part::kTrain) (*parts_)[event] = role.known;
      }
    }
  }

  // Events still in training whose pair has a net value; the others say nothing and stay.
  template <class Visit>
  void ForEachEvent(const Visit& visit) const {
    ParallelRanges(pairs_.rows, kUsersPerSplitBlock, [&](int64_t begin, int64_t end, int) {
      for (int64_t user = begin; user < end; ++user) {
        const auto row_begin = pairs_.ids.begin() + pairs_.offsets[user];
        const auto row_end = pairs_.ids.begin() + pairs_.offsets[user + 1];
        for (int64_t event = offsets_[user]; event < offsets_[user + 1]; ++event) {
          if ((*parts_)[event] != Part::kTrain || weights_[log_.signal[event]] == 0) continue;
          const auto found = std::lower_bound(row_begin, row_end, log_.item[event]);
          if (found == row_end || *found != log_.item[event]) continue;
          visit(event, found - pairs_.ids.begin());
        }
      }
    });
  }

  const EventLog& log_;
  const std::vector<float>& weights_;
  std::vector<Part>* parts_;
  std::vector<int64_t> offsets_;
  Csr pairs_;
};

}  // namespace

void CutLog(const EventLog& log, int64_t users, int64_t items, const std::vector<float>& weights,
            Aggregation aggregation, const SplitSpec& split, const CutRole& role, uint64_t seed,
            std::vector<Part>* parts) {
  if (split.kind == SplitKind::kNone || split.kind == SplitKind::kFile) return;
  const bool needs_times = split.kind == SplitKind::kLast || split.kind == SplitKind::kTime;
  if (needs_times && !log.has_timestamps()) {
    throw UsageError("split '" + split.text +
                     "' needs timestamps, and the log has none; use random:FRACTION or users:N");
  }
  if (split.kind == SplitKind::kTime) {
    CutTime(log, split, role, parts);
  } else {
    PairCutter(log, users, items, weights, aggregation, parts).Cut(split, role, seed);
  }
}

void CutMatrix(const Csr& matrix, const SplitSpec& split, const CutRole& role, uint64_t seed,
               std::vector<Part>* parts) {
  switch (split.kind) {
    case SplitKind::kNone:
    case SplitKind::kFile:
      return;
    case SplitKind::kLast:
    case SplitKind::kTime:
      throw UsageError("split '" + split.text +
                       "' needs timestamps, and a matrix has none; use random:FRACTION or users:N");
    case SplitKind::kRandom:
      CutRandom(matrix, split.fraction, role, seed, parts);
      return;
    case SplitKind::kUsers:
      CutUsers(matrix, split, role, seed, parts);
      return;
  }
}

}  // namespace tidewright
