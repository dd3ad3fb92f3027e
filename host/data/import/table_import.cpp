#include "host/data/import/table_import.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>

#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/data/import/record_waves.h"
#include "host/data/import/table_block.h"
#include "host/data/import/table_plan.h"

namespace tidewright {
namespace {

using Form = FieldChunk::Form;

constexpr int64_t kMaxCategories = int64_t{1} << 24;  // so that a float holds every code
constexpr int64_t kMinRowsOfId = 100;

// A feature as it has been read so far.
struct FeatureState {
  Form form = Form::kEmpty;
  Interner texts;
  // One a chunk: its values, and for its texts their rows in `texts`.
  std::vector<std::vector<float>> values;
  std::vector<std::vector<int32_t>> text_rows;
  int64_t first_infinite_line = -1;
  bool mixed = false;  // numbers in one chunk, texts in another
};

std::vector<int32_t> InternAll(const Interner& from, Interner* to) {
  std::vector<int32_t> rows;
  rows.reserve(static_cast<size_t>(from.size()));
  for (int64_t row = 0; row < from.size(); ++row) rows.push_back(to->Intern(from[row]));
  return rows;
}

// Both 0 and 1, and nothing else.
bool AreBooleans(const std::vector<float>& values) {
  bool seen[2] = {false, false};
  for (const float value : values) {
    if (std::isnan(value)) continue;
    if (value != 0.0f && value != 1.0f) return false;
    seen[value == 1.0f] = true;
  }
  return seen[0] && seen[1];
}

// Words for both, and no digits among them.
bool AreBooleanWords(const Interner& texts) {
  bool seen[2] = {false, false};
  for (int64_t row = 0; row < texts.size(); ++row) {
    const std::optional<bool> value = ParseBoolean(texts[row]);
    if (!value || texts[row].size() < 2) return false;
    seen[*value] = true;
  }
  return seen[0] && seen[1];
}

// Of a column of texts: kind, categories and, for each row of `texts`, its value.
std::vector<float> ValuesOfTexts(const Interner& texts, bool may_be_boolean,
                                 FeatureDescription* description) {
  std::vector<float> values(static_cast<size_t>(texts.size()));
  if (may_be_boolean && AreBooleanWords(texts)) {
    description->kind = FeatureKind::kBoolean;
    for (int64_t row = 0; row < texts.size(); ++row) {
      values[row] = *ParseBoolean(texts[row]) ? 1.0f : 0.0f;
    }
    return values;
  }
  description->kind = FeatureKind::kCategory;
  std::vector<int32_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](int32_t a, int32_t b) { return texts[a] < texts[b]; });
  for (size_t code = 0; code < order.size(); ++code) {
    values[order[code]] = static_cast<float>(code);
    description->categories.emplace_back(texts[order[code]]);
  }
  return values;
}

class TableImporter {
 public:
  TableImporter(const TableImportOptions& options, Progress& progress)
      : options_(options), progress_(progress) {}

  FeatureTable Run() {
    Pass("reading ");
    bool again = false;
    for (size_t i = 0; i < features_.size(); ++i) {
      plan_.features[i].as_text |= features_[i].mixed;
      again |= features_[i].mixed;
    }
    if (again) Pass("reading again ");
    return Finish();
  }

 private:
  // Reads the whole file; the plan is made where there is none yet.
  void Pass(const std::string& what) {
    RecordWaves waves(options_.path, {options_.delimiter, options_.quotes, options_.block_bytes});
    if (waves.first().overlong) waves.Next(0);  // throws
    if (plan_.fields == 0) {
      FileHead head(waves.first(), options_.path, waves.delimiter(), options_.quotes,
                    options_.latin1);
      plan_ = MakeTablePlan(options_, head.scanner().fields());
      plan_.delimiter = waves.delimiter();
    }
    table_ = FeatureTable();
    features_.clear();
    features_.resize(plan_.features.size());
    groups_ = Interner();
    row_lines_.clear();
    lines_ = 0;
    for (bool first = true;; first = false) {
      std::vector<RecordBlock> wave = waves.Next(lines_);
      if (wave.empty()) break;
      std::vector<TableBlock> parsed(wave.size());
      const int64_t file_done = wave.back().file_done;
      ParallelBlocks(static_cast<int64_t>(wave.size()), [&](int64_t i, int) {
        const bool has_header = first && i == 0 && options_.header;
        parsed[i] = ParseTableBlock(plan_, std::move(wave[i]), has_header ? 1 : 0);
      });
      for (TableBlock& block : parsed) Merge(std::move(block));
      progress_.Step(what + options_.path, file_done / kMegabyte, waves.file_bytes() / kMegabyte,
                     "MB");
    }
    if (table_.rows == 0) {
      throw DataError(options_.path + " has no line after its header; expected at least one row");
    }
  }

  [[noreturn]] void FailAt(int64_t line, const std::string& what) const {
    throw DataError(LineText(options_.path, line) + ": " + what);
  }

  void Merge(TableBlock block) {
    CheckLabels(block);
    if (!block.first_bad.empty()) FailAt(lines_ + block.first_bad_line, block.first_bad);
    for (size_t i = 0; i < features_.size(); ++i) MergeFeature(&block.features[i], block, i);
    if (plan_.label) {
      for (const float value : block.label.values) table_.label.push_back(LabelOf(block, value));
    }
    table_.weight.insert(table_.weight.end(), block.weight.begin(), block.weight.end());
    if (plan_.group) {
      const std::vector<int32_t> rows = InternAll(block.group.texts, &groups_);
      for (const float value : block.group.values) {
        table_.group.push_back(rows[static_cast<size_t>(value)]);
      }
    }
    for (int64_t row = 0; row < block.ids.size(); ++row) table_.ids.Add(block.ids[row]);
    row_lines_.push_back({table_.rows, lines_, std::move(block.line_of_row)});
    table_.rows += block.rows;
    lines_ += block.lines;
  }

  void MergeFeature(FieldChunk* chunk, const TableBlock& block, size_t i) {
    FeatureState& state = features_[i];
    if (chunk->form != Form::kEmpty && state.form != Form::kEmpty) {
      state.mixed |= chunk->form != state.form;
    }
    if (chunk->form != Form::kEmpty) state.form = chunk->form;
    if (state.mixed) {  // the next pass reads it as text
      state.values.clear();
      return;
    }
    if (chunk->first_infinite >= 0 && state.first_infinite_line < 0) {
      state.first_infinite_line = lines_ + block.line_of_row[chunk->first_infinite];
    }
    state.text_rows.push_back(InternAll(chunk->texts, &state.texts));
    if (state.texts.size() > kMaxCategories) {
      FailAt(lines_, "column '" + plan_.features[i].name +
                         "' has more than 16777216 categories; expected fewer (is it an id? --id "
                         "or --drop)");
    }
    state.values.push_back(std::move(chunk->values));
  }

  // The label's texts are the positive one and the first other one of the file. A label that is a
  // third comes before a bad line after it.
  void CheckLabels(TableBlock& block) {
    if (!plan_.positive) return;
    for (size_t row = 0; row < block.label.values.size(); ++row) {
      const int32_t line = block.line_of_row[row];
      if (!block.first_bad.empty() && line >= block.first_bad_line) return;
      const std::string_view text =
          block.label.texts[static_cast<int64_t>(block.label.values[row])];
      if (text == *plan_.positive) continue;
      if (!negative_) negative_ = std::string(text);
      if (text == *negative_) continue;
      block.first_bad_line = line;
      block.first_bad = "label '" + plan_.label_column + "' is '" + std::string(text) +
                        "'; expected '" + *plan_.positive + "' or '" + *negative_ +
                        "', two texts at most";
    }
  }
  float LabelOf(const TableBlock& block, float value) const {
    if (!plan_.positive) return value;
    return block.label.texts[static_cast<int64_t>(value)] == *plan_.positive ? 1.0f : 0.0f;
  }

  int64_t LineOfRow(int64_t row) const {
    auto block = std::upper_bound(
        row_lines_.begin(), row_lines_.end(), row,
        [](int64_t wanted, const BlockLines& lines) { return wanted < lines.first_row; });
    --block;
    return block->first_line + block->line_of_row[row - block->first_row];
  }

  FeatureTable Finish() {
    table_.path = options_.path;
    table_.label_name = plan_.label_name;
    CheckIds();
    table_.columns.resize(features_.size());
    for (size_t i = 0; i < features_.size(); ++i) {
      if (features_[i].form == Form::kNumbers && features_[i].first_infinite_line >= 0) {
        FailAt(features_[i].first_infinite_line,
               "column '" + plan_.features[i].name +
                   "' is infinite, or too large for 32-bit floating point; expected a finite "
                   "number, or a blank where it is missing");
      }
    }
    ParallelBlocks(static_cast<int64_t>(features_.size()), [&](int64_t i, int) {
      table_.columns[i] = FinishFeature(plan_.features[i], &features_[i]);
    });
    Warn();
    table_.fingerprint = FingerprintOf(table_);
    return std::move(table_);
  }

  void CheckIds() {
    if (!plan_.id || plan_.group) return;
    table_.ids.BuildIndex();
    for (int64_t row = 0; row < table_.rows; ++row) {
      const int64_t first = table_.ids.Find(table_.ids[row]);
      if (first == row) continue;
      FailAt(LineOfRow(row), "id '" + std::string(table_.ids[row]) + "' is that of line " +
                                 std::to_string(LineOfRow(first) + 1) +
                                 "; expected each id once (rows of one customer need --group)");
    }
  }

  FeatureColumn FinishFeature(const TablePlan::Feature& feature, FeatureState* state) const {
    FeatureColumn column;
    column.description.name = feature.name;
    column.values.reserve(static_cast<size_t>(table_.rows));
    std::vector<float> value_of_text;
    if (state->form == Form::kTexts) {
      value_of_text = ValuesOfTexts(state->texts, !feature.kind, &column.description);
    }
    for (size_t chunk = 0; chunk < state->values.size(); ++chunk) {
      for (const float value : state->values[chunk]) {
        const bool is_text = state->form == Form::kTexts && !std::isnan(value);
        column.values.push_back(
            is_text ? value_of_text[state->text_rows[chunk][static_cast<size_t>(value)]] : value);
      }
      state->values[chunk] = std::vector<float>();
    }
    if (feature.kind) {
      column.description.kind = *feature.kind;
    } else if (state->form != Form::kTexts && AreBooleans(column.values)) {
      column.description.kind = FeatureKind::kBoolean;
    }
    return column;
  }

  void Warn() {
    for (const FeatureColumn& column : table_.columns) {
      const FeatureDescription& description = column.description;
      const int64_t categories = static_cast<int64_t>(description.categories.size());
      if (std::all_of(column.values.begin(), column.values.end(),
                      [](float value) { return std::isnan(value); })) {
        progress_.Warn("column '" + description.name +
                       "' has no value in any row; training refuses it (--drop " +
                       description.name + ")");
      } else if (table_.rows >= kMinRowsOfId && 2 * categories > table_.rows) {
        progress_.Warn("column '" + description.name + "' has " + std::to_string(categories) +
                       " categories in " + std::to_string(table_.rows) +
                       " rows; is it an id (--id or --drop)?");
      }
    }
    if (plan_.label &&
        std::find(table_.label.begin(), table_.label.end(), 1.0f) == table_.label.end()) {
      progress_.Warn("no row has label '" + plan_.label_name + "'");
    }
  }

  struct BlockLines {
    int64_t first_row;
    int64_t first_line;
    std::vector<int32_t> line_of_row;
  };

  const TableImportOptions& options_;
  Progress& progress_;
  TablePlan plan_;
  FeatureTable table_;
  std::vector<FeatureState> features_;
  Interner groups_;
  std::vector<BlockLines> row_lines_;
  std::optional<std::string> negative_;  // the label's text that is 0
  int64_t lines_ = 0;                    // newlines of the blocks merged
};

}  // namespace

FeatureTable ReadCsvTable(const TableImportOptions& options, Progress& progress) {
  CheckTableOptions(options);
  return TableImporter(options, progress).Run();
}

}  // namespace tidewright
