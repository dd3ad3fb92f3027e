#include "host/train/recommendation_sinks.h"

#include <unistd.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "host/core/atomic_file.h"
#include "host/data/hdf5/recommendations_file.h"

namespace tidewright {
namespace {

constexpr size_t kFlushBytes = size_t{1} << 20;

std::string Quoted(std::string_view text) {
  return nlohmann::json(std::string(text))
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

class NdjsonFileSink : public RecommendationSink {
 public:
  explicit NdjsonFileSink(const std::string& path)
      : path_(path),
        work_path_(path + ".partial." + std::to_string(getpid())),
        file_(work_path_),
        lines_([this](std::string_view text) {
          file_.Write(text.data(), static_cast<int64_t>(text.size()));
        }) {}
  ~NdjsonFileSink() override {
    if (!finished_) unlink(work_path_.c_str());
  }

  void Begin(const IdTable& items, const IdTable* names) override { lines_.Begin(items, names); }
  void Write(std::string_view user, const int32_t* items, const float* scores,
             int64_t count) override {
    lines_.Write(user, items, scores, count);
  }
  void Finish() override {
    lines_.Finish();
    file_.Commit();
    ReplaceFile(work_path_, path_);
    finished_ = true;
  }

 private:
  std::string path_;
  std::string work_path_;
  OutputFile file_;
  NdjsonSink lines_;
  bool finished_ = false;
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

bool EndsWith(const std::string& text, std::string_view ending) {
  return text.size() >= ending.size() &&
         text.compare(text.size() - ending.size(), ending.size(), ending) == 0;
}

}  // namespace

void NdjsonSink::Begin(const IdTable& items, const IdTable* names) {
  item_json_.reserve(static_cast<size_t>(items.size()));
  for (int64_t item = 0; item < items.size(); ++item) {
    std::string json = "{\"item\":" + Quoted(items[item]);
    if (names != nullptr) json += ",\"name\":" + Quoted((*names)[item]);
    item_json_.push_back(json + ",\"score\":");
  }
}

void NdjsonSink::Write(std::string_view user, const int32_t* items, const float* scores,
                       int64_t count) {
  lines_ += "{\"user\":" + Quoted(user) + ",\"items\":[";
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
  if (EndsWith(path, ".h5") || EndsWith(path, ".hdf5")) return std::make_unique<Hdf5Sink>(path);
  return std::make_unique<NdjsonFileSink>(path);
}

}  // namespace tidewright
