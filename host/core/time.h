#ifndef TIDEWRIGHT_HOST_CORE_TIME_H_
#define TIDEWRIGHT_HOST_CORE_TIME_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tidewright {

// Times are microseconds since 1970-01-01 00:00 UTC everywhere in memory.
inline constexpr int64_t kMicrosPerSecond = 1'000'000;
inline constexpr int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

// Days since 1970-01-01 of a proleptic Gregorian date.
int64_t DaysFromCivil(int64_t year, int month, int day);

// Reads "2011-09-10", "2011-09-10 08:26", "2011-09-10T08:26:00.5Z", "2011-09-10 08:26:00+01:00"
// (UTC where no zone stands). Nothing where the text is no such date.
std::optional<int64_t> ParseIsoTime(std::string_view text);

// "2011-09-10" or "2011-09-10 08:26:00" (the time is left out where it is midnight).
std::string FormatTime(int64_t micros);

// "90d", "36h", "30m", "15s" or "2w" into microseconds. Nothing where the text is no such span of
// at most 100,000 days.
std::optional<int64_t> ParseDuration(std::string_view text);

// The shortest text of those that ParseDuration reads back to the same span: "90d", "36h". Less
// than a second is left out.
std::string FormatDuration(int64_t micros);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_TIME_H_
