#ifndef TIDEWRIGHT_HOST_DATA_HDF5_COLUMN_STREAM_H_
#define TIDEWRIGHT_HOST_DATA_HDF5_COLUMN_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/data/hdf5/writer.h"

namespace tidewright::hdf5 {

// A column of a file that is being written, of `rows` rows that come some at a time; a few chunks
// stand in memory. The Writer outlives it.
class ColumnStream {
 public:
  // `type`: H5T_IEEE_F32LE and so on, or a TextType, of `width` bytes.
  ColumnStream(Writer& writer, const std::string& dataset, hid_t type, size_t width, int64_t rows);
  ColumnStream(Writer& writer, const std::string& dataset, const Handle& type, size_t width,
               int64_t rows);

  void Add(const void* elements, int64_t count);
  // After the last row, before Commit.
  void End();

 private:
  void WriteGathered(int64_t chunks);

  Writer& writer_;
  Writer::Chunks chunks_;
  size_t most_bytes_ = 0;
  int64_t chunks_written_ = 0;
  std::vector<uint8_t> gathered_;
};

// The same of texts, of which the longest has `longest` bytes; as Writer::Texts writes them.
class TextStream {
 public:
  TextStream(Writer& writer, const std::string& dataset, int64_t rows, int64_t longest);

  void Add(std::string_view text);
  void End();

 private:
  void WriteGathered();

  Writer& writer_;
  std::string dataset_;
  size_t width_ = 0;
  std::optional<ColumnStream> fixed_;  // one of the two
  Handle variable_;
  std::string padded_;
  std::vector<std::string> gathered_;
  int64_t rows_written_ = 0;
};

}  // namespace tidewright::hdf5

#endif  // TIDEWRIGHT_HOST_DATA_HDF5_COLUMN_STREAM_H_
