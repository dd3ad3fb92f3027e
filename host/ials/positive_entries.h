#ifndef TIDEWRIGHT_HOST_IALS_POSITIVE_ENTRIES_H_
#define TIDEWRIGHT_HOST_IALS_POSITIVE_ENTRIES_H_

#include <algorithm>
#include <cstdint>

#include "host/core/csr_view.h"

namespace tidewright {

// Whether anything in the row is liked. Where nothing is, b = 0, and so x = 0 whatever A is.
inline bool HasPositive(const CsrView& rows, int64_t row) {
  return std::any_of(rows.values + rows.offsets[row], rows.values + rows.offsets[row + 1],
                     [](float value) { return value > 0; });
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_IALS_POSITIVE_ENTRIES_H_
