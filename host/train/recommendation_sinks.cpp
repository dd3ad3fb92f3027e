#include "host/train/recommendation_sinks.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>

#include "host/core/parallel.h"
#include "host/core/partial_file.h"
#include "host/core/record_file.h"
#include "host/core/resumable_lines.h"
#include "host/data/hdf5/recommendations_file.h"

namespace tidewright {
namespace {

constexpr int64_t kUsersAStep = 4096;

class NdjsonFileSink : public RecommendationSink {
 public:
  NdjsonFileSink(std::string path, bool resume)
      : path_(std::move(path)), lines_([this](std::string_view text) { Put(text); }) {
    if (!resume) file_.emplace(path_);
  }

  int64_t Resume(const std::string& run) override {
    kept_.emplace(path_, run);
    return kept_->lines();
  }
  void Begin(const IdTable& items, const IdTable* names) override { lines_.Begin(items, names); }
  void Write(const std::vector<RecommendedItems>& users) override { lines_.Write(users); }
  void Finish() override { kept_ ? kept_->Finish() : file_->Finish(); }

 private:
  void Put(std::string_view text) { kept_ ? kept_->Write(text) : file_->Write(text); }

  std::string path_;
  std::optional<ResumableLines> kept_;  // one of the two
  std::optional<PartialFile> file_;
  NdjsonSink lines_;
};

// An HDF5 file that was not closed is none: lists go to a file of records, a user each, and from
// there to HDF5, once it is known how many they are. A record: u32 count, i32 items, f32 scores,
// the user's id.
class Hdf5Sink : public RecommendationSink {
 public:
  Hdf5Sink(std::string path, bool resume, Progress& progress)
      : path_(std::move(path)), progress_(progress) {
    if (!resume) records_.emplace(path_, std::nullopt);
  }

  int64_t Resume(const std::string& run) override {
    records_.emplace(path_, run);
    RecordFile::Reader reader(*records_);
    while (const std::optional<std::string_view> record = reader.Next()) Count(*record);
    return counts_.users;
  }
  void Begin(const IdTable& items, const IdTable* names) override {
    items_ = &items;
    names_ = names;
  }
  void Write(const std::vector<RecommendedItems>& users) override {
    std::string record;
    for (const RecommendedItems& user : users) {
      const auto count = static_cast<uint32_t>(user.count);
      record.assign(reinterpret_cast<const char*>(&count), sizeof(count));
      record.append(reinterpret_cast<const char*>(user.items), count * sizeof(int32_t));
      record.append(reinterpret_cast<const char*>(user.scores), count * sizeof(float));
      record.append(user.user);
      Count(record);
      records_->Add(record);
    }
    records_->Flush();
  }
  void Finish() override {
    RecommendationFile file(path_, counts_, *items_, names_);
    RecordFile::Reader reader(*records_);
    std::vector<int32_t> items;
    std::vector<float> scores;
    int64_t done = 0;
    while (const std::optional<std::string_view> record = reader.Next()) {
      const uint32_t count = EntriesOf(*record);
      items.resize(count);
      scores.resize(count);
      const char* at = record->data() + sizeof(count);
      std::memcpy(items.data(), at, count * sizeof(int32_t));
      std::memcpy(scores.data(), at + count * sizeof(int32_t), count * sizeof(float));
      file.Add(record->substr(BytesBeforeId(count)), items.data(), scores.data(), count);
      if (++done % kUsersAStep == 0) progress_.Step("writing", done, counts_.users, "users");
    }
    file.Commit();
    records_->Remove();
  }

 private:
  static uint32_t EntriesOf(std::string_view record) {
    uint32_t count = 0;
    std::memcpy(&count, record.data(), sizeof(count));
    return count;
  }
  static size_t BytesBeforeId(uint32_t count) {
    return sizeof(count) + count * (sizeof(int32_t) + sizeof(float));
  }
  void Count(std::string_view record) {
    const uint32_t count = EntriesOf(record);
    const auto id_bytes = static_cast<int64_t>(record.size() - BytesBeforeId(count));
    ++counts_.users;
    counts_.entries += count;
    counts_.longest_id = std::max(counts_.longest_id, id_bytes);
  }

  std::string path_;
  Progress& progress_;
  std::optional<RecordFile> records_;
  RecommendationCounts counts_;
  const IdTable* items_ = nullptr;
  const IdTable* names_ = nullptr;
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

std::unique_ptr<RecommendationSink> MakeFileSink(const std::string& path, bool resume,
                                                 Progress& progress) {
  RefuseDirectory(path);
  if (IsHdf5Name(path)) return std::make_unique<Hdf5Sink>(path, resume, progress);
  return std::make_unique<NdjsonFileSink>(path, resume);
}

}  // namespace tidewright
