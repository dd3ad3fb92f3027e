#include "host/train/sample_negatives.h"

#include <cmath>
#include <cstdio>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "host/core/errors.h"
#include "host/core/random.h"

namespace tidewright {
namespace {

void AddTo(FactorModel*, double) {
  throw UsageError("a recommender has no log-odds of a label to correct");
}
void AddTo(BgnbdModel*, double) { throw UsageError("BG/NBD has no log-odds of a table's rows"); }
void AddTo(TreeEnsemble* model, double log_odds) {
  model->base_margin = static_cast<float>(model->base_margin + log_odds);
}
void AddTo(HazardModel* model, double log_odds) { AddTo(&model->trees, log_odds); }
void AddTo(LinearModel* model, double log_odds) { model->intercept += log_odds; }

}  // namespace

FeatureTable SampleNegatives(FeatureTable train, double fraction, uint64_t seed,
                             NegativeSampling* sampling) {
  *sampling = {fraction, 0, 0, 0};
  double weight = 0;
  double kept_weight = 0;
  std::vector<int64_t> rows;
  for (int64_t row = 0; row < train.rows; ++row) {
    if (train.label[row] == 1.0f) {
      rows.push_back(row);
      continue;
    }
    const double w = train.weight.empty() ? 1.0 : train.weight[row];
    ++sampling->negatives;
    weight += w;
    const PhiloxDraw draw = Philox(seed, static_cast<uint64_t>(RandomStream::kNegativeSampling),
                                   static_cast<uint64_t>(row));
    if (UniformDouble(draw.word[0], draw.word[1]) >= fraction) continue;
    ++sampling->kept;
    kept_weight += w;
    rows.push_back(row);
  }
  if (!(kept_weight > 0)) {
    char share[32];
    std::snprintf(share, sizeof(share), "%g", fraction);
    throw UsageError(std::string("--sample-negatives ") + share + " leaves none of the " +
                     std::to_string(sampling->negatives) +
                     " rows that did not churn to learn from; expected a larger share");
  }
  sampling->log_odds = std::log(kept_weight / weight);
  return SelectRows(train, rows);
}

FeatureTable WeighAsSampled(FeatureTable watched, const NegativeSampling& sampling) {
  const auto share = static_cast<float>(std::exp(sampling.log_odds));
  if (watched.weight.empty()) watched.weight.assign(static_cast<size_t>(watched.rows), 1.0f);
  for (int64_t row = 0; row < watched.rows; ++row) {
    if (watched.label[row] != 1.0f) watched.weight[row] *= share;
  }
  return watched;
}

void AddLogOdds(double log_odds, Model* model) {
  std::visit([&](auto& one) { AddTo(&one, log_odds); }, *model);
}

}  // namespace tidewright
