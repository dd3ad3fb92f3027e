#ifndef TIDEWRIGHT_HOST_DATA_HDF5_FILTERS_H_
#define TIDEWRIGHT_HOST_DATA_HDF5_FILTERS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

struct libdeflate_decompressor;

namespace tidewright::hdf5 {

inline constexpr int kLzfFilter = 32000;

// A chunk that claims to hold more than this many times its stored bytes is refused before memory
// is asked for. Deflate, the tightest of the filters, cannot reach it (1032).
inline constexpr size_t kMaxExpansion = 1100;

// One chunk through the filters that this code undoes itself: shuffle, then deflate or lzf.
struct ChunkFilters {
  enum class Compression { kNone, kDeflate, kLzf };
  Compression compression = Compression::kNone;
  int compression_index = -1;  // place in the pipeline: the bit of the chunk's filter mask
  int shuffle_index = -1;      // -1: not shuffled
};

// Inflates into memory of the caller; reused from chunk to chunk, one a thread.
class Inflater {
 public:
  Inflater();
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  // True where the stored bytes decode to exactly `decoded_bytes`.
  bool Inflate(ChunkFilters::Compression compression, const void* stored, size_t stored_bytes,
               void* decoded, size_t decoded_bytes);

 private:
  libdeflate_decompressor* deflate_;
};

// Undoes HDF5's shuffle for elements [first, first + count) of a chunk of `elements` elements:
// byte b of element e lies at shuffled[b * elements + e].
void Unshuffle(const uint8_t* shuffled, int64_t elements, size_t width, int64_t first,
               int64_t count, void* out);

// The whole chunk the other way.
void Shuffle(const uint8_t* plain, int64_t elements, size_t width, uint8_t* shuffled);

}  // namespace tidewright::hdf5

#endif  // TIDEWRIGHT_HOST_DATA_HDF5_FILTERS_H_
