#ifndef TIDEWRIGHT_HOST_DATA_IMPORT_SMALL_USERS_H_
#define TIDEWRIGHT_HOST_DATA_IMPORT_SMALL_USERS_H_

#include <cstdint>

#include "host/data/dataset.h"

namespace tidewright {

struct SmallUsers {
  int64_t users = 0;
  int64_t events = 0;
};

// Takes the users with fewer than `min_items` distinct items out of an event log, with their
// events, and then the items that no event is left of. What stays keeps its order. May leave
// nothing.
SmallUsers DropSmallUsers(int64_t min_items, Dataset* dataset);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_IMPORT_SMALL_USERS_H_
