#include "host/train/recommend_job.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "host/backend/backend.h"
#include "host/core/aligned.h"
#include "host/core/build_info.h"
#include "host/core/errors.h"
#include "host/core/hash.h"
#include "host/model/artifact.h"
#include "host/model/manifest.h"
#include "host/train/algorithms.h"
#include "host/train/recommend_users.h"
#include "host/train/run_outcome.h"
#include "host/train/seen.h"

namespace tidewright {
namespace {

constexpr int64_t kUsersPerBatch = 4096;

// The users of one call: their vectors and what is masked for each.
class Batch {
 public:
  Batch(int64_t factors, int64_t items, bool include_seen)
      : factors_(factors), include_seen_(include_seen) {
    masked_.cols = items;
  }

  int64_t size() const { return masked_.rows; }

  void Add(const float* vector, const Csr& seen, int64_t row) {
    vectors_.insert(vectors_.end(), vector, vector + factors_);
    for (int64_t k = row < 0 ? 0 : seen.offsets[row]; row >= 0 && k < seen.offsets[row + 1]; ++k) {
      if (include_seen_ && seen.values[k] > 0) continue;
      masked_.ids.push_back(seen.ids[k]);
      masked_.values.push_back(seen.values[k]);
    }
    masked_.offsets.push_back(masked_.nnz());
    ++masked_.rows;
  }

  TopKResult Rank(const Backend& backend, const FactorModel& model, int k,
                  const std::vector<uint8_t>& denied) const {
    TopKRequest request;
    request.queries = vectors_.data();
    request.count = size();
    request.items = model.item_factors.data();
    request.item_count = model.items;
    request.factors = model.factors;
    request.masked = masked_.view();
    request.denied = denied.empty() ? nullptr : denied.data();
    request.k = k;
    return backend.top_k(request);
  }

 private:
  int64_t factors_;
  bool include_seen_;
  AlignedVector<float> vectors_;
  Csr masked_;
};

class Recommender {
 public:
  Recommender(const RecommendRequest& request, const Artifact& artifact, const Backend& backend,
              std::vector<uint8_t> denied, RecommendationSink& sink, const StopFlag& stop,
              Progress& progress)
      : request_(request),
        model_(RecommenderOf(artifact, request.artifact)),
        backend_(backend),
        denied_(std::move(denied)),
        sink_(sink),
        stop_(stop),
        progress_(progress) {}

  // So many users are written already.
  void Skip(int64_t users) { skipped_ = users; }

  // Users [0, count): their id, their vector and their row of `seen` (-1: none). folded: the vector
  // comes from that row, so an empty one has nothing to say.
  template <class Id, class Vector, class Row>
  void Run(int64_t count, const Csr& seen, bool folded, const Id& id, const Vector& vector,
           const Row& row) {
    const int k = static_cast<int>(request_.k);
    const int64_t first = std::min(skipped_, count);
    skipped_ -= first;
    // From the start of a batch: a device's products may depend on how many users are one.
    for (int64_t begin = first / kUsersPerBatch * kUsersPerBatch; begin < count;
         begin += kUsersPerBatch) {
      if (stop_.requested()) {
        throw Error(ExitCode::kPreempted, "stopped after " + std::to_string(begin) + " of " +
                                              std::to_string(count) +
                                              " users; the same command goes on from there");
      }
      const int64_t end = std::min(count, begin + kUsersPerBatch);
      Batch batch(model_.factors, model_.items, request_.include_seen);
      for (int64_t user = begin; user < end; ++user) batch.Add(vector(user), seen, row(user));
      const TopKResult top = batch.Rank(backend_, model_, k, denied_);
      std::vector<RecommendedItems> lists;
      for (int64_t user = std::max(begin, first); user < end; ++user) {
        const int32_t* ids = top.ids.data() + (user - begin) * k;
        const bool silent = folded && seen.RowLength(row(user)) == 0;
        lists.push_back({id(user), ids, top.scores.data() + (user - begin) * k,
                         silent ? 0 : std::find(ids, ids + k, -1) - ids});
      }
      sink_.Write(lists);
      progress_.Step("recommending", end, count, "users");
    }
  }

 private:
  const RecommendRequest& request_;
  const FactorModel& model_;
  const Backend& backend_;
  std::vector<uint8_t> denied_;
  RecommendationSink& sink_;
  const StopFlag& stop_;
  Progress& progress_;
  int64_t skipped_ = 0;
};

// The lists depend on nothing else: two runs of the same text write the same.
std::string RunText(const RecommendRequest& request, const Backend& backend) {
  std::string text = BuildVersion() + " " + BuildCommit() + " " +
                     HashFile(request.artifact + "/" + kManifestName) + " " + backend.name + " " +
                     TrainedWith(backend) + " " + std::to_string(request.k) + " " +
                     (request.include_seen ? "include-seen" : "");
  for (const std::string* file :
       {&request.users, &request.allow, &request.deny, &request.data, &request.fold_in}) {
    std::error_code ignored;
    text += " " + *file;
    if (std::filesystem::is_regular_file(*file, ignored)) text += " " + HashFile(*file);
  }
  Hasher hasher;
  hasher.Update(text.data(), text.size());
  return "recommend " + hasher.Hex();
}

}  // namespace

int64_t RecommendationSink::Resume(const std::string&) {
  throw UsageError("--resume keeps what is done of a file: give --output FILE");
}

ConfigFields FieldsOf(RecommendRequest& request) {
  return {
      {"users",
       &request.users,
       "all, a file with an id a line, or ids with commas between",
       0,
       0,
       {}},
      {"k", &request.k, "items for each user", 1, 1024, {}},
      {"allow", &request.allow, "file with an item id a line: recommend nothing else", 0, 0, {}},
      {"deny", &request.deny, "file with an item id a line: never recommend these", 0, 0, {}},
      {"include-seen",
       &request.include_seen,
       "recommend also what the user has; what is disliked never is",
       0,
       0,
       {}},
      {"data",
       &request.data,
       "log of what users have seen, in place of the artifact's history",
       0,
       0,
       {}},
      {"fold-in",
       &request.fold_in,
       "users the model has not seen: {\"user\":\"x\",\"items\":[\"a\",\"b\"]} a line",
       0,
       0,
       {}},
      {"device", &request.device, "auto, cpu, cuda or cuda:N", 0, 0, {}},
      {"resume",
       &request.resume,
       "keep what is done where the run is ended, and go on from there when it is called again",
       0,
       0,
       {},
       "recommend-resume"},
  };
}

int64_t RunRecommendJob(const RecommendRequest& request, RecommendationSink& sink,
                        const StopFlag& stop, Progress& progress) {
  RecommendRequest checked = request;
  CheckFields(FieldsOf(checked), "recommend");
  std::string reason;
  const Backend& backend = ChooseBackend(request.device, &reason);
  progress.Note("device: " + reason);
  // Before what takes long is read: a file that cannot be written is told first.
  const int64_t done = request.resume ? sink.Resume(RunText(request, backend)) : 0;
  if (done > 0) progress.Note("going on after " + std::to_string(done) + " users");
  Artifact artifact = LoadArtifact(request.artifact);
  const FactorModel& model = RecommenderOf(artifact, request.artifact);
  artifact.users.BuildIndex();
  artifact.items.BuildIndex();

  const bool only_folded = request.users.empty() && !request.fold_in.empty();
  const std::vector<int32_t> users =
      only_folded ? std::vector<int32_t>{}
                  : ChooseUsers(request.users.empty() ? "all" : request.users, artifact.users);
  Recommender recommender(request, artifact, backend,
                          DeniedItems(request.allow, request.deny, artifact.items, progress), sink,
                          stop, progress);
  FoldInList unseen;
  if (!request.fold_in.empty()) {
    unseen = ReadFoldInFile(request.fold_in, artifact.items, progress);
  }
  Seen seen;
  if (!users.empty()) seen = FindSeen(request.artifact, request.data, &artifact);

  recommender.Skip(done);
  sink.Begin(artifact.items, artifact.item_names ? &*artifact.item_names : nullptr);
  recommender.Run(
      static_cast<int64_t>(users.size()), seen.matrix, false,
      [&](int64_t user) { return artifact.users[users[user]]; },
      [&](int64_t user) { return model.user_factors.data() + users[user] * model.factors; },
      [&](int64_t user) { return seen.row_of[users[user]]; });
  if (unseen.rows.rows > 0) {
    const AlignedVector<float> vectors =
        AlgorithmOf(artifact.manifest)->FoldIn(artifact.model, unseen.rows.view());
    recommender.Run(
        unseen.rows.rows, unseen.rows, true,
        [&](int64_t user) { return std::string_view(unseen.users[user]); },
        [&](int64_t user) { return vectors.data() + user * model.factors; },
        [](int64_t user) { return user; });
  }
  sink.Finish();
  return static_cast<int64_t>(users.size()) + unseen.rows.rows;
}

}  // namespace tidewright
