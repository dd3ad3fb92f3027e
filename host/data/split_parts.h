#ifndef TIDEWRIGHT_HOST_DATA_SPLIT_PARTS_H_
#define TIDEWRIGHT_HOST_DATA_SPLIT_PARTS_H_

#include <cstdint>
#include <vector>

#include "host/core/random.h"
#include "host/data/split.h"

namespace tidewright {

// Inside of split.h: a split gives every event of a log, or every entry of a matrix, exactly one
// part. All that is trained and judged is built from one part each, so nothing can be in two.
enum class Part : uint8_t {
  kTrain,
  kValidation,       // targets
  kValidationKnown,  // what held-out users fold in from
  kTest,
  kTestKnown,
};

// What one cut writes and the random streams it draws from.
struct CutRole {
  Part target;
  Part known;
  RandomStream pairs;
  RandomStream users;
};
inline constexpr CutRole kTestRole{Part::kTest, Part::kTestKnown, RandomStream::kSplit,
                                   RandomStream::kSplitUsers};
inline constexpr CutRole kValidationRole{Part::kValidation, Part::kValidationKnown,
                                         RandomStream::kValidationSplit,
                                         RandomStream::kValidationUsers};

// Cuts what is still kTrain, in place. `parts` has one entry for each event of `log` (or entry of
// `matrix`). "none" and "file" cut nothing.
void CutLog(const EventLog& log, int64_t users, int64_t items, const std::vector<float>& weights,
            Aggregation aggregation, const SplitSpec& split, const CutRole& role, uint64_t seed,
            std::vector<Part>* parts);
void CutMatrix(const Csr& matrix, const SplitSpec& split, const CutRole& role, uint64_t seed,
               std::vector<Part>* parts);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_SPLIT_PARTS_H_
