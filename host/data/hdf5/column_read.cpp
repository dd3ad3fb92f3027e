#include <algorithm>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "host/core/parallel.h"
#include "host/data/hdf5/column.h"

namespace tidewright::hdf5 {

// What one thread needs to decode chunks.
struct ChunkScratch {
  Inflater inflater;
  std::vector<uint8_t> stored;
  std::vector<uint8_t> decoded;
  std::vector<uint64_t> tile;  // words, so that elements of any type are aligned
};

namespace {

// Elements unshuffled at a time: they stay in the first-level cache until the sink has them.
constexpr int64_t kTileRows = 2048;

// HDF5 works behind one lock in any case; holding our own keeps the two calls on a chunk together.
std::mutex& LibraryMutex() {
  static std::mutex mutex;
  return mutex;
}

hid_t MemoryType(ElementKind kind, size_t width) {
  if (kind == ElementKind::kFloat) return width == 4 ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE;
  const bool is_signed = kind == ElementKind::kSigned;
  switch (width) {
    case 1:
      return is_signed ? H5T_NATIVE_INT8 : H5T_NATIVE_UINT8;
    case 2:
      return is_signed ? H5T_NATIVE_INT16 : H5T_NATIVE_UINT16;
    case 4:
      return is_signed ? H5T_NATIVE_INT32 : H5T_NATIVE_UINT32;
    default:
      return is_signed ? H5T_NATIVE_INT64 : H5T_NATIVE_UINT64;
  }
}

// Keeps the fault with the lowest row, so that the message does not depend on the threads. Chunks
// are handed out in order: those before a faulty one have begun, and finish.
class FirstFault {
 public:
  void Offer(std::optional<Fault> fault) {
    if (!fault) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!fault_ || fault->row < fault_->row) fault_ = std::move(fault);
  }
  bool Before(int64_t row) {
    const std::lock_guard<std::mutex> lock(mutex_);
    return fault_ && fault_->row < row;
  }
  const std::optional<Fault>& fault() const { return fault_; }

 private:
  std::mutex mutex_;
  std::optional<Fault> fault_;
};

}  // namespace

std::optional<Fault> Column::ReadRawChunk(int64_t chunk, ChunkScratch* scratch,
                                          const BlockSink& sink) const {
  const int64_t first = chunk * block_rows_ - begin_;  // below 0 where the chunk begins before
  const int64_t wanted = std::max<int64_t>(first, 0);
  const int64_t end = std::min(first + block_rows_, rows_);
  const size_t chunk_bytes = static_cast<size_t>(block_rows_) * width_;
  const hsize_t offset = static_cast<hsize_t>(chunk * block_rows_);
  uint32_t skipped_filters = 0;
  {
    const std::lock_guard<std::mutex> lock(LibraryMutex());
    PrepareLibrary();
    hsize_t stored = 0;
    if (H5Dget_chunk_storage_size(dataset_.id(), &offset, &stored) < 0 || stored == 0) {
      return Fault{first, "the chunk from here on is not stored",
                   "every row stored (fill values do not count)"};
    }
    if (stored > static_cast<hsize_t>(file_->size()) || chunk_bytes / kMaxExpansion > stored) {
      return Fault{first,
                   "the chunk from here on claims " + std::to_string(chunk_bytes) + " bytes in " +
                       std::to_string(stored) + " stored",
                   "undamaged data"};
    }
    scratch->stored.resize(stored);
    if (H5Dread_chunk(dataset_.id(), H5P_DEFAULT, &offset, &skipped_filters,
                      scratch->stored.data()) < 0) {
      return Fault{first, "HDF5 cannot read the chunk from here on", "a whole, undamaged file"};
    }
  }
  const auto applies = [&](int index) {
    return index >= 0 && (index >= 32 || (skipped_filters >> index & 1) == 0);
  };
  const ChunkFilters::Compression compression =
      applies(filters_.compression_index) ? filters_.compression : ChunkFilters::Compression::kNone;
  const uint8_t* elements = scratch->stored.data();
  if (compression == ChunkFilters::Compression::kNone) {
    if (scratch->stored.size() != chunk_bytes) {
      return Fault{
          first, "the chunk from here on has " + std::to_string(scratch->stored.size()) + " bytes",
          std::to_string(chunk_bytes) + " bytes"};
    }
  } else {
    scratch->decoded.resize(chunk_bytes);
    if (!scratch->inflater.Inflate(compression, scratch->stored.data(), scratch->stored.size(),
                                   scratch->decoded.data(), chunk_bytes)) {
      return Fault{first, "the compressed chunk from here on is damaged",
                   "a chunk that decodes to " + std::to_string(chunk_bytes) + " bytes"};
    }
    elements = scratch->decoded.data();
  }
  if (!applies(filters_.shuffle_index) || width_ == 1) {
    return sink(wanted, end - wanted, elements + static_cast<size_t>(wanted - first) * width_);
  }
  scratch->tile.resize(static_cast<size_t>(kTileRows) * (width_ + 7) / 8);
  for (int64_t at = wanted; at < end; at += kTileRows) {
    const int64_t rows = std::min(kTileRows, end - at);
    Unshuffle(elements, block_rows_, width_, at - first, rows, scratch->tile.data());
    if (auto fault = sink(at, rows, scratch->tile.data())) return fault;
  }
  return std::nullopt;
}

void Column::ReadContiguous(int64_t first, int64_t count, void* out) const {
  const size_t width = static_cast<size_t>(file_width_);
  if (!file_->ReadAt(file_offset_ + static_cast<uint64_t>(begin_ + first) * width,
                     static_cast<size_t>(count) * width, out)) {
    Fail({first, "the file ends before the rows from here on", "a whole file"});
  }
}

void Column::Read(const BlockSink& sink) const {
  if (rows_ == 0) return;
  FirstFault first_fault;
  if (chunked_ && raw_chunks_) {
    const int64_t first_chunk = begin_ / block_rows_;
    const int64_t end_chunk = (begin_ + rows_ + block_rows_ - 1) / block_rows_;
    std::vector<std::unique_ptr<ChunkScratch>> scratch(static_cast<size_t>(NumThreads()));
    ParallelBlocks(end_chunk - first_chunk, [&](int64_t block, int thread) {
      const int64_t chunk = first_chunk + block;
      if (first_fault.Before(chunk * block_rows_ - begin_)) return;
      if (!scratch[thread]) scratch[thread] = std::make_unique<ChunkScratch>();
      first_fault.Offer(ReadRawChunk(chunk, scratch[thread].get(), sink));
    });
  } else {
    const int64_t blocks = (rows_ + block_rows_ - 1) / block_rows_;
    RequireStoredChunks();
    std::vector<std::byte> elements(static_cast<size_t>(std::min(block_rows_, rows_)) * width_);
    for (int64_t block = 0; block < blocks && !first_fault.fault(); ++block) {
      const int64_t first = block * block_rows_;
      const int64_t count = std::min(block_rows_, rows_ - first);
      if (file_offset_ > 0) {
        ReadContiguous(first, count, elements.data());
      } else {
        ReadRows(first, count, MemoryType(kind_, width_), elements.data());
      }
      first_fault.Offer(sink(first, count, elements.data()));
    }
  }
  if (first_fault.fault()) Fail(*first_fault.fault());
}

}  // namespace tidewright::hdf5
