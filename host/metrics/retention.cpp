#include "host/metrics/retention.h"

#include <algorithm>
#include <cstdlib>

#include "host/core/errors.h"
#include "host/core/time.h"

namespace tidewright {
namespace {

bool IsPositive(const EventLog& log, const std::vector<float>& weights, int64_t event) {
  const float weight = weights[log.signal.empty() ? 0 : log.signal[event]];
  const bool below = !log.value.empty() && log.value[event] < 0;
  return weight != 0 && (weight > 0) == !below;
}

// A triangle of more rows says nothing, and a time that was read wrongly makes millions of them.
constexpr size_t kMostMonths = 1200;

// The begins of the months that hold `first` to `last`, and of the one after.
std::vector<int64_t> MonthBegins(int64_t first, int64_t last) {
  const std::string date = FormatTime(first);
  const size_t dash = date.find('-', 1);
  int64_t year = std::atoll(date.c_str());
  int month = std::atoi(date.c_str() + dash + 1);
  std::vector<int64_t> begins = {DaysFromCivil(year, month, 1) * kMicrosPerDay};
  while (begins.back() <= last && begins.size() <= kMostMonths + 1) {
    year += month == 12 ? 1 : 0;
    month = month % 12 + 1;
    begins.push_back(DaysFromCivil(year, month, 1) * kMicrosPerDay);
  }
  return begins;
}

}  // namespace

std::vector<Cohort> MonthlyRetention(const EventLog& log,
                                     const std::vector<float>& signal_weights) {
  if (!log.has_timestamps()) throw DataError("the log has no times; expected /events/timestamp");
  int64_t first = INT64_MAX;
  int64_t last = INT64_MIN;
  for (int64_t event = 0; event < log.size(); ++event) {
    if (!IsPositive(log, signal_weights, event)) continue;
    first = std::min(first, log.timestamp[event]);
    last = std::max(last, log.timestamp[event]);
  }
  if (first > last) throw DataError("the log has no positive event; expected some");
  const std::vector<int64_t> begins = MonthBegins(first, last);
  const size_t months = begins.size() - 1;
  if (months > kMostMonths) {
    throw DataError("the log reaches from " + FormatTime(first) + " to " + FormatTime(last) +
                    "; expected a hundred years at most");
  }
  std::vector<Cohort> cohorts(months);
  for (size_t month = 0; month < months; ++month) {
    cohorts[month].month = FormatTime(begins[month]).substr(0, 7);
    cohorts[month].active.resize(months - month);
  }
  int32_t user = -1;
  size_t cohort = 0;
  size_t seen = 0;  // months up to this one of the user are counted
  for (int64_t event = 0; event < log.size(); ++event) {
    if (!IsPositive(log, signal_weights, event)) continue;
    const auto after = std::upper_bound(begins.begin(), begins.end(), log.timestamp[event]);
    const auto month = static_cast<size_t>(after - begins.begin()) - 1;
    if (log.user[event] != user) {
      user = log.user[event];
      cohort = month;
    } else if (month == seen) {
      continue;
    }
    seen = month;
    cohorts[cohort].active[month - cohort] += 1;
  }
  return cohorts;
}

std::string CutShortAt(const EventLog& log, const std::vector<float>& signal_weights) {
  int64_t last = INT64_MIN;
  for (int64_t event = 0; event < log.size(); ++event) {
    if (IsPositive(log, signal_weights, event)) last = std::max(last, log.timestamp[event]);
  }
  const std::string date = FormatTime(last).substr(0, 10);
  const std::string next_day = FormatTime(last + kMicrosPerDay).substr(0, 7);
  return next_day == date.substr(0, 7) ? date : "";
}

}  // namespace tidewright
