#include "host/data/split.h"

#include <charconv>
#include <utility>

#include "host/core/errors.h"
#include "host/core/time.h"
#include "host/data/eval_set.h"
#include "host/data/split_parts.h"

namespace tidewright {
namespace {

constexpr const char* kSplitForms = "none, file, last:N, time:DATE, random:FRACTION, users:N";

template <class T>
bool ParseWhole(const std::string& text, T* value) {
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, *value);
  return parsed.ec == std::errc() && parsed.ptr == end;
}

[[noreturn]] void RefuseSplit(const std::string& text, const std::string& why) {
  throw UsageError("split '" + text + "': " + why + "; one of " + kSplitForms);
}

void CheckJudged(const EvalSet& set, const SplitSpec& split) {
  if (!set.model_rows.empty()) return;
  throw UsageError("split '" + split.text +
                   "' leaves nobody to judge: no user has both history and a positive item that "
                   "history does not hold (" +
                   std::to_string(set.users_without_history) + " users have no history, " +
                   std::to_string(set.targets_seen) + " targets were seen, " +
                   std::to_string(set.targets_disliked) + " are dislikes)");
}

// The matrix of one part at a time, whichever layout the dataset has.
class Source {
 public:
  Source(const Dataset& dataset, const PrepareOptions& options)
      : dataset_(dataset), options_(options) {
    if (dataset.log) {
      weights_ = ResolveSignalWeights(*dataset.log, options.signals);
      return;
    }
    if (!options.signals.empty()) {
      throw UsageError(dataset.path + ": signal weights are for event logs, and this is a matrix");
    }
    if (options.aggregation != Aggregation::kSum) {
      throw UsageError(dataset.path + ": aggregation '" + AggregationName(options.aggregation) +
                       "' is for event logs, and a matrix is aggregated already");
    }
  }

  void Cut(const SplitSpec& split, const CutRole& role) {
    if (split.kind == SplitKind::kFile && !dataset_.test_log && !dataset_.test_matrix) {
      throw UsageError("split 'file' needs a /test part, and " + dataset_.path +
                       " has none; use last:N, time:DATE, random:FRACTION or users:N");
    }
    if (split.kind == SplitKind::kNone || split.kind == SplitKind::kFile) return;
    if (dataset_.log) {
      parts_.resize(static_cast<size_t>(dataset_.log->size()), Part::kTrain);
      CutLog(*dataset_.log, dataset_.users.size(), dataset_.items.size(), weights_,
             options_.aggregation, split, role, options_.seed, &parts_);
    } else {
      parts_.resize(dataset_.matrix->ids.size(), Part::kTrain);
      CutMatrix(*dataset_.matrix, split, role, options_.seed, &parts_);
    }
  }

  Csr Take(Part part) {
    if (dataset_.log) {
      std::function<bool(int64_t)> keep;
      if (!parts_.empty()) keep = [this, part](int64_t event) { return parts_[event] == part; };
      return Aggregate(*dataset_.log, weights_, keep);
    }
    return CopyEntries(*dataset_.matrix, parts_, part);
  }

  Csr TakeFileTest() {
    if (dataset_.test_matrix) return CopyEntries(*dataset_.test_matrix, {}, Part::kTest);
    return Aggregate(*dataset_.test_log, ResolveSignalWeights(*dataset_.test_log, options_.signals),
                     {});
  }

  EvalSet Judge(const SplitSpec& split, const CutRole& role, const Csr& targets, const Csr& train,
                const Csr* also_seen, const std::vector<int32_t>& model_rows) {
    EvalSet set = split.kind == SplitKind::kUsers
                      ? MakeEvalSet(Take(role.known), nullptr, targets, {})
                      : MakeEvalSet(train, also_seen, targets, model_rows);
    CheckJudged(set, split);
    return set;
  }

  const AggregateReport& report() const { return report_; }

 private:
  Csr Aggregate(const EventLog& log, const std::vector<float>& weights,
                const std::function<bool(int64_t)>& keep) {
    return AggregateEvents(log, dataset_.users.size(), dataset_.items.size(), weights,
                           options_.aggregation, keep, &report_);
  }

  // No parts: all entries. Stored zeros are no evidence.
  Csr CopyEntries(const Csr& matrix, const std::vector<Part>& parts, Part part) {
    Csr result;
    result.rows = matrix.rows;
    result.cols = matrix.cols;
    result.offsets.reserve(matrix.offsets.size());
    if (parts.empty()) {
      result.ids.reserve(matrix.ids.size());
      result.values.reserve(matrix.ids.size());
    }
    for (int64_t row = 0; row < matrix.rows; ++row) {
      for (int64_t entry = matrix.offsets[row]; entry < matrix.offsets[row + 1]; ++entry) {
        if (!parts.empty() && parts[entry] != part) continue;
        ++report_.events;
        if (matrix.values[entry] == 0) {
          ++report_.net_zero;
          continue;
        }
        result.ids.push_back(matrix.ids[entry]);
        result.values.push_back(matrix.values[entry]);
      }
      result.offsets.push_back(result.nnz());
    }
    return result;
  }

  const Dataset& dataset_;
  const PrepareOptions& options_;
  std::vector<float> weights_;
  std::vector<Part> parts_;  // empty until something is cut
  AggregateReport report_;
};

// Leaves out the rows without entries; the entries stay where they are.
Csr DropEmptyRows(Csr matrix, std::vector<int32_t>* kept_rows) {
  std::vector<int64_t> offsets{0};
  for (int64_t row = 0; row < matrix.rows; ++row) {
    if (matrix.RowLength(row) == 0) continue;
    kept_rows->push_back(static_cast<int32_t>(row));
    offsets.push_back(matrix.offsets[row + 1]);
  }
  matrix.rows = static_cast<int64_t>(kept_rows->size());
  matrix.offsets = std::move(offsets);
  return matrix;
}

void CheckValidation(const SplitSpec& test, const SplitSpec& validation) {
  if (validation.kind == SplitKind::kFile) {
    throw UsageError(
        "split 'file' cannot be the validation part: the file's /test is for testing; use last:N, "
        "time:DATE, random:FRACTION or users:N");
  }
  if (test.kind == SplitKind::kTime && validation.kind == SplitKind::kTime &&
      validation.time >= test.time) {
    throw UsageError("validation split '" + validation.text +
                     "' must begin before the test split '" + test.text + "'");
  }
}

}  // namespace

SplitSpec ParseSplit(const std::string& text) {
  SplitSpec split;
  split.text = text;
  if (text == "none") return split;
  if (text == "file") {
    split.kind = SplitKind::kFile;
    return split;
  }
  const size_t colon = text.find(':');
  const std::string kind = text.substr(0, colon);
  const std::string argument = colon == std::string::npos ? "" : text.substr(colon + 1);
  if (kind == "last" || kind == "users") {
    split.kind = kind == "last" ? SplitKind::kLast : SplitKind::kUsers;
    if (!ParseWhole(argument, &split.count) || split.count < 1) {
      RefuseSplit(text, "N must be a whole number of at least 1");
    }
  } else if (kind == "time") {
    split.kind = SplitKind::kTime;
    const auto time = ParseIsoTime(argument);
    if (!time) RefuseSplit(text, "DATE must look like 2011-09-10 or 2011-09-10T08:26:00Z");
    split.time = *time;
  } else if (kind == "random") {
    split.kind = SplitKind::kRandom;
    if (!ParseWhole(argument, &split.fraction) || !(split.fraction > 0 && split.fraction < 1)) {
      RefuseSplit(text, "FRACTION must be a number between 0 and 1, such as 0.1");
    }
  } else {
    RefuseSplit(text, "no such split");
  }
  return split;
}

TrainValidationTest PrepareWithValidation(const Dataset& dataset, const SplitSpec& test,
                                          const SplitSpec& validation,
                                          const PrepareOptions& options) {
  CheckValidation(test, validation);
  Source source(dataset, options);
  source.Cut(test, kTestRole);
  source.Cut(validation, kValidationRole);

  TrainValidationTest result;
  Csr train = source.Take(Part::kTrain);
  if (train.nnz() == 0) {
    throw DataError(dataset.path + ": nothing is left to train on with split '" + test.text +
                    "' and validation split '" + validation.text +
                    "': check the splits and the signal weights");
  }
  std::vector<int32_t> model_rows(static_cast<size_t>(train.rows), -1);
  int32_t next_row = 0;
  for (int64_t user = 0; user < train.rows; ++user) {
    if (train.RowLength(user) > 0) model_rows[user] = next_row++;
  }

  Csr validated;
  if (validation.kind != SplitKind::kNone) {
    validated = source.Take(Part::kValidation);
    result.validation =
        source.Judge(validation, kValidationRole, validated, train, nullptr, model_rows);
  }
  if (test.kind != SplitKind::kNone && options.want_test) {
    const Csr targets =
        test.kind == SplitKind::kFile ? source.TakeFileTest() : source.Take(Part::kTest);
    const Csr* also_seen = validation.kind == SplitKind::kNone ? nullptr : &validated;
    result.test = source.Judge(test, kTestRole, targets, train, also_seen, model_rows);
  }
  result.aggregation = source.report();
  result.train = DropEmptyRows(std::move(train), &result.train_users);
  return result;
}

SplitResult PrepareInteractions(const Dataset& dataset, const SplitSpec& split,
                                const PrepareOptions& options) {
  TrainValidationTest parts = PrepareWithValidation(dataset, split, SplitSpec{}, options);
  return {std::move(parts.train), std::move(parts.train_users), std::move(parts.test),
          parts.aggregation};
}

}  // namespace tidewright
