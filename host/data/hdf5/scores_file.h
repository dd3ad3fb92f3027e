#ifndef TIDEWRIGHT_HOST_DATA_HDF5_SCORES_FILE_H_
#define TIDEWRIGHT_HOST_DATA_HDF5_SCORES_FILE_H_

#include <string>
#include <utility>
#include <vector>

#include "host/core/ids.h"

namespace tidewright {

// Writes /id and /probability, a row each, atomically, in place of what stood at `path`; what the
// probability is of stands in the attribute `label` of /probability. `extra`: more columns, by
// name. Throws IoError.
void WriteScores(const std::string& path, const std::string& label_name, const IdTable& ids,
                 const std::vector<double>& probability,
                 const std::vector<std::pair<std::string, const std::vector<double>*>>& extra = {});

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_HDF5_SCORES_FILE_H_
