#ifndef TIDEWRIGHT_HOST_CORE_HOST_DEVICE_H_
#define TIDEWRIGHT_HOST_CORE_HOST_DEVICE_H_

// Marks the scalar formulas that both twins call. The only conditional compilation of the code
// base.
#ifdef __CUDACC__
#define TIDEWRIGHT_HOST_DEVICE __host__ __device__
#else
#define TIDEWRIGHT_HOST_DEVICE
#endif

#endif  // TIDEWRIGHT_HOST_CORE_HOST_DEVICE_H_
