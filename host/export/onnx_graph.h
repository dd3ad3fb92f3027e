#ifndef TIDEWRIGHT_HOST_EXPORT_ONNX_GRAPH_H_
#define TIDEWRIGHT_HOST_EXPORT_ONNX_GRAPH_H_

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "host/export/proto_message.h"

namespace tidewright {

// An ONNX model as it is built: opset 13, ai.onnx.ml 3, IR 8, which every runtime of the last years
// reads. Written by its wire format (onnx.proto3 gives the field numbers), so that no library is
// needed. Values are known by name.

enum class OnnxType { kFloat = 1, kInt64 = 7, kString = 8, kBool = 9, kDouble = 11 };

// A dimension: its size, or a name where it is open ("batch").
using OnnxDimension = std::variant<int64_t, std::string>;

using OnnxValue = std::variant<int64_t, float, std::string, std::vector<int64_t>,
                               std::vector<float>, std::vector<std::string>, ProtoMessage>;
struct OnnxAttribute {
  std::string name;
  OnnxValue value;
};

// Where an array lies in a file beside the model.
struct OnnxPlace {
  std::string file;
  int64_t offset = 0;
};

inline constexpr char kOnnxMl[] = "ai.onnx.ml";

class OnnxGraph {
 public:
  // `values`: how the names of values begin that have no other name. A graph that is the body of
  // another's node sees that one's values, so that its own must be called otherwise.
  explicit OnnxGraph(std::string name, std::string values = "value:")
      : name_(std::move(name)), values_(std::move(values)) {}

  void Input(const std::string& name, OnnxType type, const std::vector<OnnxDimension>& shape);
  void Output(const std::string& name, OnnxType type, const std::vector<OnnxDimension>& shape);

  // One node with one output; returns the output's name: `output`, or a new one where it is empty.
  std::string Node(const std::string& op, const std::vector<std::string>& inputs,
                   const std::vector<OnnxAttribute>& attributes = {},
                   const std::string& output = "");
  std::string Cast(const std::string& value, OnnxType type, const std::string& output = "") {
    return Node("Cast", {value}, {{"to", static_cast<int64_t>(type)}}, output);
  }
  // Several outputs; `domain` empty: ONNX's own.
  void NodeWithOutputs(const std::string& op, const std::vector<std::string>& inputs,
                       const std::vector<std::string>& outputs,
                       const std::vector<OnnxAttribute>& attributes,
                       const std::string& domain = "");
  std::string NewName();

  // Constants; each returns its name. Equal small integers are kept once by the caller.
  std::string Integers(const std::vector<int64_t>& values, const std::vector<int64_t>& shape);
  std::string List(const std::vector<int64_t>& values) {
    return Integers(values, {static_cast<int64_t>(values.size())});
  }
  std::string Number(float value);  // a scalar
  std::string Floats(const std::vector<float>& values, const std::vector<int64_t>& shape);
  std::string Doubles(const std::vector<double>& values, const std::vector<int64_t>& shape);
  std::string Texts(const std::vector<std::string>& values);
  // A view of `values`, which outlive the graph; not in the model but at `place` where that is set.
  std::string Array(const std::string& name, const float* values, const std::vector<int64_t>& shape,
                    const OnnxPlace* place = nullptr);

  void Metadata(const std::string& key, const std::string& value);

  // The graph alone, as the attribute of another's node has it; it is of no use afterwards.
  ProtoMessage Take();
  // The whole model; the graph is of no use afterwards. Throws IoError.
  void Write(const std::string& path);

 private:
  ProtoMessage TensorHeader(const std::string& name, OnnxType type,
                            const std::vector<int64_t>& shape) const;
  std::string AddTensor(ProtoMessage&& tensor, const std::string& name);

  std::string name_;
  std::string values_;
  int64_t names_ = 0;
  std::vector<ProtoMessage> nodes_;
  std::vector<ProtoMessage> tensors_;
  std::vector<ProtoMessage> inputs_;
  std::vector<ProtoMessage> outputs_;
  std::vector<std::pair<std::string, std::string>> metadata_;
};

// Text that ONNX takes: bytes that are no UTF-8 become U+FFFD.
std::string OnnxText(std::string_view text);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_ONNX_GRAPH_H_
