#include "host/train/score_sinks.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "host/core/partial_file.h"
#include "host/core/record_file.h"
#include "host/data/hdf5/scores_file.h"

namespace tidewright {
namespace {

void AppendNumber(const std::string& name, double value, std::string* line) {
  char number[32];
  const auto end = std::to_chars(number, number + sizeof(number), value);
  *line += ",\"" + name + "\":";
  line->append(number, end.ptr);
}

// Gathers lines, and hands many of them on at a time.
class ScoreLineWriter {
 public:
  explicit ScoreLineWriter(std::function<void(std::string_view)> write)
      : write_(std::move(write)) {}

  void Begin(const std::vector<std::string>& extra) {
    names_ = {"probability"};
    names_.insert(names_.end(), extra.begin(), extra.end());
  }
  // As many numbers as names.
  void Add(std::string_view id, const double* numbers) {
    lines_ += "{\"id\":" + JsonQuoted(id);
    for (size_t column = 0; column < names_.size(); ++column) {
      AppendNumber(names_[column], numbers[column], &lines_);
    }
    lines_ += "}\n";
    if (lines_.size() >= kFlushBytes) Flush();
  }
  void Flush() {
    write_(lines_);
    lines_.clear();
  }

 private:
  std::function<void(std::string_view)> write_;
  std::vector<std::string> names_;
  std::string lines_;
};

void NumbersOf(const Scores& rows, size_t row, std::vector<double>* numbers) {
  numbers->assign(1, rows.probability[row]);
  for (const ScoreColumn& column : rows.extra) numbers->push_back(column.values[row]);
}

class LineSink : public ScoreSink {
 public:
  explicit LineSink(std::function<void(std::string_view)> write) : lines_(std::move(write)) {}

  void Begin(const std::string&, const std::vector<std::string>& extra) override {
    lines_.Begin(extra);
  }
  void Write(const Scores& rows) override {
    std::vector<double> numbers;
    for (int64_t row = 0; row < rows.ids.size(); ++row) {
      NumbersOf(rows, static_cast<size_t>(row), &numbers);
      lines_.Add(rows.ids[row], numbers.data());
    }
    lines_.Flush();
  }
  void Finish() override {}

 private:
  ScoreLineWriter lines_;
};

constexpr int64_t kRowsAStep = 1 << 16;

// Through a file of records, a row each: its numbers, then its id. The file that was asked for is
// made of them in the end.
class FileSink : public ScoreSink {
 public:
  FileSink(std::string path, bool resume, Progress& progress)
      : path_(std::move(path)), progress_(progress) {
    if (!resume) records_.emplace(path_, std::nullopt);
  }

  int64_t Resume(const std::string& run) override {
    records_.emplace(path_, run);
    RecordFile::Reader reader(*records_);
    while (const std::optional<std::string_view> record = reader.Next()) Measure(*record);
    written_.emplace(*records_);
    return records_->records();
  }
  double NextWritten() override {
    double probability = 0;
    std::memcpy(&probability, written_->Next().value().data(), sizeof(probability));
    return probability;
  }
  void Begin(const std::string& label_name, const std::vector<std::string>& extra) override {
    label_name_ = label_name;
    extra_ = extra;
  }
  void Write(const Scores& rows) override {
    std::vector<double> numbers;
    std::string record;
    for (int64_t row = 0; row < rows.ids.size(); ++row) {
      NumbersOf(rows, static_cast<size_t>(row), &numbers);
      record.assign(reinterpret_cast<const char*>(numbers.data()), NumberBytes());
      record.append(rows.ids[row]);
      Measure(record);
      records_->Add(record);
    }
    records_->Flush();
  }
  void Finish() override {
    if (IsHdf5Name(path_)) {
      const auto longest = static_cast<int64_t>(std::max(longest_, NumberBytes()) - NumberBytes());
      ScoreFile file(path_, label_name_, records_->records(), longest, extra_);
      ForEach([&](std::string_view id, const double* numbers) { file.Add(id, numbers); });
      file.Commit();
    } else {
      PartialFile file(path_);
      ScoreLineWriter lines([&](std::string_view text) { file.Write(text); });
      lines.Begin(extra_);
      ForEach([&](std::string_view id, const double* numbers) { lines.Add(id, numbers); });
      lines.Flush();
      file.Finish();
    }
    records_->Remove();
  }

 private:
  size_t NumberBytes() const { return (1 + extra_.size()) * sizeof(double); }
  void Measure(std::string_view record) { longest_ = std::max(longest_, record.size()); }
  template <class Body>
  void ForEach(const Body& body) const {
    RecordFile::Reader reader(*records_);
    std::vector<double> numbers(1 + extra_.size());
    int64_t done = 0;
    while (const std::optional<std::string_view> record = reader.Next()) {
      std::memcpy(numbers.data(), record->data(), NumberBytes());
      body(record->substr(NumberBytes()), numbers.data());
      if (++done % kRowsAStep == 0) progress_.Step("writing", done, records_->records(), "rows");
    }
  }

  std::string path_;
  Progress& progress_;
  std::optional<RecordFile> records_;
  std::optional<RecordFile::Reader> written_;
  size_t longest_ = 0;
  std::string label_name_;
  std::vector<std::string> extra_;
};

}  // namespace

std::unique_ptr<ScoreSink> MakeScoreLines(std::function<void(std::string_view)> write) {
  return std::make_unique<LineSink>(std::move(write));
}

std::unique_ptr<ScoreSink> MakeScoreFile(const std::string& path, bool resume, Progress& progress) {
  RefuseDirectory(path);
  return std::make_unique<FileSink>(path, resume, progress);
}

}  // namespace tidewright
