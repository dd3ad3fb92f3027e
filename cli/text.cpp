#include "cli/text.h"

#include <algorithm>
#include <charconv>

namespace tidewright {
namespace {

std::string Formatted(double value, std::chars_format format, int precision) {
  char buffer[400];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value, format, precision);
  return std::string(buffer, end.ptr);
}

std::string TwoDigits(int64_t n) {
  std::string digits = std::to_string(n);
  if (n < 10) digits.insert(digits.begin(), '0');
  return digits;
}

bool StartsCodePoint(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

// Cut to `width` code points; what is left over is how many blanks are missing.
int Fit(std::string* text, int width) {
  const auto length = static_cast<int>(std::count_if(text->begin(), text->end(), StartsCodePoint));
  if (length <= width) return width - length;
  int seen = 0;
  size_t end = 0;
  while (end < text->size()) {
    if (StartsCodePoint((*text)[end]) && ++seen == width) break;
    ++end;
  }
  text->resize(end);
  *text += "…";
  return 0;
}

}  // namespace

std::string FixedText(double value, int decimals) {
  return Formatted(value, std::chars_format::fixed, decimals);
}

std::string SignificantText(double value, int digits) {
  return Formatted(value, std::chars_format::general, digits);
}

std::string PercentText(double share) { return FixedText(100 * share, 1) + " %"; }

std::string CountText(int64_t count) {
  std::string digits = std::to_string(count);
  const int64_t first = count < 0 ? 1 : 0;
  for (int64_t at = static_cast<int64_t>(digits.size()) - 3; at > first; at -= 3) {
    digits.insert(digits.begin() + at, ',');
  }
  return digits;
}

std::string BytesText(int64_t bytes) {
  const auto value = static_cast<double>(bytes);
  if (value >= 1e9) return FixedText(value / 1e9, 1) + " GB";
  if (value >= 1e6) return FixedText(value / 1e6, 1) + " MB";
  if (value >= 1e3) return FixedText(value / 1e3, 1) + " KB";
  return std::to_string(bytes) + " B";
}

std::string DurationText(double seconds) {
  if (seconds < 10) return FixedText(seconds, seconds < 1 ? 2 : 1) + " s";
  const auto whole = static_cast<int64_t>(seconds + 0.5);
  if (whole < 60) return std::to_string(whole) + " s";
  if (whole < 3600) return std::to_string(whole / 60) + " min " + TwoDigits(whole % 60) + " s";
  return std::to_string(whole / 3600) + " h " + TwoDigits(whole / 60 % 60) + " min";
}

std::string PadRight(const std::string& text, int width) {
  std::string padded = text;
  const int blanks = Fit(&padded, width);
  return padded.append(static_cast<size_t>(blanks), ' ');
}

std::string PadLeft(const std::string& text, int width) {
  std::string padded = text;
  const int blanks = Fit(&padded, width);
  return std::string(static_cast<size_t>(blanks), ' ').append(padded);
}

}  // namespace tidewright
