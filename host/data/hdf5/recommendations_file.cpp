#include "host/data/hdf5/recommendations_file.h"

#include <optional>
#include <vector>

#include "host/data/hdf5/column_stream.h"
#include "host/data/hdf5/writer.h"

namespace tidewright {

struct RecommendationFile::Columns {
  explicit Columns(const std::string& path) : writer(path, true) {}

  hdf5::Writer writer;
  std::optional<hdf5::TextStream> id;
  std::optional<hdf5::ColumnStream> user;
  std::optional<hdf5::ColumnStream> item;
  std::optional<hdf5::ColumnStream> score;
  int32_t users = 0;
  std::vector<int32_t> user_rows;
};

RecommendationFile::RecommendationFile(const std::string& path, const RecommendationCounts& counts,
                                       const IdTable& items, const IdTable* names)
    : columns_(std::make_unique<Columns>(path)) {
  hdf5::Writer& writer = columns_->writer;
  writer.Group("/users");
  columns_->id.emplace(writer, "/users/id", counts.users, counts.longest_id);
  writer.Group("/items");
  writer.Texts("/items/id", items.size(), [&](int64_t row) { return items[row]; });
  if (names != nullptr) {
    writer.Texts("/items/name", names->size(), [&](int64_t row) { return (*names)[row]; });
  }
  writer.Group("/recommendations");
  const std::string group = "/recommendations/";
  columns_->user.emplace(writer, group + "user", H5T_STD_I32LE, sizeof(int32_t), counts.entries);
  columns_->item.emplace(writer, group + "item", H5T_STD_I32LE, sizeof(int32_t), counts.entries);
  columns_->score.emplace(writer, group + "score", H5T_IEEE_F32LE, sizeof(float), counts.entries);
}

RecommendationFile::~RecommendationFile() = default;

void RecommendationFile::Add(std::string_view user, const int32_t* items, const float* scores,
                             int64_t count) {
  columns_->id->Add(user);
  columns_->user_rows.assign(static_cast<size_t>(count), columns_->users++);
  columns_->user->Add(columns_->user_rows.data(), count);
  columns_->item->Add(items, count);
  columns_->score->Add(scores, count);
}

void RecommendationFile::Commit() {
  columns_->id->End();
  columns_->user->End();
  columns_->item->End();
  columns_->score->End();
  columns_->writer.Commit();
}

}  // namespace tidewright
