#ifndef TIDEWRIGHT_TESTS_SUPPORT_GBDT_TWINS_H_
#define TIDEWRIGHT_TESTS_SUPPORT_GBDT_TWINS_H_

#include <functional>
#include <memory>

#include "host/gbdt/gbdt.h"

namespace tidewright {

using MakeGbdt = std::function<std::unique_ptr<Solver>(const GbdtConfig&, TableProblem)>;

enum class GbdtTwinCase {
  kLevelByLevel,
  kBestLeafFirst,   // and one category against the rest
  kSamples,         // of rows and columns; L1, gamma
  kConstraints,     // weights, few bins, a limit of leaves
  kManyCategories,  // more than there are bins; hardly smoothed
  kZeroWeights,     // of every third row, and of all rows of a category
  kWarmStart,
};
inline constexpr GbdtTwinCase kGbdtTwinCases[] = {
    GbdtTwinCase::kLevelByLevel, GbdtTwinCase::kBestLeafFirst,  GbdtTwinCase::kSamples,
    GbdtTwinCase::kConstraints,  GbdtTwinCase::kManyCategories, GbdtTwinCase::kZeroWeights,
    GbdtTwinCase::kWarmStart};

// Expects that `make` trains the trees of the CPU, byte for byte, with the same losses and
// validation.
void ExpectTheTreesOfTheCpu(const MakeGbdt& make, GbdtTwinCase what, int64_t rows, int64_t depth);

// Expects the same of more columns than a grid's second dimension has blocks.
void ExpectTheTreesOfTheCpuOnManyColumns(const MakeGbdt& make);

// Expects that a solver stopped after some trees and another that goes on from its state grow the
// trees of one that was not stopped.
void ExpectToGoOnAsTheCpu(const MakeGbdt& make, int64_t rows);

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_SUPPORT_GBDT_TWINS_H_
