#ifndef TIDEWRIGHT_TESTS_SUPPORT_BAD_HDF5_FILES_H_
#define TIDEWRIGHT_TESTS_SUPPORT_BAD_HDF5_FILES_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "tests/support/hdf5_builder.h"

namespace tidewright {

// A file that must be refused, and where the message must put the fault.
struct BadFile {
  std::string name;  // letters only: it names the test
  std::function<void(const std::string& path)> write;
  std::string dataset;         // empty: the file as a whole
  std::optional<int64_t> row;  // set: the message names this row; else it names none
  std::string what;            // a part of the message
};

inline void PrintTo(const BadFile& bad, std::ostream* out) { *out << bad.name; }

// A sound event log of 4 users, 3 items and 6 events, and a sound matrix of 3 x 4: what the bad
// files are made from.
void BuildGoodLog(Hdf5Builder* builder);
void BuildGoodMatrix(Hdf5Builder* builder);

const std::vector<BadFile>& BadHdf5Files();

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_SUPPORT_BAD_HDF5_FILES_H_
