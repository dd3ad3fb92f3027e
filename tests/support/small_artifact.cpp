#include "tests/support/small_artifact.h"

#include <filesystem>

#include "host/core/hash.h"
#include "host/core/random.h"
#include "host/model/manifest.h"
#include "host/model/model_file.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

void Fill(AlignedVector<float>* values, int64_t count, uint64_t seed, uint64_t index) {
  values->resize(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) {
    const PhiloxDraw draw = Philox(seed, index, static_cast<uint64_t>(i));
    (*values)[static_cast<size_t>(i)] = UniformFloat(draw.word[0]) - 0.5f;
  }
}

template <class Vector>
void Add(Hasher* hasher, const Vector& values) {
  const uint64_t size = values.size();
  hasher->Update(&size, sizeof(size));
  hasher->Update(values.data(), values.size() * sizeof(values[0]));
}

}  // namespace

Artifact SmallArtifact(uint64_t seed, int64_t users, int64_t items, int64_t factors) {
  Artifact artifact;
  FactorModel model;
  model.users = users;
  model.items = items;
  model.factors = factors;
  Fill(&model.user_factors, users * factors, seed, 0);
  Fill(&model.item_factors, items * factors, seed, 1);
  Fill(&model.item_gramian, factors * factors, seed, 2);
  artifact.model = std::move(model);
  for (int64_t u = 0; u < users; ++u) artifact.users.Add("user " + std::to_string(u * 3));
  for (int64_t i = 0; i < items; ++i) artifact.items.Add("i\xc3\xa9" + std::to_string(i));
  artifact.item_names.emplace();
  for (int64_t i = 0; i < items; ++i) {
    artifact.item_names->Add(i % 2 == 0 ? "LANTERN \"No. " + std::to_string(i) + "\"" : "");
  }
  Csr history;
  history.rows = users;
  history.cols = items;
  for (int64_t u = 0; u < users; ++u) {
    for (int64_t i = u % 3; i < items && u != 1; i += 2) {
      history.ids.push_back(static_cast<int32_t>(i));
      history.values.push_back(static_cast<float>(i + 1) * (u % 2 == 0 ? 1.0f : -0.5f));
    }
    history.offsets.push_back(history.nnz());
  }
  artifact.history = std::move(history);
  Manifest& manifest = artifact.manifest;
  manifest.algorithm = "ials";
  manifest.config = {{"factors", std::to_string(factors)}, {"epochs", "3"}, {"alpha", "0.1"}};
  manifest.data_fingerprint = "0123abcd";
  manifest.data_layout = "event log";
  manifest.signals = {{"view", 0.1f}, {"purchase", 1.0f}, {"cancel", -1.0f}};
  manifest.aggregation = "sum";
  manifest.split = "last:1";
  manifest.validation_split = "random:0.1";
  manifest.seed = seed;
  manifest.simd = "AVX3";
  manifest.train_entries = artifact.history->nnz();
  manifest.train_begin = -1;
  manifest.train_end = 1315612800000000;
  manifest.epochs = 3;
  manifest.best_epoch = 2;
  manifest.loss = 1.0 / 3.0 + static_cast<double>(seed);
  manifest.validation_metrics["ndcg@20"] = {0.25, 0.2, 1.0 / 3.0};
  return artifact;
}

Artifact FoldableArtifact(uint64_t seed, int64_t users, int64_t items, int64_t factors) {
  Artifact artifact = SmallArtifact(seed, users, items, factors);
  auto& model = std::get<FactorModel>(artifact.model);
  for (int64_t a = 0; a < model.factors; ++a) {
    for (int64_t b = 0; b < model.factors; ++b) {
      double sum = 0;
      for (int64_t item = 0; item < model.items; ++item) {
        const float* row = model.item_factors.data() + item * model.factors;
        sum += static_cast<double>(row[a]) * static_cast<double>(row[b]);
      }
      model.item_gramian[a * model.factors + b] = static_cast<float>(sum);
    }
  }
  return artifact;
}

std::string Fingerprint(const Artifact& artifact) {
  Hasher hasher;
  for (const IdTable* table : {&artifact.users, &artifact.items}) {
    Add(&hasher, table->offsets());
    Add(&hasher, table->bytes());
  }
  if (artifact.item_names) {
    Add(&hasher, artifact.item_names->offsets());
    Add(&hasher, artifact.item_names->bytes());
  }
  if (artifact.history) {
    Add(&hasher, artifact.history->offsets);
    Add(&hasher, artifact.history->ids);
    Add(&hasher, artifact.history->values);
  }
  const std::string kind = ModelKind(artifact.model);
  return ManifestText({artifact.manifest, kind, {}}) +
         ArraysChecksum(ModelArrays(artifact.model, "")) + hasher.Hex();
}

std::map<std::string, std::string> FilesOf(const std::string& directory) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    files[entry.path().filename().string()] = ReadWholeFile(entry.path().string());
  }
  return files;
}

}  // namespace tidewright
