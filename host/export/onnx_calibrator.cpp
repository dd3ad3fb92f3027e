#include "host/export/onnx_classifier.h"

namespace tidewright {
namespace {

// 1 + exp(x)
std::string AddOnePlusExp(const std::string& x, OnnxGraph& graph) {
  return graph.Node("Add", {graph.Node("Exp", {x}), graph.Doubles({1}, {})});
}

std::string AddScaled(double factor, const std::string& value, OnnxGraph& graph) {
  return graph.Node("Mul", {value, graph.Doubles({factor}, {})});
}

// ln p = -softplus(-x), ln(1 - p) = -softplus(x); softplus(z) = max(z, 0) + ln(1 + exp(-|z|)).
std::string AddBeta(const Calibrator& calibrator, const std::string& x, OnnxGraph& graph) {
  const std::string tail =
      graph.Node("Log", {AddOnePlusExp(graph.Node("Neg", {graph.Node("Abs", {x})}), graph)});
  const std::string zero = graph.Doubles({0}, {});
  const auto softplus = [&](const std::string& z) {
    return graph.Node("Add", {graph.Node("Max", {z, zero}), tail});
  };
  const std::string left = AddScaled(-calibrator.a, softplus(graph.Node("Neg", {x})), graph);
  const std::string right = AddScaled(calibrator.b, softplus(x), graph);
  const std::string sum = graph.Node("Add", {left, right});
  return AddProbability(graph.Node("Add", {sum, graph.Doubles({calibrator.c}, {})}), graph);
}

// The first knot's probability, and of every stretch between knots the part of its rise that lies
// below x.
std::string AddIsotonic(const Calibrator& calibrator, const std::string& x, OnnxGraph& graph) {
  const auto stretches = static_cast<int64_t>(calibrator.log_odds.size()) - 1;
  const std::string first = graph.Doubles({calibrator.probability.front()}, {1, 1});
  if (stretches == 0) return graph.Node("Add", {AddScaled(0, x, graph), first});
  std::vector<double> begin;
  std::vector<double> end;
  std::vector<double> width;
  std::vector<double> rise;
  for (int64_t i = 0; i < stretches; ++i) {
    begin.push_back(calibrator.log_odds[i]);
    end.push_back(calibrator.log_odds[i + 1]);
    width.push_back(end.back() - begin.back());
    rise.push_back(calibrator.probability[i + 1] - calibrator.probability[i]);
  }
  const std::string low = graph.Doubles(begin, {1, stretches});
  const std::string above = graph.Node("Max", {x, low});
  const std::string within = graph.Node("Min", {above, graph.Doubles(end, {1, stretches})});
  const std::string share =
      graph.Node("Div", {graph.Node("Sub", {within, low}), graph.Doubles(width, {1, stretches})});
  const std::string sum = graph.Node("MatMul", {share, graph.Doubles(rise, {stretches, 1})});
  return graph.Node("Add", {sum, first});
}

}  // namespace

std::string AddProbability(const std::string& log_odds, OnnxGraph& graph) {
  return graph.Node("Reciprocal", {AddOnePlusExp(graph.Node("Neg", {log_odds}), graph)});
}

std::string AddCalibrator(const Calibrator& calibrator, const std::string& log_odds,
                          OnnxGraph& graph) {
  switch (calibrator.method) {
    case CalibrationMethod::kPlatt:
      return AddProbability(graph.Node("Add", {AddScaled(calibrator.a, log_odds, graph),
                                               graph.Doubles({calibrator.c}, {})}),
                            graph);
    case CalibrationMethod::kBeta:
      return AddBeta(calibrator, log_odds, graph);
    case CalibrationMethod::kIsotonic:
      break;
  }
  return AddIsotonic(calibrator, log_odds, graph);
}

}  // namespace tidewright
