#include "host/export/json_array.h"

#include <charconv>

namespace tidewright {

std::string FloatText(float value) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value);
  std::string text(digits, end.ptr);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

void AppendNumbers(const std::string& name, const std::vector<int64_t>& numbers,
                   std::string* json) {
  AppendArray(
      name, static_cast<int64_t>(numbers.size()),
      [&](int64_t i) { return std::to_string(numbers[i]); }, json);
}

}  // namespace tidewright
