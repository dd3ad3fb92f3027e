#ifndef TIDEWRIGHT_HOST_DATA_HDF5_GLOBAL_HEAP_H_
#define TIDEWRIGHT_HOST_DATA_HDF5_GLOBAL_HEAP_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "host/data/hdf5/file.h"

namespace tidewright::hdf5 {

// Where a text of variable length lies: what its element in a data set holds (HDF5 File Format
// Specification 3.0, III.E "Disk Format: Global Heap"), 16 bytes, little-endian.
struct HeapReference {
  uint32_t bytes;
  uint32_t address_low;
  uint32_t address_high;
  uint32_t index;
  uint64_t address() const { return static_cast<uint64_t>(address_high) << 32 | address_low; }
};
static_assert(sizeof(HeapReference) == 16);

// Reads texts of variable length out of a file whose addresses are wide, checking every size: HDF5
// 1.10 itself follows a damaged reference or heap out of its memory.
class GlobalHeap {
 public:
  explicit GlobalHeap(const File& file) : file_(file) {}

  // The text, valid until the next call; nothing where the reference or the heap is damaged.
  std::optional<std::string_view> Find(const HeapReference& reference);

 private:
  struct Object {
    size_t offset;
    size_t bytes;
  };
  struct Collection {
    std::vector<char> bytes;
    std::unordered_map<uint32_t, Object> objects;
  };

  std::optional<Collection> ReadCollection(uint64_t address) const;

  const File& file_;
  size_t cached_bytes_ = 0;
  std::unordered_map<uint64_t, Collection> cache_;
};

}  // namespace tidewright::hdf5

#endif  // TIDEWRIGHT_HOST_DATA_HDF5_GLOBAL_HEAP_H_
