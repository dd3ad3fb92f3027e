#include "host/core/time.h"

#include <cstdio>

namespace tidewright {
namespace {

constexpr std::string_view kDurationUnits = "wdhms";
constexpr int64_t kDurationMicros[] = {7 * kMicrosPerDay, kMicrosPerDay, kMicrosPerDay / 24,
                                       60 * kMicrosPerSecond, kMicrosPerSecond};

struct Scanner {
  std::string_view text;
  size_t at = 0;

  bool Done() const { return at == text.size(); }
  bool Take(char c) {
    if (at < text.size() && text[at] == c) {
      ++at;
      return true;
    }
    return false;
  }
  // Exactly `digits` digits, in [low, high].
  std::optional<int> Number(int digits, int low, int high) {
    int value = 0;
    for (int i = 0; i < digits; ++i, ++at) {
      if (at >= text.size() || text[at] < '0' || text[at] > '9') return std::nullopt;
      value = value * 10 + (text[at] - '0');
    }
    if (value < low || value > high) return std::nullopt;
    return value;
  }
};

int DaysInMonth(int year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return kDays[month - 1] + (month == 2 && leap);
}

}  // namespace

int64_t DaysFromCivil(int64_t year, int month, int day) {
  // Howard Hinnant's algorithm: years begin in March, eras are 400 years.
  year -= month <= 2;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

std::optional<int64_t> ParseIsoTime(std::string_view text) {
  Scanner scan{text};
  const auto year = scan.Number(4, 0, 9999);
  if (!year || !scan.Take('-')) return std::nullopt;
  const auto month = scan.Number(2, 1, 12);
  if (!month || !scan.Take('-')) return std::nullopt;
  const auto day = scan.Number(2, 1, DaysInMonth(*year, *month));
  if (!day) return std::nullopt;
  int64_t micros = DaysFromCivil(*year, *month, *day) * kMicrosPerDay;
  if (scan.Done()) return micros;
  if (!scan.Take('T') && !scan.Take(' ')) return std::nullopt;
  const auto hour = scan.Number(2, 0, 23);
  if (!hour || !scan.Take(':')) return std::nullopt;
  const auto minute = scan.Number(2, 0, 59);
  if (!minute) return std::nullopt;
  micros += (*hour * 3600ll + *minute * 60ll) * kMicrosPerSecond;
  if (scan.Take(':')) {
    const auto second = scan.Number(2, 0, 60);
    if (!second) return std::nullopt;
    micros += *second * kMicrosPerSecond;
    if (scan.Take('.')) {
      int64_t unit = kMicrosPerSecond / 10;
      const size_t begin = scan.at;
      while (auto digit = scan.Number(1, 0, 9)) {
        micros += *digit * unit;
        unit /= 10;
      }
      if (scan.at == begin) return std::nullopt;
    }
  }
  if (scan.Done() || (scan.Take('Z') && scan.Done())) return micros;
  const bool plus = scan.Take('+');
  if (!plus && !scan.Take('-')) return std::nullopt;
  const auto zone_hour = scan.Number(2, 0, 23);
  scan.Take(':');
  const auto zone_minute = scan.Number(2, 0, 59);
  if (!zone_hour || !zone_minute || !scan.Done()) return std::nullopt;
  const int64_t offset = (*zone_hour * 3600ll + *zone_minute * 60ll) * kMicrosPerSecond;
  return plus ? micros - offset : micros + offset;
}

std::string FormatTime(int64_t micros) {
  int64_t days = micros / kMicrosPerDay;
  int64_t rest = micros % kMicrosPerDay;
  if (rest < 0) {
    rest += kMicrosPerDay;
    --days;
  }
  days += 719468;
  const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const int64_t day_of_era = days - era * 146097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const int day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  const int month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  const int64_t year = year_of_era + era * 400 + (month <= 2);
  char text[64];
  const int length = std::snprintf(text, sizeof(text), "%04lld-%02d-%02d",
                                   static_cast<long long>(year), month, day);
  std::string result(text, static_cast<size_t>(length));
  if (rest != 0) {
    const int64_t seconds = rest / kMicrosPerSecond;
    std::snprintf(text, sizeof(text), " %02d:%02d:%02d", static_cast<int>(seconds / 3600),
                  static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
    result += text;
  }
  return result;
}

std::optional<int64_t> ParseDuration(std::string_view text) {
  if (text.size() < 2 || text.size() > 12) return std::nullopt;
  int64_t count = 0;
  for (const char digit : text.substr(0, text.size() - 1)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    count = 10 * count + (digit - '0');
  }
  const size_t unit = kDurationUnits.find(text.back());
  if (unit == std::string_view::npos) return std::nullopt;
  if (count > 100'000 * kMicrosPerDay / kDurationMicros[unit]) return std::nullopt;
  return count * kDurationMicros[unit];
}

std::string FormatDuration(int64_t micros) {
  size_t unit = 1;
  while (unit + 1 < kDurationUnits.size() && micros % kDurationMicros[unit] != 0) ++unit;
  return std::to_string(micros / kDurationMicros[unit]) + kDurationUnits[unit];
}

}  // namespace tidewright
