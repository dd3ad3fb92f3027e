#ifndef TIDEWRIGHT_CUDA_IALS_BATCH_STREAM_H_
#define TIDEWRIGHT_CUDA_IALS_BATCH_STREAM_H_

#include <array>
#include <cstdint>

#include "cuda/core/device_buffer.h"
#include "cuda/core/handles.h"

namespace tidewright {

// What of a block of rows is not kept on the device comes and goes through two slots, each way on a
// stream of its own: while the rows of one slot are solved, the next ones arrive in the other, and
// solved ones leave. For each block: Take, Fetch what is wanted, Arrive; then enqueue the work on
// the context's stream; then Leave. Nothing here makes the host wait.
class BatchStream {
 public:
  // Of a slot, at most; 0 where they do not come this way.
  struct Sizes {
    int64_t entries = 0;
    int64_t table_bytes = 0;
    int64_t all() const { return 8 * entries + table_bytes; }
  };
  struct Slot {
    DeviceBuffer<int32_t> ids;
    DeviceBuffer<float> values;
    DeviceBuffer<unsigned char> table;  // rows of factors, as they are stored
    CudaEvent arrived, solved, left;
  };

  BatchStream(const DeviceContext& context, const Sizes& sizes);
  ~BatchStream();
  BatchStream(const BatchStream&) = delete;
  BatchStream& operator=(const BatchStream&) = delete;

  // The slot of block `index`, always the same, once what was in it has left.
  Slot& Take(int64_t index);
  // Pinned memory of the host to the slot that was taken.
  void Fetch(void* to, const void* from, int64_t bytes);
  // What is enqueued on the context's stream from here on finds all that was fetched.
  void Arrive(Slot& slot);
  // The slot is done with once what is enqueued has run and, where `bytes` > 0, the front of its
  // table is in pinned memory.
  void Leave(Slot& slot, void* to, int64_t bytes);
  // What is enqueued or fetched from here on finds all that has left.
  void Settle();

 private:
  const DeviceContext& context_;
  CudaStream in_, out_;  // none where nothing comes this way
  std::array<Slot, 2> slots_;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_BATCH_STREAM_H_
