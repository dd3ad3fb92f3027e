#ifndef TIDEWRIGHT_HOST_TRAIN_SEEN_H_
#define TIDEWRIGHT_HOST_TRAIN_SEEN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "host/data/interactions.h"
#include "host/model/artifact.h"

namespace tidewright {

// What users have seen: rows of `matrix`, in the columns of the model. row_of[user of the model] is
// the row, or -1.
struct Seen {
  Csr matrix;
  std::vector<int32_t> row_of;
};

// From the log at `data`, or where that is empty from the artifact's history, which is moved out of
// it. `directory` is where the artifact was read. Builds the indexes of its ids. Throws UsageError
// where there is neither.
Seen FindSeen(const std::string& directory, const std::string& data, Artifact* artifact);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_SEEN_H_
