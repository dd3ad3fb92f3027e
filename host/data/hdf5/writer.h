#ifndef TIDEWRIGHT_HOST_DATA_HDF5_WRITER_H_
#define TIDEWRIGHT_HOST_DATA_HDF5_WRITER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "host/data/hdf5/handle.h"

namespace tidewright::hdf5 {

// Builds a new HDF5 file and puts it into place at Commit: written beside the target, fsync,
// rename, so a reader sees the old file or the whole new one. Without Commit nothing is left
// behind. The same calls give the same bytes: no times are stored, and chunks are compressed by
// libdeflate on NumThreads() threads but written in order. Columns that come some rows at a time
// are ColumnStream and TextStream (column_stream.h). Throws IoError.
class Writer {
 public:
  // Throws UsageError where `path` exists and `overwrite` is false.
  Writer(const std::string& path, bool overwrite);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void Group(const std::string& group);
  void TextAttribute(const std::string& object, const std::string& name, const std::string& text);
  void IntAttribute(const std::string& object, const std::string& name,
                    const std::vector<int64_t>& numbers);

  void Column(const std::string& dataset, const std::vector<float>& values);
  void Column(const std::string& dataset, const std::vector<double>& values);
  void Column(const std::string& dataset, const std::vector<int8_t>& values);
  void Column(const std::string& dataset, const std::vector<uint8_t>& values);
  void Column(const std::string& dataset, const std::vector<int32_t>& values);
  void Column(const std::string& dataset, const std::vector<int64_t>& values);

  // `text(row)` for `rows` rows; fixed in length where that wastes little, else variable.
  void Texts(const std::string& dataset, int64_t rows,
             const std::function<std::string_view(int64_t)>& text);

  // Every ColumnStream and TextStream is to be ended before.
  void Commit();

 private:
  friend class ColumnStream;
  friend class TextStream;

  // A data set of `rows` elements of `width` bytes, chunked, deflated and perhaps shuffled.
  struct Chunks {
    Handle dataset;
    std::string name;
    int64_t rows = 0;
    int64_t chunk_rows = 0;
    size_t width = 0;
    bool shuffle = false;
  };
  // Brings elements [first, first + count); called from several threads.
  using Fill = std::function<void(int64_t first, int64_t count, uint8_t* out)>;
  Chunks MakeChunks(const std::string& dataset, const Handle& type, int64_t rows, size_t width,
                    bool shuffle);
  void WriteChunks(const Chunks& chunks, int64_t first_chunk, int64_t count, const Fill& fill);
  void Chunked(const std::string& dataset, const Handle& type, int64_t rows, size_t width,
               bool shuffle, const Fill& fill);
  Handle MakeVariableTexts(const std::string& dataset, int64_t rows);
  void WriteVariableTexts(const Handle& made, const std::string& dataset, int64_t first,
                          const std::vector<std::string>& texts);
  [[noreturn]] void RefuseZeroByte(const std::string& dataset) const;
  Handle Create(const std::string& dataset, const Handle& type, int64_t rows, int64_t chunk_rows,
                bool shuffle);
  void Check(bool good, const std::string& what) const;

  std::string path_;
  std::string partial_path_;
  int descriptor_ = -1;  // of partial_path_, for its fsync
  Handle file_;
};

// Text of `bytes` a row, zeros behind its end, or H5T_VARIABLE.
Handle TextType(size_t bytes);
// Texts up to so many bytes are fixed in length.
inline constexpr int64_t kMaxFixedTextBytes = 256;
inline constexpr int64_t kVariableTextRows = 1 << 12;  // a chunk

}  // namespace tidewright::hdf5

#endif  // TIDEWRIGHT_HOST_DATA_HDF5_WRITER_H_
