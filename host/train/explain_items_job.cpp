#include "host/train/explain_items_job.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "host/core/errors.h"
#include "host/linalg/top_k.h"
#include "host/model/artifact.h"
#include "host/train/algorithms.h"
#include "host/train/seen.h"

namespace tidewright {
namespace {

int32_t RowOf(const IdTable& table, const std::string& what, const std::string& id,
              const std::string& artifact) {
  const int64_t row = table.Find(id);
  if (row >= 0) return static_cast<int32_t>(row);
  throw DataError(artifact + " knows no " + what + " '" + id +
                  "'; it was not in the training data");
}

// The best items for the user that are not in `seen`.
std::vector<int32_t> BestItems(const FactorModel& model, const float* user, const Csr& seen,
                               int64_t count) {
  TopKRequest request;
  request.queries = user;
  request.count = 1;
  request.items = model.item_factors.data();
  request.item_count = model.items;
  request.factors = model.factors;
  request.masked = seen.view();
  request.k = static_cast<int>(count);
  std::vector<int32_t> best = TopKCpu(request).ids;
  best.erase(std::find(best.begin(), best.end(), -1), best.end());
  return best;
}

double ScoreOf(const FactorModel& model, const float* user, int32_t item) {
  const float* factors = model.item_factors.data() + item * model.factors;
  double score = 0;
  for (int64_t k = 0; k < model.factors; ++k) {
    score += static_cast<double>(user[k]) * static_cast<double>(factors[k]);
  }
  return score;
}

}  // namespace

ItemExplanations RunExplainItemsJob(const ExplainItemsRequest& request, Progress& progress) {
  Artifact artifact = LoadArtifact(request.artifact);
  const FactorModel& model = RecommenderOf(artifact, request.artifact);
  const int32_t user = RowOf(artifact.users, "user", request.user, request.artifact);
  const Seen all = FindSeen(request.artifact, request.data, &artifact);
  // The user alone, as a matrix of one row.
  Csr seen;
  seen.cols = model.items;
  seen.rows = 1;
  seen.offsets.push_back(0);
  if (all.row_of[user] >= 0) seen = SelectRows(all.matrix, {all.row_of[user]});
  if (seen.nnz() == 0) {
    progress.Warn("nothing is known of user '" + request.user + "', so every score is a guess");
  }

  const float* vector = model.user_factors.data() + user * model.factors;
  const std::vector<int32_t> items =
      request.item.empty()
          ? BestItems(model, vector, seen, request.items)
          : std::vector<int32_t>{RowOf(artifact.items, "item", request.item, request.artifact)};
  const std::vector<double> parts =
      AlgorithmOf(artifact.manifest)->Contributions(artifact.model, seen.view(), 0, items);

  const auto named = [&](int32_t item) {
    NamedItem result{std::string(artifact.items[item]), ""};
    if (artifact.item_names) result.name = std::string((*artifact.item_names)[item]);
    return result;
  };
  ItemExplanations result;
  result.algorithm = artifact.manifest.algorithm;
  for (const float value : seen.values) result.disliked += value < 0 ? 1 : 0;
  const double* part = parts.data();
  for (const int32_t item : items) {
    ItemExplanation explanation{named(item), ScoreOf(model, vector, item), 0, {}};
    for (int64_t entry = 0; entry < seen.nnz(); ++entry, ++part) {
      explanation.sum += *part;
      if (seen.values[entry] < 0) continue;
      explanation.reasons.push_back({named(seen.ids[entry]), seen.values[entry], *part});
    }
    std::stable_sort(explanation.reasons.begin(), explanation.reasons.end(),
                     [](const ItemReason& a, const ItemReason& b) {
                       return std::abs(a.score) > std::abs(b.score);
                     });
    result.items.push_back(std::move(explanation));
  }
  return result;
}

}  // namespace tidewright
