#ifndef TIDEWRIGHT_HOST_EXPORT_ONNX_RECOMMENDER_H_
#define TIDEWRIGHT_HOST_EXPORT_ONNX_RECOMMENDER_H_

#include <cstdint>
#include <string>

#include "host/core/ids.h"
#include "host/export/onnx_graph.h"
#include "host/ials/ials.h"
#include "host/model/model.h"

namespace tidewright {

// Graphs of a factor model. Lists of items are rows of the catalogue, int64 [batch, length], each
// as long as the longest with -1 behind the others' ends; a list that is not needed is -1 alone.
// Both give the k best items that are not hidden: their ids (text), rows and scores, [batch, k],
// best first and of equal scores the lower row first. Where fewer are left the rest is "", -1 and
// -infinity.

// What a graph is made of. `places`: where user_factors and item_factors lie beside the model; null
// where they are to be in it.
struct OnnxRecommender {
  const FactorModel& model;
  const IdTable& items;
  int64_t k = 100;  // at most the items
  const OnnxPlace* user_place = nullptr;
  const OnnxPlace* item_place = nullptr;
};

// Inputs: user, int64 [batch, 1], a row; seen and denied, lists that are hidden.
OnnxGraph RecommendGraph(const OnnxRecommender& source);

// Inputs: items and values, a user's items and what they weigh (float; negative: a dislike), each
// item once; denied. Items that are given are hidden, too. The user's vector is the row solution of
// host/ials/ials.h by conjugate gradients, preconditioned exactly but for the user's own items: in
// the basis where the Gramian is diagonal; in double, as many steps as it takes. Output besides:
// user_vector, float [batch, factors].
OnnxGraph FoldInGraph(const OnnxRecommender& source, const IalsConfig& config);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_ONNX_RECOMMENDER_H_
