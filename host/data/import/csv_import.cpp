#include "host/data/import/csv_import.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "host/core/config.h"
#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/data/import/csv_block.h"
#include "host/data/import/csv_plan.h"
#include "host/data/import/event_assembly.h"
#include "host/data/import/record_waves.h"
#include "host/data/import/small_users.h"

namespace tidewright {
namespace {

class CsvImporter {
 public:
  CsvImporter(const CsvImportOptions& options, Progress& progress)
      : options_(options),
        progress_(progress),
        waves_(options.path, {options.delimiter, options.quotes, options.block_bytes}) {}

  Dataset Run(ImportSummary* summary) {
    Look();
    for (bool first = true;; first = false) {
      std::vector<RecordBlock> wave = waves_.Next(lines_);
      if (wave.empty()) return Finish(summary);
      Parse(std::move(wave), first);
    }
  }

 private:
  // Reads the header, and how times are written, off a copy of the first block.
  void Look() {
    if (waves_.first().overlong) waves_.Next(0);  // throws
    FileHead head(waves_.first(), options_.path, waves_.delimiter(), options_.quotes,
                  options_.latin1);
    RecordScanner& scanner = head.scanner();
    plan_ = MakeCsvPlan(options_, scanner.fields());
    plan_.delimiter = waves_.delimiter();
    if (!plan_.timestamp || plan_.time) return;
    bool more = !options_.header || scanner.Next();
    for (; more; more = scanner.Next()) {
      if (scanner.fields().size() != plan_.header.size()) continue;
      const std::string_view time = Trimmed(scanner.fields()[*plan_.timestamp]);
      if (time.empty()) continue;
      plan_.time = TimeParser::FromSample(time, options_.timestamp);
      return;
    }
    plan_.time = TimeParser::FromFormat("iso");
  }
  void Parse(std::vector<RecordBlock> wave, bool first) {
    std::vector<CsvBlock> parsed(wave.size());
    const int64_t file_done = wave.back().file_done;
    ParallelBlocks(static_cast<int64_t>(wave.size()), [&](int64_t i, int) {
      const bool has_header = first && i == 0 && options_.header;
      parsed[i] = ParseCsvBlock(plan_, std::move(wave[i]), has_header ? 1 : 0);
    });
    for (CsvBlock& block : parsed) Merge(std::move(block));
    progress_.Step("reading " + options_.path, file_done / kMegabyte,
                   waves_.file_bytes() / kMegabyte, "MB");
  }
  void Merge(CsvBlock block) {
    if (!block.first_bad.empty()) {
      const std::string where =
          LineText(options_.path, lines_ + block.first_bad_line) + ": " + block.first_bad;
      if (block.unterminated) throw DataError(where);
      if (!plan_.skip_bad_lines) {
        throw DataError(where + "; --skip-bad-lines drops and counts such lines");
      }
      if (summary_.first_bad_line.empty()) summary_.first_bad_line = where;
    }
    lines_ += block.lines;
    summary_.lines += block.records;
    missing_user_ += block.missing_user;
    missing_item_ += block.missing_item;
    missing_signal_ += block.missing_signal;
    bad_ += block.bad;
    dropped_by_rule_.resize(block.dropped_by_rule.size());
    for (size_t i = 0; i < dropped_by_rule_.size(); ++i) {
      dropped_by_rule_[i] += block.dropped_by_rule[i];
    }

    const std::vector<int32_t> users = Map(block.users, &users_);
    const std::vector<int32_t> items = Map(block.items, &items_);
    for (int32_t& user : block.events.user) user = users[user];
    for (int32_t& item : block.events.item) item = items[item];
    if (plan_.signal) {
      const std::vector<int32_t> signals = Map(block.signals, &signals_);
      if (signals_.size() > static_cast<int64_t>(kMaxSignals)) {
        throw DataError(options_.path + " has more than 255 signals in column '" + options_.signal +
                        "'; expected at most 255 (is it the right column?)");
      }
      for (uint8_t& signal : block.events.signal) signal = static_cast<uint8_t>(signals[signal]);
    }
    Merge(block.user_texts, users, &user_texts_);
    Merge(block.item_texts, items, &item_texts_);
    chunks_.push_back(std::move(block.events));
  }
  static void Merge(const std::vector<TextVotes>& from, const std::vector<int32_t>& rows,
                    std::vector<TextVotes>* to) {
    to->resize(from.size());
    for (size_t i = 0; i < from.size(); ++i) (*to)[i].Merge(from[i], rows);
  }
  static std::vector<int32_t> Map(const Interner& from, Interner* to) {
    std::vector<int32_t> rows;
    rows.reserve(static_cast<size_t>(from.size()));
    for (int64_t row = 0; row < from.size(); ++row) rows.push_back(to->Intern(from[row]));
    return rows;
  }

  Dataset Finish(ImportSummary* summary) {
    Dataset dataset;
    dataset.path = options_.path;
    dataset.layout = Layout::kEventLog;
    FillDropped();
    if (users_.size() == 0) ThrowNothingLeft();
    for (size_t i = 0; i < plan_.user_columns.size(); ++i) {
      dataset.user_columns.push_back(
          {plan_.user_columns[i].name, user_texts_[i].Winners(users_.size())});
    }
    for (size_t i = 0; i < plan_.item_columns.size(); ++i) {
      dataset.item_columns.push_back(
          {plan_.item_columns[i].name, item_texts_[i].Winners(items_.size())});
    }
    EventLog log = AssembleEvents(std::move(chunks_), users_.size());
    for (size_t i = 0; i < plan_.keep.size(); ++i) log.extra[i].name = plan_.keep[i].name;
    log.signal_names = plan_.signal_names;
    if (plan_.signal) {
      log.signal_names.clear();
      for (int64_t i = 0; i < signals_.size(); ++i) log.signal_names.emplace_back(signals_[i]);
    }
    SetWeights(&log);
    dataset.users = users_.Release();
    dataset.items = items_.Release();
    dataset.log = std::move(log);
    DropSmall(&dataset);
    Summarize(*dataset.log);
    if (summary != nullptr) *summary = std::move(summary_);
    return dataset;
  }
  void FillDropped() {
    const auto add = [this](const std::string& reason, int64_t count) {
      if (count > 0) summary_.dropped.emplace_back(reason, count);
    };
    add("malformed lines", bad_);
    add("without a user (" + options_.user + ")", missing_user_);
    add("without an item (" + options_.item + ")", missing_item_);
    for (size_t i = 0; i < plan_.drop_rules.size(); ++i) {
      summary_.dropped.emplace_back(plan_.drop_rules[i].rule.text, dropped_by_rule_[i]);
    }
    add("without a signal", missing_signal_);
  }
  void DropSmall(Dataset* dataset) {
    if (options_.min_user_items <= 1) return;  // every user has an item
    const SmallUsers small = DropSmallUsers(options_.min_user_items, dataset);
    if (small.users == 0) return;
    summary_.dropped.emplace_back(
        "of " + std::to_string(small.users) + (small.users == 1 ? " user" : " users") +
            " with fewer than " + std::to_string(options_.min_user_items) + " items",
        small.events);
    if (dataset->users.size() == 0) ThrowNothingLeft();
  }
  [[noreturn]] void ThrowNothingLeft() const {
    std::string reasons;
    for (const auto& [reason, count] : summary_.dropped) {
      reasons += (reasons.empty() ? ": " : ", ") + std::to_string(count) + " " + reason;
    }
    throw DataError(options_.path + ": no event is left of " + std::to_string(summary_.lines) +
                    " lines" + reasons + "; expected at least one");
  }
  void SetWeights(EventLog* log) const {
    log->default_signal_weights.assign(log->signal_names.size(), 1.0f);
    for (const auto& [name, weight] : options_.signal_weights) {
      const auto found = std::find(log->signal_names.begin(), log->signal_names.end(), name);
      if (found == log->signal_names.end()) {
        throw UsageError("--signal-weight " + name + ": the log has no such signal" +
                         DidYouMean(name, log->signal_names));
      }
      log->default_signal_weights[found - log->signal_names.begin()] = weight;
    }
  }
  void Summarize(const EventLog& log) {
    summary_.events = log.size();
    std::vector<int64_t> counts(log.signal_names.size(), 0);
    for (const uint8_t signal : log.signal) ++counts[signal];
    for (size_t i = 0; i < counts.size(); ++i) {
      summary_.signals.emplace_back(log.signal_names[i], counts[i]);
    }
    if (!log.has_timestamps()) return;
    summary_.timestamp_format = plan_.time->format();
    const auto [begin, end] = std::minmax_element(log.timestamp.begin(), log.timestamp.end());
    summary_.begin = *begin;
    summary_.end = *end;
  }

  const CsvImportOptions& options_;
  Progress& progress_;
  RecordWaves waves_;
  CsvPlan plan_;
  Interner users_;
  Interner items_;
  Interner signals_;
  std::vector<TextVotes> user_texts_;
  std::vector<TextVotes> item_texts_;
  std::vector<EventChunk> chunks_;
  std::vector<int64_t> dropped_by_rule_;
  int64_t lines_ = 0;  // newlines of the blocks merged
  int64_t missing_user_ = 0;
  int64_t missing_item_ = 0;
  int64_t missing_signal_ = 0;
  int64_t bad_ = 0;
  ImportSummary summary_;
};

}  // namespace

Dataset ReadCsvLog(const CsvImportOptions& options, ImportSummary* summary, Progress& progress) {
  CheckCsvOptions(options);
  return CsvImporter(options, progress).Run(summary);
}

}  // namespace tidewright
