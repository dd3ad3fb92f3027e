#ifndef TIDEWRIGHT_TESTS_EMULATION_EMULATOR_H_
#define TIDEWRIGHT_TESTS_EMULATION_EMULATOR_H_

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <vector>

namespace tidewright::emulation {

// Runs a CUDA kernel's body on the host, block after block; the threads of a block are fibers that
// give way at barriers only. What the hardware leaves open is made harsh: threads run in an order
// that the caller chooses, and asynchronous copies arrive at the last moment, or at once
// under kBackward. A kernel that
// lacks a barrier then computes something else under another order, or throws where threads of a
// warp do not meet. What it cannot show: memory that does not exist, registers, time.

constexpr int kLanes = 32;
constexpr size_t kSharedBytes = 232448;  // of a block, at most

struct Dim3 {
  unsigned x = 1, y = 1, z = 1;
};

enum class Order { kForward, kBackward, kShuffled };

// What one emulated thread sees of itself.
struct Thread {
  Dim3 thread_index, block_index, block_size, grid_size;
  unsigned char* shared = nullptr;
  bool eager = false;  // copies arrive as they start, not as they are waited for

  void StartCopy(float* target, const float* source, bool valid);
  void CommitCopies();
  void WaitForCopies(size_t pending);

 private:
  struct Copy {
    float* target;
    const float* source;
    bool valid;
  };
  static void Arrive(const Copy& copy);
  std::vector<Copy> open_;
  std::vector<std::vector<Copy>> committed_;
};

Thread& Current();
void BlockBarrier();
void WarpBarrier();

// The calling warp's meeting place: 32 slots of 64 bytes, another one at each call in turn, so that
// no lane writes where a slower one still reads.
using Slot = std::array<unsigned char, 64>;
std::array<Slot, kLanes>& NextWarpSlots();

// Every lane gives a value and gets those of all lanes.
template <class T>
std::array<T, kLanes> ExchangeInWarp(const T& value) {
  static_assert(sizeof(T) <= sizeof(Slot));
  std::array<Slot, kLanes>& slots = NextWarpSlots();
  std::memcpy(slots[Current().thread_index.x % kLanes].data(), &value, sizeof(T));
  WarpBarrier();
  std::array<T, kLanes> all;
  for (int lane = 0; lane < kLanes; ++lane) std::memcpy(&all[lane], slots[lane].data(), sizeof(T));
  return all;
}

// Calls body() once for every thread of the grid. Shared memory is filled with NaN before each
// block. Throws where threads stop while others wait for them at a barrier.
void Launch(Dim3 grid, int threads, size_t shared_bytes, Order order,
            const std::function<void()>& body);

}  // namespace tidewright::emulation

#endif  // TIDEWRIGHT_TESTS_EMULATION_EMULATOR_H_
