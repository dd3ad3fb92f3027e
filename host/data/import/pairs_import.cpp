#include "host/data/import/pairs_import.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "host/core/errors.h"
#include "host/data/import/delimited.h"
#include "host/data/import/interner.h"
#include "host/data/import/record_blocks.h"

namespace tidewright {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// The pairs of one file, in its order.
struct PairList {
  std::vector<int32_t> user;
  std::vector<int32_t> item;
  int64_t lines = 0;
};

// Takes the next word off the front of `line`; empty at its end.
std::string_view TakeWord(std::string_view* line) {
  size_t begin = 0;
  while (begin < line->size() && IsBlank((*line)[begin])) ++begin;
  size_t end = begin;
  while (end < line->size() && !IsBlank((*line)[end])) ++end;
  const std::string_view word = line->substr(begin, end - begin);
  line->remove_prefix(end);
  return word;
}

PairList ReadPairList(const std::string& path, Interner* users, Interner* items,
                      Progress& progress) {
  RecordBlockOptions options;
  options.delimiter = ' ';
  options.quotes = false;
  RecordBlockReader reader(OpenByteSource(path), options, 2);
  PairList pairs;
  int64_t line_number = 0;
  while (std::optional<RecordBlock> block = reader.Next()) {
    std::string_view text = block->text();
    const size_t invalid = FindInvalidUtf8(text);
    if (invalid != std::string_view::npos) {
      line_number += std::count(text.begin(), text.begin() + static_cast<int64_t>(invalid), '\n');
      throw DataError(path + " line " + std::to_string(line_number + 1) +
                      ": bytes that are not UTF-8; expected text, 'user item item …' a line");
    }
    if (block->overlong) {
      throw DataError(path + " line " + std::to_string(line_number + 1) +
                      ": the line does not end within 64 MiB; expected 'user item item …'");
    }
    while (!text.empty()) {
      const size_t newline = std::min(text.find('\n'), text.size());
      std::string_view line = text.substr(0, newline);
      text.remove_prefix(std::min(newline + 1, text.size()));
      ++line_number;
      const std::string_view user = TakeWord(&line);
      if (user.empty()) continue;
      ++pairs.lines;
      const int32_t user_row = users->Intern(user);
      for (std::string_view item = TakeWord(&line); !item.empty(); item = TakeWord(&line)) {
        pairs.user.push_back(user_row);
        pairs.item.push_back(items->Intern(item));
      }
    }
    progress.Step("reading " + path, block->file_done / kMegabyte, reader.file_bytes() / kMegabyte,
                  "MB");
  }
  return pairs;
}

// The number an id is, where it is written as one writes numbers; ids up to 18 digits.
std::optional<int64_t> WholeNumber(std::string_view id) {
  if (id.empty() || id.size() > 18 || (id[0] == '0' && id.size() > 1)) return std::nullopt;
  int64_t value = 0;
  for (const char c : id) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

// Puts numbered ids into the order of their numbers. Returns the new row of each old one.
std::vector<int32_t> OrderIds(const IdTable& ids, IdTable* ordered) {
  std::vector<int64_t> numbers;
  for (int64_t row = 0; row < ids.size(); ++row) {
    const std::optional<int64_t> number = WholeNumber(ids[row]);
    if (!number) break;
    numbers.push_back(*number);
  }
  std::vector<int32_t> order(static_cast<size_t>(ids.size()));
  std::iota(order.begin(), order.end(), 0);
  if (static_cast<int64_t>(numbers.size()) == ids.size()) {
    std::sort(order.begin(), order.end(),
              [&numbers](int32_t a, int32_t b) { return numbers[a] < numbers[b]; });
  }
  *ordered = ids.Select(order);
  std::vector<int32_t> rows(order.size());
  for (size_t row = 0; row < order.size(); ++row) rows[order[row]] = static_cast<int32_t>(row);
  return rows;
}

// Rows of rising item ids; a pair that comes again is left out and counted.
Csr BuildMatrix(const PairList& pairs, const std::vector<int32_t>& user_rows,
                const std::vector<int32_t>& item_rows, int64_t* repeated) {
  Csr matrix;
  matrix.rows = static_cast<int64_t>(user_rows.size());
  matrix.cols = static_cast<int64_t>(item_rows.size());
  std::vector<int64_t> begins(static_cast<size_t>(matrix.rows) + 1, 0);
  for (const int32_t user : pairs.user) ++begins[static_cast<size_t>(user_rows[user]) + 1];
  std::partial_sum(begins.begin(), begins.end(), begins.begin());
  std::vector<int32_t> ids(pairs.item.size());
  std::vector<int64_t> next(begins.begin(), begins.end() - 1);
  for (size_t i = 0; i < pairs.item.size(); ++i) {
    ids[next[user_rows[pairs.user[i]]]++] = item_rows[pairs.item[i]];
  }
  matrix.offsets.reserve(begins.size());
  for (int64_t row = 0; row < matrix.rows; ++row) {
    const auto begin = ids.begin() + begins[row];
    const auto end = ids.begin() + begins[row + 1];
    std::sort(begin, end);
    matrix.ids.insert(matrix.ids.end(), begin, std::unique(begin, end));
    matrix.offsets.push_back(matrix.nnz());
  }
  *repeated += static_cast<int64_t>(ids.size()) - matrix.nnz();
  matrix.values.assign(matrix.ids.size(), 1.0f);
  return matrix;
}

}  // namespace

Dataset ReadPairs(const std::string& train_path, const std::string& test_path,
                  PairsSummary* summary, Progress& progress) {
  Interner users;
  Interner items;
  const PairList train = ReadPairList(train_path, &users, &items, progress);
  if (train.user.empty()) {
    throw DataError(train_path + ": no pairs; expected 'user item item …' a line");
  }
  PairList test;
  if (!test_path.empty()) test = ReadPairList(test_path, &users, &items, progress);

  PairsSummary counts;
  Dataset dataset;
  dataset.path = train_path;
  dataset.layout = Layout::kAnnDataCsr;
  const std::vector<int32_t> user_rows = OrderIds(users.Release(), &dataset.users);
  const std::vector<int32_t> item_rows = OrderIds(items.Release(), &dataset.items);
  dataset.matrix = BuildMatrix(train, user_rows, item_rows, &counts.repeated);
  counts.train_lines = train.lines;
  counts.train_pairs = dataset.matrix->nnz();
  if (!test_path.empty()) {
    dataset.test_matrix = BuildMatrix(test, user_rows, item_rows, &counts.repeated);
    counts.test_lines = test.lines;
    counts.test_pairs = dataset.test_matrix->nnz();
  }
  if (summary != nullptr) *summary = counts;
  return dataset;
}

}  // namespace tidewright
