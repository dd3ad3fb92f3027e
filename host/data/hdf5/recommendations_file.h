#ifndef TIDEWRIGHT_HOST_DATA_HDF5_RECOMMENDATIONS_FILE_H_
#define TIDEWRIGHT_HOST_DATA_HDF5_RECOMMENDATIONS_FILE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "host/core/ids.h"

namespace tidewright {

// Recommendations as columns of equal length: users in order, each user's items best first. A user
// without any is in `users` alone.
struct RecommendationTable {
  IdTable users;
  std::vector<int32_t> user;  // row of `users`
  std::vector<int32_t> item;  // row of the catalogue
  std::vector<float> score;
};

// Writes /users/id, /items/id, /items/name (where `names` is not null) and
// /recommendations/{user,item,score}, atomically, in place of what stood at `path`. Throws IoError.
void WriteRecommendations(const std::string& path, const RecommendationTable& table,
                          const IdTable& items, const IdTable* names);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_HDF5_RECOMMENDATIONS_FILE_H_
