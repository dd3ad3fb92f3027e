#ifndef TIDEWRIGHT_HOST_TRAIN_EXPLAIN_ITEMS_JOB_H_
#define TIDEWRIGHT_HOST_TRAIN_EXPLAIN_ITEMS_JOB_H_

#include <cstdint>
#include <string>
#include <vector>

#include "host/core/progress.h"

namespace tidewright {

// Why a recommender gives a user an item the score it does.
struct ExplainItemsRequest {
  std::string artifact;
  std::string user;
  std::string item;  // empty: the best `items` ones that the user has not seen
  std::string data;  // what users have seen, in place of the artifact's history
  int64_t items = 3;
};

struct NamedItem {
  std::string id;
  std::string name;  // empty where the data had no names
};

// What an item of the user's history adds to a score.
struct ItemReason {
  NamedItem item;
  float value = 0;  // of the user's signals for it
  double score = 0;
};

// A score as a sum over the user's history. The sum is the score of the user's vector as solved
// with the finished items; training solved it with those of the epoch's beginning, so that the
// score which `recommend` prints may differ a little.
struct ItemExplanation {
  NamedItem item;
  double score = 0;                 // as recommend prints it
  double sum = 0;                   // of all reasons
  std::vector<ItemReason> reasons;  // one a liked item, the largest first by absolute value
};

struct ItemExplanations {
  std::string algorithm;
  int64_t disliked = 0;  // items of the history that add nothing by themselves
  std::vector<ItemExplanation> items;
};

// Throws UsageError where the artifact is no recommender or what the user has seen is not known,
// DataError where the model does not know the user or the item.
ItemExplanations RunExplainItemsJob(const ExplainItemsRequest& request, Progress& progress);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_EXPLAIN_ITEMS_JOB_H_
