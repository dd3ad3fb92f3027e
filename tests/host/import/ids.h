#ifndef TIDEWRIGHT_TESTS_HOST_IMPORT_IDS_H_
#define TIDEWRIGHT_TESTS_HOST_IMPORT_IDS_H_

#include <string>
#include <vector>

#include "host/core/ids.h"

namespace tidewright {

inline std::vector<std::string> Ids(const IdTable& table) {
  std::vector<std::string> ids;
  for (int64_t row = 0; row < table.size(); ++row) ids.emplace_back(table[row]);
  return ids;
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_HOST_IMPORT_IDS_H_
