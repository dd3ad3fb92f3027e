#include "host/features/departures.h"

#include <algorithm>

#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/features/customer_profile.h"

namespace tidewright {
namespace {

constexpr int64_t kDeparturesABlock = 1024;

// The last positive event before the first silence, of those of [event, stop) that are after the
// cutoff; the cutoff where there is none.
int64_t LastBeforeSilence(const PlannedLog& planned, int64_t event, int64_t stop, int64_t cutoff,
                          int64_t end) {
  const LogView& log = planned.log();
  int64_t last = cutoff;
  for (; event < stop && log.timestamp[event] <= end; ++event) {
    if (log.timestamp[event] <= cutoff || !planned.Positive(event)) continue;
    if (log.timestamp[event] > last + planned.plan().horizon) break;
    last = log.timestamp[event];
  }
  return last;
}

}  // namespace

std::string FollowedText(int64_t followed) {
  const int64_t days = followed / kMicrosPerDay;
  return days > 0 ? FormatDuration(days * kMicrosPerDay) : "less than a day";
}

std::vector<Departure> FindDepartures(const EventLog& log, const SnapshotSpec& spec, int64_t cutoff,
                                      int64_t end, const FeatureTable& table) {
  const ProfilePlan plan = MakeProfilePlan(log, spec);
  end = std::min(end, *std::max_element(log.timestamp.begin(), log.timestamp.end()));
  const int64_t followed = end - plan.horizon - cutoff;
  if (followed < 0) {
    throw DataError(
        "the log is read to " + FormatTime(end) + ", less than " + FormatDuration(spec.horizon) +
        " after the cutoff " + FormatTime(cutoff) +
        ": who left is not known yet; expected an earlier date (--at, or --cutoff where it trains) "
        "or, to train, a shorter --horizon");
  }
  const int32_t last_row_user = *std::max_element(table.group.begin(), table.group.end());
  const std::vector<int64_t> offsets =
      UserOffsets(log, int64_t{std::max(last_row_user, log.user.back())} + 1);
  const PlannedLog planned(log, plan);
  std::vector<Departure> departures(static_cast<size_t>(table.rows));
  ParallelRanges(table.rows, kDeparturesABlock, [&](int64_t begin, int64_t stop, int) {
    for (int64_t row = begin; row < stop; ++row) {
      const int32_t user = table.group[row];
      const int64_t time =
          LastBeforeSilence(planned, offsets[user], offsets[user + 1], cutoff, end) - cutoff;
      const bool left = time <= followed;
      departures[row] = {left ? time : followed, left, followed};
    }
  });
  return departures;
}

}  // namespace tidewright
