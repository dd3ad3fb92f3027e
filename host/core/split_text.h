#ifndef TIDEWRIGHT_HOST_CORE_SPLIT_TEXT_H_
#define TIDEWRIGHT_HOST_CORE_SPLIT_TEXT_H_

#include <string>
#include <vector>

namespace tidewright {

// "a,b,,c" -> a, b, c: empty parts are left out.
std::vector<std::string> SplitAtCommas(const std::string& text);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_SPLIT_TEXT_H_
