#include "host/train/recommendation_sinks.h"

#include <charconv>
#include <utility>

#include "host/core/partial_file.h"
#include "host/data/hdf5/recommendations_file.h"

namespace tidewright {
namespace {

class NdjsonFileSink : public RecommendationSink {
 public:
  explicit NdjsonFileSink(const std::string& path)
      : file_(path), lines_([this](std::string_view text) { file_.Write(text); }) {}

  void Begin(const IdTable& items, const IdTable* names) override { lines_.Begin(items, names); }
  void Write(std::string_view user, const int32_t* items, const float* scores,
             int64_t count) override {
    lines_.Write(user, items, scores, count);
  }
  void Finish() override {
    lines_.Finish();
    file_.Finish();
  }

 private:
  PartialFile file_;
  NdjsonSink lines_;
};

class Hdf5Sink : public RecommendationSink {
 public:
  explicit Hdf5Sink(std::string path) : path_(std::move(path)) {}

  void Begin(const IdTable& items, const IdTable* names) override {
    items_ = &items;
    names_ = names;
  }
  void Write(std::string_view user, const int32_t* items, const float* scores,
             int64_t count) override {
    const auto row = static_cast<int32_t>(table_.users.size());
    table_.users.Add(user);
    table_.user.insert(table_.user.end(), static_cast<size_t>(count), row);
    table_.item.insert(table_.item.end(), items, items + count);
    table_.score.insert(table_.score.end(), scores, scores + count);
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

void NdjsonSink::Write(std::string_view user, const int32_t* items, const float* scores,
                       int64_t count) {
  lines_ += "{\"user\":" + JsonQuoted(user) + ",\"items\":[";
  for (int64_t rank = 0; rank < count; ++rank) {
    char number[32];
    const auto end = std::to_chars(number, number + sizeof(number), scores[rank]);
    if (rank > 0) lines_ += ',';
    lines_ += item_json_[items[rank]];
    lines_.append(number, end.ptr);
    lines_ += '}';
  }
  lines_ += "]}\n";
  if (lines_.size() >= kFlushBytes) {
    write_(lines_);
    lines_.clear();
  }
}

void NdjsonSink::Finish() {
  write_(lines_);
  lines_.clear();
}

std::unique_ptr<RecommendationSink> MakeFileSink(const std::string& path) {
  if (IsHdf5Name(path)) return std::make_unique<Hdf5Sink>(path);
  return std::make_unique<NdjsonFileSink>(path);
}

}  // namespace tidewright
