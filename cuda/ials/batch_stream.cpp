#include "cuda/ials/batch_stream.h"

namespace tidewright {

BatchStream::BatchStream(const DeviceContext& context, const Sizes& sizes) : context_(context) {
  if (sizes.all() == 0) return;
  context.MakeCurrent();
  CUDA_CHECK(cudaStreamCreateWithFlags(&in_, cudaStreamNonBlocking));
  CUDA_CHECK(cudaStreamCreateWithFlags(&out_, cudaStreamNonBlocking));
  for (Slot& slot : slots_) {
    slot.ids = DeviceBuffer<int32_t>(context, sizes.entries);
    slot.values = DeviceBuffer<float>(context, sizes.entries);
    slot.table = DeviceBuffer<unsigned char>(context, sizes.table_bytes);
    for (cudaEvent_t* event : {&slot.arrived, &slot.solved, &slot.left}) {
      CUDA_CHECK(cudaEventCreateWithFlags(event, cudaEventDisableTiming));
    }
  }
  // The buffers are there for the other streams, too.
  context.Synchronize();
}

BatchStream::~BatchStream() {
  if (in_ == nullptr) return;
  // Errors here would hide the one that led here.
  cudaStreamSynchronize(context_.stream());
  cudaStreamSynchronize(in_);
  cudaStreamSynchronize(out_);
  for (Slot& slot : slots_) {
    for (cudaEvent_t event : {slot.arrived, slot.solved, slot.left}) {
      if (event != nullptr) cudaEventDestroy(event);
    }
  }
  cudaStreamDestroy(in_);
  cudaStreamDestroy(out_);
}

BatchStream::Slot& BatchStream::Take(int64_t index) {
  Slot& slot = slots_[static_cast<size_t>(index % 2)];
  CUDA_CHECK(cudaStreamWaitEvent(in_, slot.left, 0));
  return slot;
}

void BatchStream::Fetch(void* to, const void* from, int64_t bytes) {
  if (bytes == 0) return;
  CUDA_CHECK(cudaMemcpyAsync(to, from, static_cast<size_t>(bytes), cudaMemcpyHostToDevice, in_));
}

void BatchStream::Arrive(Slot& slot) {
  CUDA_CHECK(cudaEventRecord(slot.arrived, in_));
  CUDA_CHECK(cudaStreamWaitEvent(context_.stream(), slot.arrived, 0));
}

void BatchStream::Leave(Slot& slot, void* to, int64_t bytes) {
  CUDA_CHECK(cudaEventRecord(slot.solved, context_.stream()));
  CUDA_CHECK(cudaStreamWaitEvent(out_, slot.solved, 0));
  if (bytes > 0) {
    CUDA_CHECK(cudaMemcpyAsync(to, slot.table.data(), static_cast<size_t>(bytes),
                               cudaMemcpyDeviceToHost, out_));
  }
  CUDA_CHECK(cudaEventRecord(slot.left, out_));
}

void BatchStream::Settle() {
  if (in_ == nullptr) return;
  for (const Slot& slot : slots_) {
    CUDA_CHECK(cudaStreamWaitEvent(in_, slot.left, 0));
    CUDA_CHECK(cudaStreamWaitEvent(context_.stream(), slot.left, 0));
  }
}

}  // namespace tidewright
