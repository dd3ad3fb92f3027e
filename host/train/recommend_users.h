#ifndef TIDEWRIGHT_HOST_TRAIN_RECOMMEND_USERS_H_
#define TIDEWRIGHT_HOST_TRAIN_RECOMMEND_USERS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "host/core/ids.h"
#include "host/core/progress.h"
#include "host/data/interactions.h"

namespace tidewright {

// One id a line; blank lines and carriage returns are ignored. Throws IoError.
std::vector<std::string> ReadIdFile(const std::string& path);

// The model's rows of "all", of a file of ids, or of ids with commas between. `table` is indexed.
// Throws DataError naming an id that is not there.
std::vector<int32_t> ChooseUsers(const std::string& users, const IdTable& table);

// Flags over the catalogue of what must not be recommended; empty where both lists are. Ids that
// are not in the catalogue are counted in a warning.
std::vector<uint8_t> DeniedItems(const std::string& allow_file, const std::string& deny_file,
                                 const IdTable& items, Progress& progress);

// Users the model has not seen and the items known of them, as columns of the catalogue.
struct FoldInList {
  IdTable users;
  Csr rows;
};
// Throws DataError naming the line that is not {"user":"x","items":["a","b"]}.
FoldInList ReadFoldInFile(const std::string& path, const IdTable& items, Progress& progress);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_RECOMMEND_USERS_H_
