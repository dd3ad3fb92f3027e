#include "host/core/aligned.h"

#include <sys/mman.h>

#include <cstdlib>
#include <new>

namespace tidewright {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kHugePage = std::size_t{2} << 20;

}  // namespace

void* AllocateAligned(std::size_t bytes) {
  const bool large = bytes >= 2 * kHugePage;
  const std::size_t alignment = large ? kHugePage : kAlignment;
  void* block = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (block == nullptr) throw std::bad_alloc();
  if (large) madvise(block, bytes, MADV_HUGEPAGE);  // a wish: without huge pages it is only slower
  return block;
}

void FreeAligned(void* block) { std::free(block); }

}  // namespace tidewright
