#include "host/train/permutation_importance.h"

#include <utility>

#include "host/core/random.h"
#include "host/metrics/classification.h"
#include "host/train/calibrate.h"

namespace tidewright {
namespace {

struct Quality {
  double auc = 0;
  double log_loss = 0;
};

Quality QualityOf(const Artifact& artifact, const FeatureTable& table) {
  const ScoredRows scored = ScoreRows(artifact, table);
  return {ClassificationMetric("auc", scored), ClassificationMetric("log_loss", scored)};
}

// Fisher and Yates, a counter for each swap.
void Shuffle(uint64_t seed, uint64_t stream, std::vector<float>* values) {
  for (size_t last = values->size(); last > 1; --last) {
    const uint64_t other = UniformBelow(Philox(seed, stream, last), last);
    std::swap((*values)[last - 1], (*values)[other]);
  }
}

}  // namespace

std::vector<PermutationImportance> PermuteColumns(const Artifact& artifact, FeatureTable table,
                                                  int repeats, uint64_t seed) {
  const Quality before = QualityOf(artifact, table);
  std::vector<PermutationImportance> result;
  for (size_t column = 0; column < table.columns.size(); ++column) {
    const std::vector<float> values = table.columns[column].values;
    PermutationImportance importance;
    importance.column = table.columns[column].description.name;
    for (int repeat = 0; repeat < repeats; ++repeat) {
      const auto stream = (static_cast<uint64_t>(RandomStream::kPermutation) << 48) |
                          (static_cast<uint64_t>(column) << 16) | static_cast<uint64_t>(repeat);
      Shuffle(seed, stream, &table.columns[column].values);
      const Quality after = QualityOf(artifact, table);
      importance.auc_drop += (before.auc - after.auc) / repeats;
      importance.log_loss_rise += (after.log_loss - before.log_loss) / repeats;
      table.columns[column].values = values;
    }
    result.push_back(std::move(importance));
  }
  return result;
}

}  // namespace tidewright
