#ifndef TIDEWRIGHT_TESTS_CUDA_IALS_EXPECT_TWIN_H_
#define TIDEWRIGHT_TESTS_CUDA_IALS_EXPECT_TWIN_H_

#include "host/backend/backend.h"
#include "tests/support/ials_twins.h"

namespace tidewright {

// The device trains what the CPU trains.
inline void ExpectTwin(const IalsConfig& config, const Interactions& data) {
  ExpectTwins(*CudaBackend().make_ials(config, data), config, data);
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_CUDA_IALS_EXPECT_TWIN_H_
