#ifndef TIDEWRIGHT_HOST_DATA_IMPORT_FIELD_PARSE_H_
#define TIDEWRIGHT_HOST_DATA_IMPORT_FIELD_PARSE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tidewright {

// The text without the spaces and tabs around it.
inline bool IsBlank(char c) { return c == ' ' || c == '\t'; }
inline std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

// The field in quotes, cut where it is long: for messages.
std::string Shown(std::string_view field);

// A finite decimal number ("12", "-2.55", "1e-3", "+4"), spaces around it allowed.
std::optional<double> ParseNumber(std::string_view text);

// How a column of times is read. Times without a zone are UTC.
class TimeParser {
 public:
  // "iso", "unix-s", "unix-ms", "unix-us", "unix-ns", or a pattern as strptime takes it: %Y %y %m
  // %d %e %b %B %H %I %p %M %S %f (fraction of a second) %z %j %s %F %T %D %R %%. Numbers need no
  // leading zeros; a space matches any run of spaces. Throws UsageError.
  static TimeParser FromFormat(const std::string& format);
  // Tells from the first time of a column: ISO, or unix time in the unit its magnitude tells.
  // Throws UsageError, naming the text and what to give, where it could be read in more ways.
  static TimeParser FromSample(std::string_view sample, const std::string& column);

  // Microseconds since 1970 UTC, or nothing where the text is no such time.
  std::optional<int64_t> Parse(std::string_view text) const;
  // What --timestamp-format would have to be.
  const std::string& format() const { return format_; }

 private:
  enum class Kind { kIso, kUnix, kPattern };
  Kind kind_ = Kind::kIso;
  int64_t units_per_second_ = 1;
  std::string format_ = "iso";
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_IMPORT_FIELD_PARSE_H_
