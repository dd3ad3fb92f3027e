#include "tests/emulation/emulator.h"

#include <ucontext.h>

#include <algorithm>
#include <exception>
#include <limits>
#include <memory>
#include <random>
#include <utility>

#include "host/core/aligned.h"

namespace tidewright::emulation {
namespace {

constexpr size_t kStackBytes = 128 << 10;

enum class Wait { kNothing, kWarp, kBlock, kDone };

struct Fiber {
  Thread thread;
  ucontext_t context;
  unsigned char* stack = nullptr;
  Wait wait = Wait::kNothing;
  unsigned exchanges = 0;
};

struct Block {
  std::vector<Fiber> fibers;
  std::vector<std::array<Slot, kLanes>> slots;
  ucontext_t scheduler;
  const std::function<void()>* body = nullptr;
  std::exception_ptr error;
  Fiber* running = nullptr;
};

Block* block = nullptr;

void Enter() {
  try {
    (*block->body)();
  } catch (...) {
    block->error = std::current_exception();
  }
  block->running->wait = Wait::kDone;
  swapcontext(&block->running->context, &block->scheduler);
}

void Start(Fiber* fiber, const Thread& thread) {
  fiber->thread = thread;
  fiber->wait = Wait::kNothing;
  fiber->exchanges = 0;
  getcontext(&fiber->context);
  fiber->context.uc_stack.ss_sp = fiber->stack;
  fiber->context.uc_stack.ss_size = kStackBytes;
  fiber->context.uc_link = nullptr;
  makecontext(&fiber->context, Enter, 0);
}

void GiveWay(Wait wait) {
  block->running->wait = wait;
  swapcontext(&block->running->context, &block->scheduler);
}

// Lets the fibers of [begin, end) go on where all of them wait for the same.
bool Release(size_t begin, size_t end, Wait wait) {
  for (size_t i = begin; i < end; ++i) {
    if (block->fibers[i].wait != wait) return false;
  }
  for (size_t i = begin; i < end; ++i) block->fibers[i].wait = Wait::kNothing;
  return true;
}

void RunBlock(const std::vector<int>& order) {
  const size_t threads = block->fibers.size();
  while (true) {
    bool progress = false;
    for (const int index : order) {
      Fiber& fiber = block->fibers[index];
      if (fiber.wait != Wait::kNothing) continue;
      progress = true;
      block->running = &fiber;
      swapcontext(&block->scheduler, &fiber.context);
      if (block->error) std::rethrow_exception(block->error);
    }
    for (size_t warp = 0; warp < threads; warp += kLanes) {
      progress |= Release(warp, warp + kLanes, Wait::kWarp);
    }
    progress |= Release(0, threads, Wait::kBlock);
    if (progress) continue;
    for (const Fiber& fiber : block->fibers) {
      if (fiber.wait != Wait::kDone) {
        throw std::logic_error("threads wait at a barrier that others never reach");
      }
    }
    return;
  }
}

}  // namespace

void Thread::StartCopy(float* target, const float* source, bool valid) {
  if (reinterpret_cast<uintptr_t>(target) % 16 != 0 ||
      reinterpret_cast<uintptr_t>(source) % 16 != 0) {
    throw std::logic_error("an asynchronous copy is not on a 16-byte boundary");
  }
  open_.push_back({target, source, valid});
  if (eager) Arrive(open_.back());
}

void Thread::Arrive(const Copy& copy) {
  if (copy.valid) {
    std::memcpy(copy.target, copy.source, 16);
  } else {
    std::memset(copy.target, 0, 16);
  }
}

void Thread::CommitCopies() { committed_.push_back(std::exchange(open_, {})); }

void Thread::WaitForCopies(size_t pending) {
  while (committed_.size() > pending) {
    if (!eager) {
      for (const Copy& copy : committed_.front()) Arrive(copy);
    }
    committed_.erase(committed_.begin());
  }
}

Thread& Current() { return block->running->thread; }
void BlockBarrier() { GiveWay(Wait::kBlock); }
void WarpBarrier() { GiveWay(Wait::kWarp); }

std::array<Slot, kLanes>& NextWarpSlots() {
  const unsigned turn = block->running->exchanges++ % 2;
  return block->slots[2 * (Current().thread_index.x / kLanes) + turn];
}

void Launch(Dim3 grid, int threads, size_t shared_bytes, Order order,
            const std::function<void()>& body) {
  if (threads % kLanes != 0) throw std::logic_error("a block must be whole warps");
  if (grid.y > 65535) throw std::logic_error("a grid has at most 65,535 blocks along its y");
  std::vector<int> sequence(threads);
  for (int i = 0; i < threads; ++i) sequence[i] = order == Order::kBackward ? threads - 1 - i : i;
  if (order == Order::kShuffled) {
    std::shuffle(sequence.begin(), sequence.end(), std::mt19937(1));
  }
  // Kept from launch to launch: most of what a small launch costs is their memory.
  static std::vector<std::unique_ptr<unsigned char[]>> stacks;
  while (static_cast<int>(stacks.size()) < threads) {
    stacks.push_back(std::make_unique_for_overwrite<unsigned char[]>(kStackBytes));
  }
  Block current;
  current.fibers.resize(threads);
  for (int i = 0; i < threads; ++i) current.fibers[i].stack = stacks[i].get();
  current.slots.resize(2 * threads / kLanes);
  current.body = &body;
  std::vector<float, AlignedAllocator<float>> shared(shared_bytes / sizeof(float) + 1);
  block = &current;
  for (unsigned y = 0; y < grid.y; ++y) {
    for (unsigned x = 0; x < grid.x; ++x) {
      std::fill(shared.begin(), shared.end(), std::numeric_limits<float>::quiet_NaN());
      for (int i = 0; i < threads; ++i) {
        Thread thread;
        thread.thread_index = {static_cast<unsigned>(i), 0, 0};
        thread.block_index = {x, y, 0};
        thread.block_size = {static_cast<unsigned>(threads), 1, 1};
        thread.grid_size = grid;
        thread.shared = reinterpret_cast<unsigned char*>(shared.data());
        thread.eager = order == Order::kBackward;
        Start(&current.fibers[i], thread);
      }
      RunBlock(sequence);
    }
  }
  block = nullptr;
}

}  // namespace tidewright::emulation
