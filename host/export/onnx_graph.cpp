#include "host/export/onnx_graph.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "host/core/build_info.h"
#include "host/core/errors.h"
#include "host/core/partial_file.h"

namespace tidewright {
namespace {

constexpr int64_t kIrVersion = 8;
constexpr int64_t kOpset = 13;
constexpr int64_t kMlOpset = 3;
// protobuf counts a message's bytes as int32.
constexpr int64_t kMaxModelBytes = std::numeric_limits<int32_t>::max();

// AttributeProto: the field of each kind of value, and its type's number.
struct AttributeWriter {
  ProtoMessage& message;
  int64_t operator()(int64_t value) const { return message.Integer(3, value), 2; }
  int64_t operator()(float value) const { return message.Float(2, value), 1; }
  int64_t operator()(const std::string& value) const { return message.Text(4, value), 3; }
  int64_t operator()(const std::vector<int64_t>& value) const {
    return message.Integers(8, value), 7;
  }
  int64_t operator()(const std::vector<float>& value) const { return message.Floats(7, value), 6; }
  int64_t operator()(const std::vector<std::string>& value) const {
    for (const std::string& text : value) message.Text(9, text);
    return 8;
  }
  int64_t operator()(const ProtoMessage& graph) const {
    return message.Message(6, ProtoMessage(graph)), 5;
  }
};

ProtoMessage AttributeProto(const OnnxAttribute& attribute) {
  ProtoMessage message;
  message.Text(1, attribute.name);
  message.Integer(20, std::visit(AttributeWriter{message}, attribute.value));
  return message;
}

ProtoMessage ValueInfo(const std::string& name, OnnxType type,
                       const std::vector<OnnxDimension>& shape) {
  ProtoMessage shape_message;
  for (const OnnxDimension& size : shape) {
    ProtoMessage dimension;
    if (const auto* number = std::get_if<int64_t>(&size)) {
      dimension.Integer(1, *number);
    } else {
      dimension.Text(2, std::get<std::string>(size));
    }
    shape_message.Message(1, std::move(dimension));
  }
  ProtoMessage tensor;
  tensor.Integer(1, static_cast<int64_t>(type));
  tensor.Message(2, std::move(shape_message));
  ProtoMessage type_message;
  type_message.Message(1, std::move(tensor));
  ProtoMessage value;
  value.Text(1, name);
  value.Message(2, std::move(type_message));
  return value;
}

ProtoMessage TextPair(const std::string& key, const std::string& value) {
  ProtoMessage pair;
  pair.Text(1, key);
  pair.Text(2, value);
  return pair;
}

ProtoMessage OpsetOf(const std::string& domain, int64_t version) {
  ProtoMessage opset;
  opset.Text(1, domain);
  opset.Integer(2, version);
  return opset;
}

}  // namespace

void OnnxGraph::Input(const std::string& name, OnnxType type,
                      const std::vector<OnnxDimension>& shape) {
  inputs_.push_back(ValueInfo(name, type, shape));
}

void OnnxGraph::Output(const std::string& name, OnnxType type,
                       const std::vector<OnnxDimension>& shape) {
  outputs_.push_back(ValueInfo(name, type, shape));
}

std::string OnnxGraph::NewName() { return values_ + std::to_string(names_++); }

std::string OnnxGraph::Node(const std::string& op, const std::vector<std::string>& inputs,
                            const std::vector<OnnxAttribute>& attributes,
                            const std::string& output) {
  std::string name = output.empty() ? NewName() : output;
  NodeWithOutputs(op, inputs, {name}, attributes);
  return name;
}

void OnnxGraph::NodeWithOutputs(const std::string& op, const std::vector<std::string>& inputs,
                                const std::vector<std::string>& outputs,
                                const std::vector<OnnxAttribute>& attributes,
                                const std::string& domain) {
  ProtoMessage node;
  for (const std::string& input : inputs) node.Text(1, input);
  for (const std::string& output : outputs) node.Text(2, output);
  node.Text(3, op + ":" + std::to_string(nodes_.size()));
  node.Text(4, op);
  for (const OnnxAttribute& attribute : attributes) node.Message(5, AttributeProto(attribute));
  if (!domain.empty()) node.Text(7, domain);
  nodes_.push_back(std::move(node));
}

ProtoMessage OnnxGraph::TensorHeader(const std::string& name, OnnxType type,
                                     const std::vector<int64_t>& shape) const {
  ProtoMessage tensor;
  tensor.Integers(1, shape);
  tensor.Integer(2, static_cast<int64_t>(type));
  tensor.Text(8, name);
  return tensor;
}

std::string OnnxGraph::AddTensor(ProtoMessage&& tensor, const std::string& name) {
  tensors_.push_back(std::move(tensor));
  return name;
}

std::string OnnxGraph::Integers(const std::vector<int64_t>& values,
                                const std::vector<int64_t>& shape) {
  const std::string name = NewName();
  ProtoMessage tensor = TensorHeader(name, OnnxType::kInt64, shape);
  tensor.Integers(7, values);
  return AddTensor(std::move(tensor), name);
}

std::string OnnxGraph::Number(float value) { return Floats({value}, {}); }

std::string OnnxGraph::Floats(const std::vector<float>& values, const std::vector<int64_t>& shape) {
  const std::string name = NewName();
  ProtoMessage tensor = TensorHeader(name, OnnxType::kFloat, shape);
  tensor.Floats(4, values);
  return AddTensor(std::move(tensor), name);
}

std::string OnnxGraph::Doubles(const std::vector<double>& values,
                               const std::vector<int64_t>& shape) {
  const std::string name = NewName();
  ProtoMessage tensor = TensorHeader(name, OnnxType::kDouble, shape);
  tensor.Text(10, {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double)});
  return AddTensor(std::move(tensor), name);
}

std::string OnnxGraph::Texts(const std::vector<std::string>& values) {
  const std::string name = NewName();
  ProtoMessage tensor =
      TensorHeader(name, OnnxType::kString, {static_cast<int64_t>(values.size())});
  for (const std::string& value : values) tensor.Text(6, value);
  return AddTensor(std::move(tensor), name);
}

std::string OnnxGraph::Array(const std::string& name, const float* values,
                             const std::vector<int64_t>& shape, const OnnxPlace* place) {
  ProtoMessage tensor = TensorHeader(name, OnnxType::kFloat, shape);
  int64_t bytes = sizeof(float);
  for (const int64_t size : shape) bytes *= size;
  if (place == nullptr) {
    tensor.View(9, values, bytes);
  } else {
    tensor.Message(13, TextPair("location", place->file));
    tensor.Message(13, TextPair("offset", std::to_string(place->offset)));
    tensor.Message(13, TextPair("length", std::to_string(bytes)));
    tensor.Integer(14, 1);
  }
  return AddTensor(std::move(tensor), name);
}

void OnnxGraph::Metadata(const std::string& key, const std::string& value) {
  metadata_.emplace_back(key, value);
}

ProtoMessage OnnxGraph::Take() {
  ProtoMessage graph;
  for (ProtoMessage& node : nodes_) graph.Message(1, std::move(node));
  graph.Text(2, name_);
  for (ProtoMessage& tensor : tensors_) graph.Message(5, std::move(tensor));
  for (ProtoMessage& input : inputs_) graph.Message(11, std::move(input));
  for (ProtoMessage& output : outputs_) graph.Message(12, std::move(output));
  return graph;
}

void OnnxGraph::Write(const std::string& path) {
  ProtoMessage model;
  model.Integer(1, kIrVersion);
  model.Text(2, "tidewright");
  model.Text(3, BuildVersion());
  model.Message(7, Take());
  model.Message(8, OpsetOf("", kOpset));
  model.Message(8, OpsetOf(kOnnxMl, kMlOpset));
  for (const auto& [key, value] : metadata_) model.Message(14, TextPair(key, value));
  if (model.size() > kMaxModelBytes) {
    throw UsageError(path + " would have " + std::to_string(model.size()) +
                     " bytes, and an ONNX file has at most " + std::to_string(kMaxModelBytes) +
                     "; export safetensors instead");
  }
  OutputFile file(path);
  model.Write(file);
  file.Commit();
}

std::string OnnxText(std::string_view text) {
  const bool plain =
      std::all_of(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) > 0; });
  if (plain) return std::string(text);
  return nlohmann::ordered_json::parse(JsonQuoted(text)).get<std::string>();
}

}  // namespace tidewright
