#ifndef TIDEWRIGHT_HOST_DATA_SPLIT_H_
#define TIDEWRIGHT_HOST_DATA_SPLIT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "host/data/aggregate.h"
#include "host/data/dataset.h"
#include "host/data/interactions.h"

namespace tidewright {

enum class SplitKind {
  kNone,    // "none": everything trains
  kFile,    // "file": the file's own /test
  kLast,    // "last:N": of each user, the N distinct items whose latest event is latest, with all
            // their events; at least one item stays in training
  kTime,    // "time:DATE": events at or after DATE
  kRandom,  // "random:FRACTION": each (user, item) pair by a draw keyed by (seed, user, item)
  kUsers,   // "users:N": N users with at least 2 positive items, held out whole; 80 % of these
            // fold in, 20 % (at least one) are the target; what they dislike folds in too
};

struct SplitSpec {
  SplitKind kind = SplitKind::kNone;
  int64_t count = 0;    // last, users
  double fraction = 0;  // random
  int64_t time = 0;     // microseconds
  std::string text = "none";
};

// Throws UsageError: what was given, the forms accepted.
SplitSpec ParseSplit(const std::string& text);

// The users a model is judged on. Row r of `known` and of `relevant` belongs to the same user. A
// user with a model row is predicted from that row alone; `known` then says what to mask.
struct EvalSet {
  std::vector<int32_t> model_rows;    // the user's row in the model, or -1: folded in from `known`
  Csr known;                          // signed evidence the model may use: masked in the ranking
  Csr relevant;                       // positive targets; no row is empty; none is also in `known`
  int64_t users_without_history = 0;  // had targets, but nothing to predict from: left out, counted
  int64_t targets_seen = 0;  // positive test pairs that training already holds: left out, counted
  int64_t targets_disliked = 0;  // test pairs whose net value is negative: not relevant
};

struct SplitResult {
  Csr train;  // users with at least one entry only, in the order of the dataset
  std::vector<int32_t> train_users;  // row of `train` -> row of the dataset's user table
  EvalSet test;                      // empty where the split is "none"
  AggregateReport aggregation;       // of all the parts made
};

// How a dataset becomes a matrix and its parts. The same seed gives the same parts.
struct PrepareOptions {
  std::vector<SignalWeight> signals;
  Aggregation aggregation = Aggregation::kSum;  // a matrix is aggregated already: kSum alone
  uint64_t seed = 1;
  // False where only training follows: the test part is cut away as ever, but `test` stays empty
  // and its copy of the users' history is not made.
  bool want_test = true;
};

// Aggregates and splits. No event of a test part takes part in `train` or `known`. Throws
// UsageError where the split needs what the data lacks (times, a /test part, so many users) and
// DataError where nothing is left to train on.
SplitResult PrepareInteractions(const Dataset& dataset, const SplitSpec& split,
                                const PrepareOptions& options);

// As above with a validation part, cut from what the test split leaves: never a test event in
// `validation` or `train`, never a validation event in `train`. "file" is no validation split;
// "time:DATE" must come before the test split's own date; two "users:N" take different users.
// test.known holds what is seen by the time of the test: training and validation entries (where a
// pair is in both, the training value).
struct TrainValidationTest {
  Csr train;
  std::vector<int32_t> train_users;
  EvalSet validation;
  EvalSet test;
  AggregateReport aggregation;
};
TrainValidationTest PrepareWithValidation(const Dataset& dataset, const SplitSpec& test,
                                          const SplitSpec& validation,
                                          const PrepareOptions& options);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_SPLIT_H_
