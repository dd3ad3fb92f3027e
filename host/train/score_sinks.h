#ifndef TIDEWRIGHT_HOST_TRAIN_SCORE_SINKS_H_
#define TIDEWRIGHT_HOST_TRAIN_SCORE_SINKS_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "host/train/score_job.h"

namespace tidewright {

// {"id":"7590-VHVEG","probability":0.63} a line, then the other columns by their names; `write`
// gets whole lines, many at a time.
std::unique_ptr<ScoreSink> MakeScoreLines(std::function<void(std::string_view)> write);

// The file appears whole at Finish, in place of what stood there: HDF5 (/id, /probability and a
// data set a column) where the name ends in .h5 or .hdf5, else such lines. Streamed. With `resume`
// Resume is called first, and what is done stays in PATH.partial; without it the file is begun
// here, so that one that cannot be is told before all else. Throws UsageError where PATH is a
// directory, IoError.
std::unique_ptr<ScoreSink> MakeScoreFile(const std::string& path, bool resume, Progress& progress);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_SCORE_SINKS_H_
