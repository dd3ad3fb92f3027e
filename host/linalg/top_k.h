#ifndef TIDEWRIGHT_HOST_LINALG_TOP_K_H_
#define TIDEWRIGHT_HOST_LINALG_TOP_K_H_

#include <cstdint>
#include <vector>

#include "host/core/csr_view.h"

namespace tidewright {

// Scores every item for every query and keeps the best: score(q, i) = <queries[q], items[i]>.
// Scores must be finite: the caller refuses factors that are not.
struct TopKRequest {
  const float* queries = nullptr;  // count x factors, row-major, on the host
  int64_t count = 0;
  const float* items = nullptr;  // items x factors, row-major, on the host
  int64_t item_count = 0;
  int64_t factors = 0;
  CsrView masked;  // count rows: items never to be returned (values unused); rows 0: none
  const uint8_t* denied = nullptr;  // item_count flags masked for every query, or null
  int k = 10;                       // 1 .. 1024
  CsrView relevant;  // count rows, or rows 0: where set, `higher` and `equal` are filled
};

struct TopKResult {
  // count x k, best first; ties by the smaller id; -1 where fewer are left
  std::vector<int32_t> ids;
  std::vector<float> scores;  // count x k; -infinity beside an id of -1
  // For each entry of `relevant`, in its order: the candidates (neither masked, denied nor
  // relevant) that score higher, and the same. What AUC is made of.
  std::vector<int64_t> higher;
  std::vector<int64_t> equal;
};

// The CPU's: blocks of queries x blocks of items, all threads. A query's result depends on that
// query alone, not on the others of the request. Throws UsageError where k is out of range.
TopKResult TopKCpu(const TopKRequest& request);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_LINALG_TOP_K_H_
