#ifndef TIDEWRIGHT_HOST_DATA_HDF5_RECOMMENDATIONS_FILE_H_
#define TIDEWRIGHT_HOST_DATA_HDF5_RECOMMENDATIONS_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "host/core/ids.h"

namespace tidewright {

// What is known of the lists before the first is written.
struct RecommendationCounts {
  int64_t users = 0;
  int64_t entries = 0;     // of all their lists
  int64_t longest_id = 0;  // of a user, bytes
};

// Writes /users/id, /items/id, /items/name (where `names` is not null) and
// /recommendations/{user,item,score}, columns of a row an entry: users in order, each user's items
// best first; `user` and `item` are rows of the ids. A user without a list is in /users alone. The
// file appears at Commit, in place of what stood at `path`; a few chunks of it stand in memory.
// Throws IoError.
class RecommendationFile {
 public:
  RecommendationFile(const std::string& path, const RecommendationCounts& counts,
                     const IdTable& items, const IdTable* names);
  ~RecommendationFile();

  void Add(std::string_view user, const int32_t* items, const float* scores, int64_t count);
  void Commit();

 private:
  struct Columns;
  std::unique_ptr<Columns> columns_;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_HDF5_RECOMMENDATIONS_FILE_H_
