#ifndef TIDEWRIGHT_TESTS_SUPPORT_BGNBD_TWINS_H_
#define TIDEWRIGHT_TESTS_SUPPORT_BGNBD_TWINS_H_

#include <cstdint>
#include <functional>
#include <memory>

#include "host/bgnbd/bgnbd.h"

namespace tidewright {

// What BG/NBD fits of `customers` made-up ones in 52 weeks, none of whose histories are merged.
PurchaseCells MadeUpCells(int64_t customers);

using MakeBgnbdTwin = std::function<std::unique_ptr<BgnbdSummer>(const PurchaseCells&)>;

// The twin's sums are the CPU's up to rounding, the same each time, and so is the fit.
void ExpectBgnbdTwins(const MakeBgnbdTwin& make, const PurchaseCells& cells);

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_SUPPORT_BGNBD_TWINS_H_
