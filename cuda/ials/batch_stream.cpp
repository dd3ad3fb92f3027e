#include "cuda/ials/batch_stream.h"

namespace tidewright {

BatchStream::BatchStream(const DeviceContext& context, const Sizes& sizes) : context_(context) {
  if (sizes.all() == 0) return;
  context.MakeCurrent();
  in_ = CudaStream::Create();
  out_ = CudaStream::Create();
  for (Slot& slot : slots_) {
    slot.ids = DeviceBuffer<int32_t>(context, sizes.entries);
    slot.values = DeviceBuffer<float>(context, sizes.entries);
    slot.table = DeviceBuffer<unsigned char>(context, sizes.table_bytes);
    for (CudaEvent* event : {&slot.arrived, &slot.solved, &slot.left}) {
      *event = CudaEvent::Create();
    }
  }
  // The buffers are there for the other streams, too.
  context.Synchronize();
}

BatchStream::~BatchStream() {
  if (in_.get() == nullptr) return;
  // Errors here would hide the one that led here.
  cudaStreamSynchronize(context_.stream());
  cudaStreamSynchronize(in_.get());
  cudaStreamSynchronize(out_.get());
}

BatchStream::Slot& BatchStream::Take(int64_t index) {
  Slot& slot = slots_[static_cast<size_t>(index % 2)];
  CUDA_CHECK(cudaStreamWaitEvent(in_.get(), slot.left.get(), 0));
  return slot;
}

void BatchStream::Fetch(void* to, const void* from, int64_t bytes) {
  if (bytes == 0) return;
  CUDA_CHECK(
      cudaMemcpyAsync(to, from, static_cast<size_t>(bytes), cudaMemcpyHostToDevice, in_.get()));
}

void BatchStream::Arrive(Slot& slot) {
  CUDA_CHECK(cudaEventRecord(slot.arrived.get(), in_.get()));
  CUDA_CHECK(cudaStreamWaitEvent(context_.stream(), slot.arrived.get(), 0));
}

void BatchStream::Leave(Slot& slot, void* to, int64_t bytes) {
  CUDA_CHECK(cudaEventRecord(slot.solved.get(), context_.stream()));
  CUDA_CHECK(cudaStreamWaitEvent(out_.get(), slot.solved.get(), 0));
  if (bytes > 0) {
    CUDA_CHECK(cudaMemcpyAsync(to, slot.table.data(), static_cast<size_t>(bytes),
                               cudaMemcpyDeviceToHost, out_.get()));
  }
  CUDA_CHECK(cudaEventRecord(slot.left.get(), out_.get()));
}

void BatchStream::Settle() {
  if (in_.get() == nullptr) return;
  for (const Slot& slot : slots_) {
    CUDA_CHECK(cudaStreamWaitEvent(in_.get(), slot.left.get(), 0));
    CUDA_CHECK(cudaStreamWaitEvent(context_.stream(), slot.left.get(), 0));
  }
}

}  // namespace tidewright
