#include "host/data/hdf5/global_heap.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace tidewright::hdf5 {
namespace {

constexpr size_t kHeaderBytes = 16;  // of a collection, and of an object in it
constexpr size_t kMaxCachedBytes = 64 << 20;

template <class T>
T Load(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  return value;
}

}  // namespace

std::optional<GlobalHeap::Collection> GlobalHeap::ReadCollection(uint64_t address) const {
  char header[kHeaderBytes];
  if (address > static_cast<uint64_t>(file_.size()) ||
      !file_.ReadAt(file_.base() + address, kHeaderBytes, header) ||
      std::memcmp(header, "GCOL\1", 5) != 0) {
    return std::nullopt;
  }
  const uint64_t size = Load<uint64_t>(header + 8);
  if (size < kHeaderBytes || size > static_cast<uint64_t>(file_.size())) return std::nullopt;
  Collection collection;
  collection.bytes.resize(size);
  if (!file_.ReadAt(file_.base() + address, size, collection.bytes.data())) return std::nullopt;
  size_t at = kHeaderBytes;
  while (size - at >= kHeaderBytes) {
    const uint32_t index = Load<uint16_t>(collection.bytes.data() + at);
    const uint64_t bytes = Load<uint64_t>(collection.bytes.data() + at + 8);
    if (index == 0) break;  // the free space at the end
    at += kHeaderBytes;
    if (bytes > size - at) return std::nullopt;
    collection.objects[index] = {at, bytes};
    at = std::min<uint64_t>(size, at + (bytes + 7) / 8 * 8);
  }
  return collection;
}

std::optional<std::string_view> GlobalHeap::Find(const HeapReference& reference) {
  if (reference.bytes == 0) return std::string_view();
  auto found = cache_.find(reference.address());
  if (found == cache_.end()) {
    std::optional<Collection> collection = ReadCollection(reference.address());
    if (!collection) return std::nullopt;
    if (cached_bytes_ + collection->bytes.size() > kMaxCachedBytes) {
      cache_.clear();
      cached_bytes_ = 0;
    }
    cached_bytes_ += collection->bytes.size();
    found = cache_.emplace(reference.address(), std::move(*collection)).first;
  }
  const Collection& collection = found->second;
  const auto object = collection.objects.find(reference.index);
  if (object == collection.objects.end() || reference.bytes > object->second.bytes) {
    return std::nullopt;
  }
  const char* text = collection.bytes.data() + object->second.offset;
  return std::string_view(text, strnlen(text, reference.bytes));
}

}  // namespace tidewright::hdf5
