#include "host/export/onnx_recommender.h"

#include <algorithm>
#include <limits>

#include "host/linalg/eigen.h"
#include "host/linalg/packed.h"

namespace tidewright {
namespace {

constexpr float kNothing = -std::numeric_limits<float>::infinity();
constexpr char kBatch[] = "batch";
// Folding in ends where this part of the residual is left, or after so many steps for each factor,
// where values beyond all measure keep the residual from shrinking. Without rounding one would do.
constexpr double kResidualLeft = 1e-13;
constexpr int64_t kMostStepsAFactor = 20;

std::string FilledLike(OnnxGraph& graph, const std::string& value, float number) {
  const std::string shape = graph.Node("Shape", {value});
  return graph.Node("Expand", {graph.Number(number), shape});
}

// From users' vectors [batch, factors] to the outputs. Item row -1 is the last of one column too
// many, so that the ends of lists hide nothing.
void AddRanking(const OnnxRecommender& source, const std::string& vectors,
                const std::string& item_factors, const std::vector<std::string>& lists,
                OnnxGraph& graph) {
  const int64_t items = source.model.items;
  const int64_t k = std::min(source.k, items);
  const std::string scores = graph.Node("Gemm", {vectors, item_factors}, {{"transB", int64_t{1}}});
  const std::string first =
      graph.Node("Slice", {scores, graph.List({0}), graph.List({1}), graph.List({1})});
  const std::string wider =
      graph.Node("Concat", {scores, FilledLike(graph, first, kNothing)}, {{"axis", int64_t{1}}});
  const std::string hidden = graph.Node("Concat", lists, {{"axis", int64_t{1}}});
  const std::string masked =
      graph.Node("ScatterElements", {wider, hidden, FilledLike(graph, hidden, kNothing)},
                 {{"axis", int64_t{1}}});
  const std::string best = graph.NewName();
  graph.NodeWithOutputs("TopK", {masked, graph.List({k})}, {"scores", best},
                        {{"axis", int64_t{1}}});
  const std::string is_item =
      graph.Node("Greater", {"scores", graph.Number(std::numeric_limits<float>::lowest())});
  graph.Node("Where", {is_item, best, graph.Integers({-1}, {})}, {}, "rows");
  const std::string text = graph.Node("Where", {is_item, best, graph.Integers({items}, {})});
  std::vector<std::string> ids;
  for (int64_t item = 0; item < items; ++item) ids.push_back(OnnxText(source.items[item]));
  ids.emplace_back();
  graph.Node("Gather", {graph.Texts(ids), text}, {}, "ids");
  graph.Output("ids", OnnxType::kString, {kBatch, k});
  graph.Output("rows", OnnxType::kInt64, {kBatch, k});
  graph.Output("scores", OnnxType::kFloat, {kBatch, k});
}

std::string AddItemFactors(const OnnxRecommender& source, OnnxGraph& graph) {
  return graph.Array("item_factors", source.model.item_factors.data(),
                     {source.model.items, source.model.factors}, source.item_place);
}

SymmetricEigenDouble EigenOfGramian(const FactorModel& model) {
  const int64_t f = model.factors;
  AlignedVector<float> packed(static_cast<size_t>(PackedFloats(f)), 0.0f);
  for (int64_t row = 0; row < f; ++row) {
    for (int64_t column = row; column < f; ++column) {
      packed[PackedIndex(row, column)] = model.item_gramian[row * f + column];
    }
  }
  return DecomposeSymmetricDouble(f, packed.data());
}

// Folding in computes in double: confidences make the equations so unequal that float32 alone would
// be further from the solution than the steps are.
std::string Scalar(OnnxGraph& graph, double value) { return graph.Doubles({value}, {}); }

// [batch, f, 1] . [batch, f, 1] -> [batch, 1, 1]
std::string Dot(OnnxGraph& graph, const std::string& a, const std::string& b) {
  return graph.Node("ReduceSum", {graph.Node("Mul", {a, b}), graph.List({1})},
                    {{"keepdims", int64_t{1}}});
}

// a / b, and 0 where both are.
std::string Ratio(OnnxGraph& graph, const std::string& a, const std::string& b) {
  const std::string tiny = Scalar(graph, std::numeric_limits<double>::min());
  return graph.Node("Div", {a, graph.Node("Max", {b, tiny})});
}

std::string Transposed(OnnxGraph& graph, const std::string& value,
                       const std::vector<int64_t>& order) {
  return graph.Node("Transpose", {value}, {{"perm", order}});
}

// Whether any user's residual is still too large: a scalar.
std::string AnyAbove(OnnxGraph& graph, const std::string& square, const std::string& enough) {
  const std::string above = graph.Cast(graph.Node("Greater", {square, enough}), OnnxType::kDouble);
  const std::string count = graph.Node("ReduceSum", {above}, {{"keepdims", int64_t{0}}});
  return graph.Node("Greater", {count, Scalar(graph, 0)});
}

// x of (I + R^T R) x = b by conjugate gradients from 0: a Loop, since it is the confidences that
// decide how many steps that takes. rows: R, [batch, n, f]; b: [batch, f, 1].
std::string AddConjugateGradients(OnnxGraph& graph, const std::string& rows, const std::string& b,
                                  int64_t factors) {
  const std::string columns = Transposed(graph, rows, {0, 2, 1});
  const std::string first_square = Dot(graph, b, b);
  const std::string enough =
      graph.Node("Mul", {first_square, Scalar(graph, kResidualLeft * kResidualLeft)});

  OnnxGraph step("step", "value:step:");
  const auto given = [&step](OnnxType type, const std::vector<OnnxDimension>& shape) {
    const std::string name = step.NewName();
    step.Input(name, type, shape);
    return name;
  };
  const std::vector<OnnxDimension> vectors = {kBatch, factors, int64_t{1}};
  const std::vector<OnnxDimension> numbers = {kBatch, int64_t{1}, int64_t{1}};
  given(OnnxType::kInt64, {});  // the steps so far
  given(OnnxType::kBool, {});   // whether to go on
  const std::string x = given(OnnxType::kDouble, vectors);
  const std::string residual = given(OnnxType::kDouble, vectors);
  const std::string direction = given(OnnxType::kDouble, vectors);
  const std::string square = given(OnnxType::kDouble, numbers);
  const std::string product = step.Node(
      "Add", {direction, step.Node("MatMul", {columns, step.Node("MatMul", {rows, direction})})});
  const std::string length = Ratio(step, square, Dot(step, direction, product));
  const std::string new_x = step.Node("Add", {x, step.Node("Mul", {length, direction})});
  const std::string new_residual =
      step.Node("Sub", {residual, step.Node("Mul", {length, product})});
  const std::string new_square = Dot(step, new_residual, new_residual);
  const std::string turned = step.Node("Mul", {Ratio(step, new_square, square), direction});
  const std::string new_direction = step.Node("Add", {new_residual, turned});
  step.Output(AnyAbove(step, new_square, enough), OnnxType::kBool, {});
  step.Output(new_x, OnnxType::kDouble, vectors);
  step.Output(new_residual, OnnxType::kDouble, vectors);
  step.Output(new_direction, OnnxType::kDouble, vectors);
  step.Output(new_square, OnnxType::kDouble, numbers);

  const std::string solved = graph.NewName();
  const std::string zeros = graph.Node("Mul", {b, Scalar(graph, 0)});
  graph.NodeWithOutputs("Loop",
                        {graph.Integers({kMostStepsAFactor * factors}, {}),
                         AnyAbove(graph, first_square, enough), zeros, b, b, first_square},
                        {solved, graph.NewName(), graph.NewName(), graph.NewName()},
                        {{"body", step.Take()}});
  return solved;
}

// lambda (n + alpha0 |I|)^nu of n [batch, 1].
std::string AddRegularization(const IalsConfig& config, int64_t items, const std::string& entries,
                              OnnxGraph& graph) {
  const double unobserved = config.unobserved_weight * static_cast<double>(items);
  const std::string base = graph.Node("Add", {entries, Scalar(graph, unobserved)});
  const std::string power = graph.Node("Pow", {base, Scalar(graph, config.frequency_exponent)});
  return graph.Node("Mul", {power, Scalar(graph, config.regularization)});
}

std::string AddFoldIn(const OnnxRecommender& source, const IalsConfig& config,
                      const std::string& item_factors, OnnxGraph& graph) {
  const int64_t f = source.model.factors;
  const SymmetricEigenDouble eigen = EigenOfGramian(source.model);
  const std::string zero = Scalar(graph, 0);
  const std::string one = Scalar(graph, 1);
  const std::string values = graph.Cast("values", OnnxType::kDouble);
  const std::string is_item =
      graph.Node("Not", {graph.Node("Less", {"items", graph.Integers({0}, {})})});
  const std::string given = graph.Cast(is_item, OnnxType::kDouble);  // [batch, n]
  const std::string rows = graph.Node("Where", {is_item, "items", graph.Integers({0}, {})});
  const std::string entries =
      graph.Node("ReduceSum", {given, graph.List({1})}, {{"keepdims", int64_t{1}}});

  const std::string confidence = graph.Node(
      "Add", {graph.Node("Mul", {graph.Node("Abs", {values}), Scalar(graph, config.alpha)}), one});
  const std::string root = graph.Node("Where", {is_item, graph.Node("Sqrt", {confidence}), zero});
  const std::string target =
      graph.Node("Where", {graph.Node("Greater", {values, zero}), root, zero});

  std::vector<double> spectrum;
  for (const double value : eigen.values) {
    spectrum.push_back(std::max(value, 0.0) * config.unobserved_weight);
  }
  const std::string diagonal =
      graph.Node("Add", {AddRegularization(config, source.model.items, entries, graph),
                         graph.Doubles(spectrum, {1, f})});  // [batch, f]
  const std::string scale = graph.Node(
      "Sqrt", {graph.Node("Div", {one, graph.Node("Max", {diagonal, Scalar(graph, 1e-20)})})});

  // A row is an eigenvector.
  const std::string basis = graph.Doubles(eigen.vectors, {f, f});
  const std::string own = graph.Cast(graph.Node("Gather", {item_factors, rows}), OnnxType::kDouble);
  const std::string rotated = graph.Node("MatMul", {own, Transposed(graph, basis, {1, 0})});
  const std::string weighted = graph.Node(
      "Mul", {graph.Node("Mul", {rotated, graph.Node("Unsqueeze", {scale, graph.List({1})})}),
              graph.Node("Unsqueeze", {root, graph.List({2})})});  // [batch, n, f]
  const std::string b = graph.Node("MatMul", {Transposed(graph, weighted, {0, 2, 1}),
                                              graph.Node("Unsqueeze", {target, graph.List({2})})});
  const std::string x =
      graph.Node("Squeeze", {AddConjugateGradients(graph, weighted, b, f), graph.List({2})});
  const std::string solved = graph.Node("MatMul", {graph.Node("Mul", {x, scale}), basis});
  return graph.Cast(solved, OnnxType::kFloat, "user_vector");
}

}  // namespace

OnnxGraph RecommendGraph(const OnnxRecommender& source) {
  OnnxGraph graph("recommend");
  graph.Input("user", OnnxType::kInt64, {kBatch, int64_t{1}});
  graph.Input("seen", OnnxType::kInt64, {kBatch, "seen_items"});
  graph.Input("denied", OnnxType::kInt64, {kBatch, "denied_items"});
  const std::string user_factors =
      graph.Array("user_factors", source.model.user_factors.data(),
                  {source.model.users, source.model.factors}, source.user_place);
  const std::string row = graph.Node("Squeeze", {"user", graph.List({1})});
  AddRanking(source, graph.Node("Gather", {user_factors, row}), AddItemFactors(source, graph),
             {"seen", "denied"}, graph);
  return graph;
}

OnnxGraph FoldInGraph(const OnnxRecommender& source, const IalsConfig& config) {
  OnnxGraph graph("fold_in");
  graph.Input("items", OnnxType::kInt64, {kBatch, "given_items"});
  graph.Input("values", OnnxType::kFloat, {kBatch, "given_items"});
  graph.Input("denied", OnnxType::kInt64, {kBatch, "denied_items"});
  const std::string item_factors = AddItemFactors(source, graph);
  const std::string vector = AddFoldIn(source, config, item_factors, graph);
  AddRanking(source, vector, item_factors, {"items", "denied"}, graph);
  graph.Output(vector, OnnxType::kFloat, {kBatch, source.model.factors});
  return graph;
}

}  // namespace tidewright
