#ifndef TIDEWRIGHT_HOST_TRAIN_RECOMMEND_JOB_H_
#define TIDEWRIGHT_HOST_TRAIN_RECOMMEND_JOB_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/core/config.h"
#include "host/core/ids.h"
#include "host/core/progress.h"
#include "host/core/stop_flag.h"

namespace tidewright {

// The best items for users of an artifact. Items a user has seen are left out, those with a
// negative value always.
struct RecommendRequest {
  std::string artifact;
  std::string device = "auto";
  std::string users;  // "all", a file with an id a line, or ids with commas between; empty: all, or
                      // none where fold_in is given
  int64_t k = 10;
  std::string allow;    // a file with an item id a line: nothing else is recommended
  std::string deny;     // the same: never recommended
  std::string data;     // what users have seen, in place of the artifact's history
  std::string fold_in;  // {"user":"x","items":["a","b"]} a line: users the model has not seen
  bool include_seen = false;
  // What is done stays where the run is ended, and the same call goes on from there.
  bool resume = false;
};
ConfigFields FieldsOf(RecommendRequest& request);

// A user's list: `count` rows of the catalogue, best first, and their scores. A view.
struct RecommendedItems {
  std::string_view user;
  const int32_t* items = nullptr;
  const float* scores = nullptr;
  int64_t count = 0;
};

// Where recommendations go, some users at a time.
class RecommendationSink {
 public:
  virtual ~RecommendationSink() = default;
  // Before all else, where the request says resume: how many users an earlier run has written.
  // `run` tells such runs apart. Throws UsageError where this sink keeps nothing.
  virtual int64_t Resume(const std::string& run);
  // Before the first user: the catalogue, which outlives the sink's use. `names` may be null.
  virtual void Begin(const IdTable& items, const IdTable* names) = 0;
  virtual void Write(const std::vector<RecommendedItems>& users) = 0;
  // After the last user. Without it nothing that was begun is left behind, but by Resume.
  virtual void Finish() = 0;
};

// Streams in batches; returns the number of users. Throws DataError naming an id the model does not
// know, UsageError where what users have seen is not known (an artifact without history), Error
// with ExitCode::kPreempted where `stop` ended it, between two batches.
int64_t RunRecommendJob(const RecommendRequest& request, RecommendationSink& sink,
                        const StopFlag& stop, Progress& progress);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_RECOMMEND_JOB_H_
