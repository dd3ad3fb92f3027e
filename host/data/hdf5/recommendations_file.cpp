#include "host/data/hdf5/recommendations_file.h"

#include "host/data/hdf5/writer.h"

namespace tidewright {

void WriteRecommendations(const std::string& path, const RecommendationTable& table,
                          const IdTable& items, const IdTable* names) {
  hdf5::Writer writer(path, true);
  writer.Group("/users");
  writer.Texts("/users/id", table.users.size(), [&](int64_t row) { return table.users[row]; });
  writer.Group("/items");
  writer.Texts("/items/id", items.size(), [&](int64_t row) { return items[row]; });
  if (names != nullptr) {
    writer.Texts("/items/name", names->size(), [&](int64_t row) { return (*names)[row]; });
  }
  writer.Group("/recommendations");
  writer.Column("/recommendations/user", table.user);
  writer.Column("/recommendations/item", table.item);
  writer.Column("/recommendations/score", table.score);
  writer.Commit();
}

}  // namespace tidewright
