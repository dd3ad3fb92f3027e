#ifndef TIDEWRIGHT_HOST_DATA_HDF5_COLUMN_H_
#define TIDEWRIGHT_HOST_DATA_HDF5_COLUMN_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "host/data/hdf5/file.h"
#include "host/data/hdf5/filters.h"

namespace tidewright::hdf5 {

// What the elements of a numeric data set are, as they reach a BlockSink: native byte order.
enum class ElementKind { kSigned, kUnsigned, kFloat };

// The first element of a block that cannot be used.
struct Fault {
  int64_t row = 0;
  std::string what;
  std::string expected;
};

// Takes `count` elements from row `first` on. Called from several threads, each row once.
using BlockSink =
    std::function<std::optional<Fault>(int64_t first, int64_t count, const void* elements)>;

// A one-dimensional data set whose declared size has been checked against what the file stores, so
// that memory may be allocated for it:
// - contiguous data must lie inside the file, whole;
// - the chunks together must not claim more than kMaxExpansion times their stored bytes, nor store
//   more than the file has; reading refuses a chunk that was never stored (HDF5 would invent fill
//   values for it).
// External and virtual storage and filters that HDF5 does not know are refused.
class Column {
 public:
  // Throws DataError where `dataset` is missing or unfit.
  static Column Open(const File& file, const std::string& dataset);

  // From now on the column is `count` rows of the data set, from `begin` on: what rows() says,
  // where sinks and ReadRows count from. Faults still name the rows of the data set.
  void Restrict(int64_t begin, int64_t count);

  const File& file() const { return *file_; }
  const std::string& name() const { return name_; }
  int64_t rows() const { return rows_; }
  int64_t stored_bytes() const { return stored_bytes_; }
  bool is_text() const { return is_text_; }
  bool is_enumeration() const { return is_enumeration_; }  // numpy's bool is one
  bool is_variable_text() const { return is_variable_text_; }
  // Variable text in a form that Read knows; other forms are left to HDF5.
  bool has_heap_references() const {
    return is_variable_text_ && (chunked_ ? raw_chunks_ : file_offset_ > 0);
  }
  const Handle& dataset() const { return dataset_; }
  const Handle& type() const { return type_; }
  int64_t rows_a_block() const { return block_rows_; }  // a chunk; else what to read at a time

  // Decodes all of it: numbers, or, where has_heap_references(), the HeapReferences of texts.
  // Chunks of the common filters are fetched raw and inflated on NumThreads() threads; the rest
  // goes through HDF5. Throws DataError for damaged chunks and for the first Fault in row order.
  void Read(const BlockSink& sink) const;
  ElementKind kind() const { return kind_; }
  size_t width() const { return width_; }  // bytes an element, as the sink gets them

  // Reads rows through HDF5 into elements of `memory_type`. Throws DataError. Call
  // RequireStoredChunks once before.
  void ReadRows(int64_t first, int64_t count, hid_t memory_type, void* out,
                hid_t transfer = H5P_DEFAULT) const;
  void RequireStoredChunks() const;

  [[noreturn]] void Fail(const std::string& what, const std::string& expected) const {
    file_->Fail(name_, what, expected);
  }
  [[noreturn]] void Fail(const Fault& fault) const {
    file_->FailAt(name_, begin_ + fault.row, fault.what, fault.expected);
  }

 private:
  void ReadType();
  void CheckStorage();
  void ReadContiguous(int64_t first, int64_t count, void* out) const;
  void CheckFilters(const Handle& creation);
  std::optional<Fault> ReadRawChunk(int64_t chunk, struct ChunkScratch* scratch,
                                    const BlockSink& sink) const;

  const File* file_ = nullptr;
  std::string name_;
  Handle dataset_;
  Handle type_;
  int64_t begin_ = 0;  // of the data set's rows; rows of a Fault count from it
  int64_t rows_ = 0;
  int64_t stored_bytes_ = 0;
  int64_t file_width_ = 0;    // bytes an element in the file
  uint64_t file_offset_ = 0;  // of contiguous data; 0: not contiguous
  int64_t block_rows_ = 0;    // a chunk, or what is read at a time
  bool chunked_ = false;
  bool is_text_ = false;
  bool is_enumeration_ = false;
  bool is_variable_text_ = false;
  bool raw_chunks_ = false;  // ReadRawChunk understands the type and the filters
  ChunkFilters filters_;
  ElementKind kind_ = ElementKind::kSigned;
  size_t width_ = 0;
};

}  // namespace tidewright::hdf5

#endif  // TIDEWRIGHT_HOST_DATA_HDF5_COLUMN_H_
