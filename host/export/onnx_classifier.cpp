#include "host/export/onnx_classifier.h"

#include <unordered_set>

#include "host/core/errors.h"

namespace tidewright {
namespace {

std::string AddMargin(const TreeEnsemble& model, const FeatureSpec& features, OnnxGraph& graph) {
  return AddTreeMargin(model, features, graph);
}
std::string AddMargin(const LinearModel& model, const FeatureSpec& features, OnnxGraph& graph) {
  return AddLinearMargin(model, features, graph);
}

}  // namespace

std::vector<std::string> OnnxInputNames(const FeatureSpec& features) {
  std::unordered_set<std::string> taken{kLogOddsOutput, kProbabilityOutput};
  for (const FeatureDescription& column : features.columns) taken.insert(OnnxText(column.name));
  std::vector<std::string> names;
  for (const FeatureDescription& column : features.columns) {
    std::string name = OnnxText(column.name);
    const bool reserved = name.empty() || name == kLogOddsOutput || name == kProbabilityOutput ||
                          name.starts_with("value:");
    if (reserved) {
      name = "column_" + name;
      while (!taken.insert(name).second) name += "_";
    }
    names.push_back(std::move(name));
  }
  return names;
}

template <class Classifier>
OnnxGraph ClassifierGraph(const Classifier& model, const FeatureSpec& features,
                          const Calibrator* calibrator) {
  const auto columns = static_cast<int64_t>(features.columns.size());
  if (model.features != columns) {
    throw DataError("the model reads " + std::to_string(model.features) +
                    " columns and its description names " + std::to_string(columns) +
                    "; the artifact is damaged, train it again");
  }
  OnnxGraph graph("score");
  const std::vector<std::string> names = OnnxInputNames(features);
  const std::vector<OnnxDimension> shape{std::string("batch"), int64_t{1}};
  for (size_t column = 0; column < names.size(); ++column) {
    const bool text = features.columns[column].kind == FeatureKind::kCategory;
    graph.Input(names[column], text ? OnnxType::kString : OnnxType::kFloat, shape);
  }
  const std::string margin = AddMargin(model, features, graph);
  graph.Cast(margin, OnnxType::kFloat, kLogOddsOutput);
  graph.Cast(calibrator == nullptr ? AddProbability(margin, graph)
                                   : AddCalibrator(*calibrator, margin, graph),
             OnnxType::kFloat, kProbabilityOutput);
  graph.Output(kProbabilityOutput, OnnxType::kFloat, shape);
  graph.Output(kLogOddsOutput, OnnxType::kFloat, shape);
  graph.Metadata("label", OnnxText(features.label_name));
  return graph;
}

template OnnxGraph ClassifierGraph(const TreeEnsemble&, const FeatureSpec&, const Calibrator*);
template OnnxGraph ClassifierGraph(const LinearModel&, const FeatureSpec&, const Calibrator*);

}  // namespace tidewright
