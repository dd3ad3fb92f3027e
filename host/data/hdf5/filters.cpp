#include "host/data/hdf5/filters.h"

#include <libdeflate.h>
#include <lzf.h>

#include <cstring>
#include <new>

namespace tidewright::hdf5 {
namespace {

// Gathers the bytes of one element from their planes; the loop over elements vectorizes.
template <class Word>
void UnshuffleWords(const uint8_t* shuffled, int64_t elements, int64_t first, int64_t count,
                    Word* out) {
  const uint8_t* plane[sizeof(Word)];
  for (size_t b = 0; b < sizeof(Word); ++b) {
    plane[b] = shuffled + static_cast<int64_t>(b) * elements + first;
  }
  for (int64_t e = 0; e < count; ++e) {
    Word word = 0;
    for (size_t b = 0; b < sizeof(Word); ++b) {
      word = static_cast<Word>(word | (static_cast<Word>(plane[b][e]) << (8 * b)));
    }
    out[e] = word;
  }
}

}  // namespace

Inflater::Inflater() : deflate_(libdeflate_alloc_decompressor()) {
  if (deflate_ == nullptr) throw std::bad_alloc();
}

Inflater::~Inflater() { libdeflate_free_decompressor(deflate_); }

bool Inflater::Inflate(ChunkFilters::Compression compression, const void* stored,
                       size_t stored_bytes, void* decoded, size_t decoded_bytes) {
  switch (compression) {
    case ChunkFilters::Compression::kNone:
      if (stored_bytes != decoded_bytes) return false;
      std::memcpy(decoded, stored, stored_bytes);
      return true;
    case ChunkFilters::Compression::kDeflate:
      return libdeflate_zlib_decompress(deflate_, stored, stored_bytes, decoded, decoded_bytes,
                                        nullptr) == LIBDEFLATE_SUCCESS;
    case ChunkFilters::Compression::kLzf:
      return lzf_decompress(stored, static_cast<unsigned>(stored_bytes), decoded,
                            static_cast<unsigned>(decoded_bytes)) == decoded_bytes;
  }
  return false;
}

void Unshuffle(const uint8_t* shuffled, int64_t elements, size_t width, int64_t first,
               int64_t count, void* out) {
  switch (width) {
    case 2:
      return UnshuffleWords(shuffled, elements, first, count, static_cast<uint16_t*>(out));
    case 4:
      return UnshuffleWords(shuffled, elements, first, count, static_cast<uint32_t*>(out));
    case 8:
      return UnshuffleWords(shuffled, elements, first, count, static_cast<uint64_t*>(out));
    default:
      break;
  }
  uint8_t* bytes = static_cast<uint8_t*>(out);
  for (size_t b = 0; b < width; ++b) {
    const uint8_t* plane = shuffled + static_cast<int64_t>(b) * elements + first;
    for (int64_t e = 0; e < count; ++e) bytes[e * static_cast<int64_t>(width) + b] = plane[e];
  }
}

void Shuffle(const uint8_t* plain, int64_t elements, size_t width, uint8_t* shuffled) {
  for (size_t b = 0; b < width; ++b) {
    uint8_t* plane = shuffled + static_cast<int64_t>(b) * elements;
    for (int64_t e = 0; e < elements; ++e) plane[e] = plain[e * static_cast<int64_t>(width) + b];
  }
}

}  // namespace tidewright::hdf5
