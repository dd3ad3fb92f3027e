#include "host/data/import/field_parse.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "host/core/errors.h"
#include "host/core/time.h"

namespace tidewright {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool SameLetter(char a, char b) { return (a | 0x20) == (b | 0x20); }

constexpr std::array<std::string_view, 12> kMonths = {
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};

int DaysInMonth(int64_t year, int month) {
  return static_cast<int>(
      (month == 12 ? DaysFromCivil(year + 1, 1, 1) : DaysFromCivil(year, month + 1, 1)) -
      DaysFromCivil(year, month, 1));
}

// What a pattern has read so far.
struct TimeParts {
  int64_t year = 1970;
  int month = 1;
  int day = 1;
  int day_of_year = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int afternoon = -1;  // 0: AM, 1: PM
  int64_t micros = 0;
  int64_t zone_seconds = 0;
  std::optional<int64_t> unix_seconds;
};

class PatternReader {
 public:
  explicit PatternReader(std::string_view text) : text_(text) {}

  bool Done() const { return at_ == text_.size(); }
  bool Read(std::string_view pattern, TimeParts* parts) {
    for (size_t i = 0; i < pattern.size(); ++i) {
      if (pattern[i] == '%') {
        ++i;
        if (!ReadToken(pattern[i], parts)) return false;
      } else if (IsBlank(pattern[i])) {
        SkipSpaces();
      } else if (at_ < text_.size() && text_[at_] == pattern[i]) {
        ++at_;
      } else {
        return false;
      }
    }
    return true;
  }

 private:
  void SkipSpaces() {
    while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
  }
  template <class T>
  bool Number(int max_digits, int64_t low, int64_t high, T* result) {
    int64_t value = 0;
    int digits = 0;
    while (digits < max_digits && at_ < text_.size() && IsDigit(text_[at_])) {
      value = value * 10 + (text_[at_++] - '0');
      ++digits;
    }
    *result = static_cast<T>(value);
    return digits > 0 && value >= low && value <= high;
  }
  bool MonthName(int* month) {
    for (size_t m = 0; m < kMonths.size(); ++m) {
      size_t length = 0;
      while (length < kMonths[m].size() && at_ + length < text_.size() &&
             SameLetter(text_[at_ + length], kMonths[m][length])) {
        ++length;
      }
      if (length < 3) continue;
      at_ += length == kMonths[m].size() ? length : 3;
      *month = static_cast<int>(m) + 1;
      return true;
    }
    return false;
  }
  bool HalfOfDay(int* afternoon) {
    if (at_ + 2 > text_.size() || !SameLetter(text_[at_ + 1], 'm')) return false;
    const bool pm = SameLetter(text_[at_], 'p');
    if (!pm && !SameLetter(text_[at_], 'a')) return false;
    *afternoon = pm;
    at_ += 2;
    return true;
  }
  bool Fraction(int64_t* micros) {
    const size_t begin = at_;
    int64_t unit = kMicrosPerSecond / 10;
    while (at_ < text_.size() && IsDigit(text_[at_])) {
      *micros += (text_[at_++] - '0') * unit;
      unit /= 10;
    }
    return at_ > begin;
  }
  bool Zone(int64_t* seconds) {
    if (at_ < text_.size() && SameLetter(text_[at_], 'z')) {
      ++at_;
      return true;
    }
    if (at_ == text_.size() || (text_[at_] != '+' && text_[at_] != '-')) return false;
    const int64_t sign = text_[at_++] == '-' ? -1 : 1;
    int64_t hours = 0;
    int64_t minutes = 0;
    if (!Number(2, 0, 23, &hours)) return false;
    if (at_ < text_.size() && text_[at_] == ':') ++at_;
    if (!Number(2, 0, 59, &minutes)) return false;
    *seconds = sign * (hours * 3600 + minutes * 60);
    return true;
  }
  bool ReadToken(char token, TimeParts* parts) {
    switch (token) {
      case 'Y':
        return Number(4, 0, 9999, &parts->year);
      case 'y':
        // As strptime has it: 69 to 99 are the nineteen hundreds.
        if (!Number(2, 0, 99, &parts->year)) return false;
        parts->year += parts->year < 69 ? 2000 : 1900;
        return true;
      case 'm':
        return Number(2, 1, 12, &parts->month);
      case 'b':
      case 'B':
        return MonthName(&parts->month);
      case 'd':
      case 'e':
        SkipSpaces();
        return Number(2, 1, 31, &parts->day);
      case 'j':
        return Number(3, 1, 366, &parts->day_of_year);
      case 'H':
        return Number(2, 0, 23, &parts->hour);
      case 'I':
        return Number(2, 1, 12, &parts->hour);
      case 'p':
        return HalfOfDay(&parts->afternoon);
      case 'M':
        return Number(2, 0, 59, &parts->minute);
      case 'S':
        return Number(2, 0, 60, &parts->second);
      case 'f':
        return Fraction(&parts->micros);
      case 'z':
        return Zone(&parts->zone_seconds);
      case 's':
        return Number(12, 0, 999'999'999'999, &parts->unix_seconds.emplace());
      case 'F':
        return Read("%Y-%m-%d", parts);
      case 'D':
        return Read("%m/%d/%y", parts);
      case 'T':
        return Read("%H:%M:%S", parts);
      case 'R':
        return Read("%H:%M", parts);
      default:
        return at_ < text_.size() && text_[at_++] == '%';
    }
  }

  std::string_view text_;
  size_t at_ = 0;
};

std::optional<int64_t> ParsePattern(std::string_view text, std::string_view pattern) {
  TimeParts parts;
  PatternReader reader(text);
  if (!reader.Read(pattern, &parts) || !reader.Done()) return std::nullopt;
  if (parts.unix_seconds) return *parts.unix_seconds * kMicrosPerSecond + parts.micros;
  if (parts.afternoon >= 0) {
    if (parts.hour < 1 || parts.hour > 12) return std::nullopt;
    parts.hour = parts.hour % 12 + 12 * parts.afternoon;
  }
  if (parts.day > DaysInMonth(parts.year, parts.month)) return std::nullopt;
  int64_t days = DaysFromCivil(parts.year, parts.month, parts.day);
  if (parts.day_of_year > 0) days = DaysFromCivil(parts.year, 1, 1) + parts.day_of_year - 1;
  const int64_t seconds =
      parts.hour * 3600ll + parts.minute * 60ll + parts.second - parts.zone_seconds;
  return days * kMicrosPerDay + seconds * kMicrosPerSecond + parts.micros;
}

// Whole and fractional units, exactly; far times that do not fit are no times.
std::optional<int64_t> ParseUnix(std::string_view text, int64_t units_per_second) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || !IsDigit(text[0])) return std::nullopt;
  int64_t units = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), units);
  if (status != std::errc()) return std::nullopt;
  size_t at = static_cast<size_t>(end - text.data());
  int64_t fraction = 0;  // millionths of a unit
  if (at < text.size() && text[at] == '.') {
    int64_t unit = 100'000;
    for (++at; at < text.size() && IsDigit(text[at]); ++at, unit /= 10) {
      fraction += (text[at] - '0') * unit;
    }
  }
  if (at != text.size()) return std::nullopt;
  int64_t micros = 0;
  if (units_per_second <= kMicrosPerSecond) {
    const int64_t scale = kMicrosPerSecond / units_per_second;
    if (units > std::numeric_limits<int64_t>::max() / (scale * 2)) return std::nullopt;
    micros = units * scale + fraction * scale / kMicrosPerSecond;
  } else {
    micros = units / (units_per_second / kMicrosPerSecond);
  }
  return negative ? -micros : micros;
}

constexpr int64_t kNanosPerSecond = 1'000'000'000;

}  // namespace

std::string Shown(std::string_view field) {
  constexpr size_t kMaxShown = 40;
  std::string text(1, '\'');
  text.append(field.substr(0, kMaxShown));
  return text.append(field.size() > kMaxShown ? "…'" : "'");
}

std::optional<double> ParseNumber(std::string_view text) {
  static constexpr double kPowers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                       1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  text = Trimmed(text);
  // Up to 15 digits and their power of ten are exact in double: one division rounds correctly.
  int64_t digits_value = 0;
  size_t at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  int digits = 0;
  int decimals = 0;
  bool point = false;
  for (; at < text.size(); ++at) {
    if (IsDigit(text[at])) {
      if (++digits > 15) break;
      digits_value = digits_value * 10 + (text[at] - '0');
      decimals += point;
    } else if (text[at] == '.' && !point) {
      point = true;
    } else {
      break;
    }
  }
  if (at == text.size() && digits > 0) {
    const double value = static_cast<double>(digits_value) / kPowers[decimals];
    return text[0] == '-' ? -value : value;
  }
  if (text.starts_with("+-")) return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

TimeParser TimeParser::FromFormat(const std::string& format) {
  TimeParser parser;
  parser.format_ = format;
  if (format == "iso") return parser;
  parser.kind_ = Kind::kUnix;
  if (format == "unix-s") return parser;
  if (format == "unix-ms") return parser.units_per_second_ = 1000, parser;
  if (format == "unix-us") return parser.units_per_second_ = kMicrosPerSecond, parser;
  if (format == "unix-ns") return parser.units_per_second_ = kNanosPerSecond, parser;
  parser.kind_ = Kind::kPattern;
  bool any = false;
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') continue;
    ++i;
    if (i == format.size() ||
        std::string_view("YymdebBHIpMSfzjsFTDR%").find(format[i]) == std::string_view::npos) {
      throw UsageError("--timestamp-format '" + format + "': no token '%" + format.substr(i, 1) +
                       "'; known are %Y %y %m %d %e %b %B %H %I %p %M %S %f %z %j %s %F %T %D %R");
    }
    any = any || format[i] != '%';
  }
  if (!any) {
    throw UsageError("--timestamp-format '" + format +
                     "' is no time format; give iso, unix-s, unix-ms, unix-us, unix-ns or a "
                     "pattern such as '%d/%m/%Y %H:%M'");
  }
  return parser;
}

TimeParser TimeParser::FromSample(std::string_view sample, const std::string& column) {
  const std::string_view text = Trimmed(sample);
  if (ParseIsoTime(text)) return FromFormat("iso");
  const std::string shown =
      "--timestamp " + column + ": the first one is '" + std::string(text) + "'";
  if (ParseUnix(text, kNanosPerSecond)) {
    const size_t whole = std::min(text.find('.'), text.size()) - (text[0] == '-');
    if ((whole == 8 && ParsePattern(text, "%Y%m%d")) ||
        (whole == 14 && ParsePattern(text, "%Y%m%d%H%M%S"))) {
      throw UsageError(shown +
                       ", a date without separators or a unix time; give --timestamp-format '" +
                       (whole == 8 ? "%Y%m%d' or unix-s" : "%Y%m%d%H%M%S' or unix-us"));
    }
    return FromFormat(whole <= 11   ? "unix-s"
                      : whole <= 14 ? "unix-ms"
                      : whole <= 17 ? "unix-us"
                                    : "unix-ns");
  }
  if (text.find('/') != std::string_view::npos) {
    throw UsageError(
        shown +
        ", whose order of year, month and day is not known; give --timestamp-format, such as "
        "'%m/%d/%Y %H:%M' or '%d/%m/%Y %H:%M'");
  }
  throw UsageError(shown +
                   ", neither ISO 8601 nor a unix time; give --timestamp-format, such as "
                   "'%d.%m.%Y %H:%M:%S'");
}

std::optional<int64_t> TimeParser::Parse(std::string_view text) const {
  text = Trimmed(text);
  switch (kind_) {
    case Kind::kIso:
      return ParseIsoTime(text);
    case Kind::kUnix:
      return ParseUnix(text, units_per_second_);
    case Kind::kPattern:
      return ParsePattern(text, format_);
  }
  return std::nullopt;
}

}  // namespace tidewright
