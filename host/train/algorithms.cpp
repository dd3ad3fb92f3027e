#include "host/train/algorithms.h"

#include "host/core/errors.h"
#include "host/ials/explain.h"
#include "host/ials/ials.h"
#include "host/train/require.h"

namespace tidewright {
namespace {

// An algorithm whose model is factors, from its configuration and its two lines in the backend
// table.
template <class Config, auto kMake, auto kEstimate>
class FactorAlgorithm final : public Algorithm {
 public:
  explicit FactorAlgorithm(std::string name) : name_(std::move(name)) {}

  std::string name() const override { return name_; }
  ConfigFields fields() override { return FieldsOf(config_); }
  std::string Settle(int64_t users, int64_t items, int64_t entries) override {
    return tidewright::Settle(config_, users, items, entries);
  }
  std::unique_ptr<Solver> MakeSolver(const Backend& backend,
                                     const Interactions& data) const override {
    return Require(backend.*kMake, backend, name_)(config_, data);
  }
  CostEstimate Estimate(const Backend& backend, int64_t users, int64_t items,
                        int64_t entries) const override {
    return Require(backend.*kEstimate, backend, name_)(config_, users, items, entries);
  }
  AlignedVector<float> FoldIn(const Model& model, const CsrView& rows) const override {
    return FoldInUsers(config_, std::get<FactorModel>(model), rows);
  }
  std::vector<double> Contributions(const Model& model, const CsrView& rows, int64_t row,
                                    const std::vector<int32_t>& items) const override {
    return IalsContributions(config_, std::get<FactorModel>(model), rows, row, items);
  }

 private:
  std::string name_;
  Config config_;
};

std::unique_ptr<Algorithm> MakeIals() {
  return std::make_unique<
      FactorAlgorithm<IalsConfig, &Backend::make_ials, &Backend::estimate_ials>>("ials");
}

}  // namespace

const std::vector<AlgorithmEntry>& Algorithms() {
  static const std::vector<AlgorithmEntry> table = {
      {"ials", "implicit alternating least squares (matrix factorization)", MakeIals},
  };
  return table;
}

std::unique_ptr<Algorithm> AlgorithmOf(const Manifest& manifest) {
  for (const AlgorithmEntry& entry : Algorithms()) {
    if (entry.name != manifest.algorithm) continue;
    std::unique_ptr<Algorithm> algorithm = entry.make();
    const ConfigFields fields = algorithm->fields();
    for (const auto& [name, value] : manifest.config) {
      for (const ConfigField& field : fields) {
        if (field.name == name) SetField(field, value, "manifest");
      }
    }
    return algorithm;
  }
  throw DataError("the artifact holds a model of '" + manifest.algorithm +
                  "', which this program does not know; use a newer one");
}

int64_t IntegerField(const ConfigFields& fields, const std::string& name, int64_t otherwise) {
  for (const ConfigField& field : fields) {
    if (field.name == name) return std::stoll(FieldText(field));
  }
  return otherwise;
}

}  // namespace tidewright
