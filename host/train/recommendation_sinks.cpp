#include "host/train/recommendation_sinks.h"

#include <charconv>
#include <optional>
#include <utility>

#include "host/core/parallel.h"
#include "host/core/partial_file.h"
#include "host/core/resumable_lines.h"
#include "host/data/hdf5/recommendations_file.h"

namespace tidewright {
namespace {

class NdjsonFileSink : public RecommendationSink {
 public:
  explicit NdjsonFileSink(std::string path)
      : path_(std::move(path)), lines_([this](std::string_view text) { Put(text); }) {}

  int64_t Resume(const std::string& run) override {
    kept_.emplace(path_, run);
    return kept_->lines();
  }
  void Begin(const IdTable& items, const IdTable* names) override {
    if (!kept_) file_.emplace(path_);
    lines_.Begin(items, names);
  }
  void Write(const std::vector<RecommendedItems>& users) override { lines_.Write(users); }
  void Finish() override { kept_ ? kept_->Finish() : file_->Finish(); }

 private:
  void Put(std::string_view text) { kept_ ? kept_->Write(text) : file_->Write(text); }

  std::string path_;
  std::optional<ResumableLines> kept_;  // one of the two
  std::optional<PartialFile> file_;
  NdjsonSink lines_;
};

class Hdf5Sink : public RecommendationSink {
 public:
  explicit Hdf5Sink(std::string path) : path_(std::move(path)) {}

  void Begin(const IdTable& items, const IdTable* names) override {
    items_ = &items;
    names_ = names;
  }
  void Write(const std::vector<RecommendedItems>& users) override {
    for (const RecommendedItems& user : users) {
      const auto row = static_cast<int32_t>(table_.users.size());
      table_.users.Add(user.user);
      table_.user.insert(table_.user.end(), static_cast<size_t>(user.count), row);
      table_.item.insert(table_.item.end(), user.items, user.items + user.count);
      table_.score.insert(table_.score.end(), user.scores, user.scores + user.count);
    }
  }
  void Finish() override { WriteRecommendations(path_, table_, *items_, names_); }

 private:
  std::string path_;
  const IdTable* items_ = nullptr;
  const IdTable* names_ = nullptr;
  RecommendationTable table_;
};

}  // namespace

void NdjsonSink::Begin(const IdTable& items, const IdTable* names) {
  item_json_.reserve(static_cast<size_t>(items.size()));
  for (int64_t item = 0; item < items.size(); ++item) {
    std::string json = "{\"item\":" + JsonQuoted(items[item]);
    if (names != nullptr) json += ",\"name\":" + JsonQuoted((*names)[item]);
    item_json_.push_back(json + ",\"score\":");
  }
}

void NdjsonSink::AppendLine(const RecommendedItems& user, std::string* lines) const {
  *lines += "{\"user\":" + JsonQuoted(user.user) + ",\"items\":[";
  for (int64_t rank = 0; rank < user.count; ++rank) {
    char number[32];
    const auto end = std::to_chars(number, number + sizeof(number), user.scores[rank]);
    if (rank > 0) *lines += ',';
    *lines += item_json_[user.items[rank]];
    lines->append(number, end.ptr);
    *lines += '}';
  }
  *lines += "]}\n";
}

void NdjsonSink::Write(const std::vector<RecommendedItems>& users) {
  constexpr int64_t kUsersABlock = 128;
  const auto count = static_cast<int64_t>(users.size());
  std::vector<std::string> blocks(static_cast<size_t>((count + kUsersABlock - 1) / kUsersABlock));
  ParallelRanges(count, kUsersABlock, [&](int64_t begin, int64_t end, int) {
    std::string& lines = blocks[static_cast<size_t>(begin / kUsersABlock)];
    for (int64_t user = begin; user < end; ++user) {
      AppendLine(users[static_cast<size_t>(user)], &lines);
    }
  });
  for (const std::string& lines : blocks) write_(lines);
}

std::unique_ptr<RecommendationSink> MakeFileSink(const std::string& path) {
  if (IsHdf5Name(path)) return std::make_unique<Hdf5Sink>(path);
  return std::make_unique<NdjsonFileSink>(path);
}

}  // namespace tidewright
