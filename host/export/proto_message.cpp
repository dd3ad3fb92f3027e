#include "host/export/proto_message.h"

#include <cstring>
#include <utility>

namespace tidewright {
namespace {

constexpr int kVarintType = 0;
constexpr int kLengthType = 2;
constexpr int kFourBytesType = 5;

std::string VarintBytes(uint64_t value) {
  std::string bytes;
  while (value >= 0x80) {
    bytes += static_cast<char>((value & 0x7f) | 0x80);
    value >>= 7;
  }
  bytes += static_cast<char>(value);
  return bytes;
}

}  // namespace

void ProtoMessage::Append(std::string_view bytes) {
  size_ += static_cast<int64_t>(bytes.size());
  if (bytes.empty()) return;
  if (pieces_.empty() || pieces_.back().owned.empty()) pieces_.emplace_back();
  pieces_.back().owned += bytes;
}

void ProtoMessage::Varint(uint64_t value) { Append(VarintBytes(value)); }

void ProtoMessage::Tag(int field, int wire_type) {
  Varint(static_cast<uint64_t>(field) << 3 | static_cast<uint64_t>(wire_type));
}

void ProtoMessage::Integer(int field, int64_t value) {
  Tag(field, kVarintType);
  Varint(static_cast<uint64_t>(value));
}

void ProtoMessage::Float(int field, float value) {
  char raw[sizeof(float)];
  std::memcpy(raw, &value, sizeof(raw));
  Tag(field, kFourBytesType);
  Append({raw, sizeof(raw)});
}

void ProtoMessage::Text(int field, std::string_view text) {
  Tag(field, kLengthType);
  Varint(text.size());
  Append(text);
}

void ProtoMessage::View(int field, const void* data, int64_t bytes) {
  Tag(field, kLengthType);
  Varint(static_cast<uint64_t>(bytes));
  if (bytes == 0) return;
  pieces_.push_back({"", {static_cast<const char*>(data), static_cast<size_t>(bytes)}});
  size_ += bytes;
}

void ProtoMessage::Integers(int field, const std::vector<int64_t>& values) {
  std::string packed;
  for (const int64_t value : values) packed += VarintBytes(static_cast<uint64_t>(value));
  Text(field, packed);
}

void ProtoMessage::Floats(int field, const std::vector<float>& values) {
  Text(field, {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)});
}

void ProtoMessage::Message(int field, ProtoMessage&& message) {
  Tag(field, kLengthType);
  Varint(static_cast<uint64_t>(message.size_));
  for (Piece& piece : message.pieces_) {
    if (piece.owned.empty()) {
      size_ += static_cast<int64_t>(piece.view.size());
      pieces_.push_back(std::move(piece));
    } else {
      Append(piece.owned);
    }
  }
}

void ProtoMessage::Write(OutputFile& file) const {
  for (const Piece& piece : pieces_) {
    file.Write(piece.bytes().data(), static_cast<int64_t>(piece.bytes().size()));
  }
}

std::string ProtoMessage::Bytes() const {
  std::string bytes;
  for (const Piece& piece : pieces_) bytes += piece.bytes();
  return bytes;
}

}  // namespace tidewright
