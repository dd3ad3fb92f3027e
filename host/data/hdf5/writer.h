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
// libdeflate on NumThreads() threads but written in order. Throws IoError.
//
// HDF5 builds it in memory, compressed, because a file that it fails to flush (a full disk) makes
// HDF5 1.10 crash when the process ends.
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

  void Commit();

 private:
  // One data set of `rows` elements of `width` bytes, chunked, shuffled and deflated. `fill(first,
  // count, out)` brings the elements; it is called from several threads.
  void Chunked(const std::string& dataset, const Handle& type, int64_t rows, size_t width,
               bool shuffle,
               const std::function<void(int64_t first, int64_t count, uint8_t* out)>& fill);
  void VariableTexts(const std::string& dataset, int64_t rows,
                     const std::function<std::string_view(int64_t)>& text);
  Handle Create(const std::string& dataset, const Handle& type, int64_t rows, int64_t chunk_rows,
                bool shuffle);
  void Check(bool good, const std::string& what) const;

  std::string path_;
  std::string partial_path_;
  int descriptor_ = -1;  // of partial_path_
  Handle file_;
};

}  // namespace tidewright::hdf5

#endif  // TIDEWRIGHT_HOST_DATA_HDF5_WRITER_H_
