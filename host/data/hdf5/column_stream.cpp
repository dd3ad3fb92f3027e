#include "host/data/hdf5/column_stream.h"

#include <algorithm>
#include <cstring>

namespace tidewright::hdf5 {
namespace {

constexpr size_t kGatheredBytes = 4 << 20;  // or one chunk

}  // namespace

ColumnStream::ColumnStream(Writer& writer, const std::string& dataset, hid_t type, size_t width,
                           int64_t rows)
    : ColumnStream(writer, dataset, Handle(H5Tcopy(type)), width, rows) {}

ColumnStream::ColumnStream(Writer& writer, const std::string& dataset, const Handle& type,
                           size_t width, int64_t rows)
    : writer_(writer) {
  const bool shuffle = width > 1 && H5Tget_class(type.id()) != H5T_STRING;
  chunks_ = writer.MakeChunks(dataset, type, rows, width, shuffle);
  const size_t chunk_bytes = static_cast<size_t>(chunks_.chunk_rows) * width;
  most_bytes_ = std::max<size_t>(1, kGatheredBytes / chunk_bytes) * chunk_bytes;
}

void ColumnStream::Add(const void* elements, int64_t count) {
  const auto* bytes = static_cast<const uint8_t*>(elements);
  size_t left = static_cast<size_t>(count) * chunks_.width;
  while (left > 0) {
    const size_t part = std::min(left, most_bytes_ - gathered_.size());
    gathered_.insert(gathered_.end(), bytes, bytes + part);
    bytes += part;
    left -= part;
    if (gathered_.size() == most_bytes_) {
      WriteGathered(static_cast<int64_t>(most_bytes_ / chunks_.width) / chunks_.chunk_rows);
    }
  }
}

void ColumnStream::End() {
  if (!gathered_.empty()) {
    const auto rows = static_cast<int64_t>(gathered_.size() / chunks_.width);
    WriteGathered((rows + chunks_.chunk_rows - 1) / chunks_.chunk_rows);
  }
  chunks_.dataset = Handle();
}

void ColumnStream::WriteGathered(int64_t chunks) {
  const int64_t begin = chunks_written_ * chunks_.chunk_rows;
  writer_.WriteChunks(
      chunks_, chunks_written_, chunks, [&](int64_t first, int64_t count, uint8_t* out) {
        std::memcpy(out, gathered_.data() + static_cast<size_t>(first - begin) * chunks_.width,
                    static_cast<size_t>(count) * chunks_.width);
      });
  chunks_written_ += chunks;
  gathered_.clear();
}

TextStream::TextStream(Writer& writer, const std::string& dataset, int64_t rows, int64_t longest)
    : writer_(writer),
      dataset_(dataset),
      width_(static_cast<size_t>(std::max<int64_t>(1, longest))) {
  if (longest > kMaxFixedTextBytes) {
    variable_ = writer.MakeVariableTexts(dataset, rows);
  } else {
    fixed_.emplace(writer, dataset, TextType(width_), width_, rows);
  }
}

void TextStream::Add(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) writer_.RefuseZeroByte(dataset_);
  if (fixed_) {
    padded_.assign(width_, '\0');
    padded_.replace(0, text.size(), text);
    fixed_->Add(padded_.data(), 1);
    return;
  }
  gathered_.emplace_back(text);
  if (static_cast<int64_t>(gathered_.size()) == kVariableTextRows) WriteGathered();
}

void TextStream::WriteGathered() {
  writer_.WriteVariableTexts(variable_, dataset_, rows_written_, gathered_);
  rows_written_ += static_cast<int64_t>(gathered_.size());
  gathered_.clear();
}

void TextStream::End() {
  if (fixed_) return fixed_->End();
  if (!gathered_.empty()) WriteGathered();
  variable_ = Handle();
}

}  // namespace tidewright::hdf5
