#ifndef TIDEWRIGHT_HOST_TRAIN_RECOMMENDATION_SINKS_H_
#define TIDEWRIGHT_HOST_TRAIN_RECOMMENDATION_SINKS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "host/core/ids.h"
#include "host/train/recommend_job.h"

namespace tidewright {

// {"user":"17850","items":[{"item":"85123A","name":"…","score":0.93},…]} a line; without names
// where the artifact has none. Bytes that are no UTF-8 become U+FFFD.
class NdjsonSink : public RecommendationSink {
 public:
  // `write` gets whole lines, many at a time.
  explicit NdjsonSink(std::function<void(std::string_view)> write) : write_(std::move(write)) {}

  void Begin(const IdTable& items, const IdTable* names) override;
  // On all threads, written in order.
  void Write(const std::vector<RecommendedItems>& users) override;
  void Finish() override {}

 private:
  void AppendLine(const RecommendedItems& user, std::string* lines) const;

  std::function<void(std::string_view)> write_;
  std::vector<std::string> item_json_;  // {"item":…,"name":…,"score": of each item
};

// Files appear whole at Finish, in place of what stood there: the HDF5 file of
// host/data/hdf5/recommendations_file.h where the name ends in .h5 or .hdf5, else NDJSON. Both are
// streamed, and with `resume` Resume is called first and what is done stays in PATH.partial.
// Without it the file is begun here, so that one that cannot be is told before all else. Throws
// UsageError where PATH is a directory, IoError.
std::unique_ptr<RecommendationSink> MakeFileSink(const std::string& path, bool resume,
                                                 Progress& progress);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_RECOMMENDATION_SINKS_H_
