#ifndef TIDEWRIGHT_HOST_EXPORT_PROTO_MESSAGE_H_
#define TIDEWRIGHT_HOST_EXPORT_PROTO_MESSAGE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/core/atomic_file.h"

namespace tidewright {

// A protobuf message in its wire format, written field by field in the caller's order. Large arrays
// are kept as views and written from where they lie. Numbers of fields are the schema's.
class ProtoMessage {
 public:
  void Integer(int field, int64_t value);
  void Float(int field, float value);
  void Text(int field, std::string_view text);
  // `data` must outlive the message.
  void View(int field, const void* data, int64_t bytes);
  // Packed.
  void Integers(int field, const std::vector<int64_t>& values);
  void Floats(int field, const std::vector<float>& values);
  void Message(int field, ProtoMessage&& message);

  int64_t size() const { return size_; }
  void Write(OutputFile& file) const;
  // As one string: for small messages and tests.
  std::string Bytes() const;

 private:
  struct Piece {
    std::string owned;
    std::string_view view;  // where `owned` is empty
    std::string_view bytes() const { return owned.empty() ? view : owned; }
  };

  void Append(std::string_view bytes);
  void Tag(int field, int wire_type);
  void Varint(uint64_t value);

  std::vector<Piece> pieces_;
  int64_t size_ = 0;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_PROTO_MESSAGE_H_
