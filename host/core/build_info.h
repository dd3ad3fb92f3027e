#ifndef TIDEWRIGHT_HOST_CORE_BUILD_INFO_H_
#define TIDEWRIGHT_HOST_CORE_BUILD_INFO_H_

#include <string>

namespace tidewright {

std::string BuildVersion();  // "0.1.0"
// Of the checkout that this was configured in, with "-changed" where its files differed from it;
// "unknown" where that was none.
std::string BuildCommit();

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_BUILD_INFO_H_
