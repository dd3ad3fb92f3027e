#ifndef TIDEWRIGHT_HOST_EXPORT_JSON_ARRAY_H_
#define TIDEWRIGHT_HOST_EXPORT_JSON_ARRAY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "host/core/partial_file.h"

namespace tidewright {

// JSON as text, piece by piece: a model of many trees never stands in memory as a document.

// The shortest text that reads back as the same float, and not as an integer.
std::string FloatText(float value);

// "name":[text(0),text(1),…]
template <class Text>
void AppendArray(const std::string& name, int64_t count, const Text& text, std::string* json) {
  *json += JsonQuoted(name) + ":[";
  for (int64_t i = 0; i < count; ++i) {
    if (i > 0) *json += ',';
    *json += text(i);
  }
  *json += ']';
}

void AppendNumbers(const std::string& name, const std::vector<int64_t>& numbers, std::string* json);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_JSON_ARRAY_H_
