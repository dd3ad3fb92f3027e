#include "cli/hash_ids.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <utility>

#include "host/core/errors.h"
#include "host/core/id_hash.h"

namespace tidewright {
namespace {

constexpr char kHashIds[] = "hash-ids";

class HashingSink : public RecommendationSink {
 public:
  HashingSink(std::unique_ptr<RecommendationSink> sink, std::string salt)
      : sink_(std::move(sink)), salt_(std::move(salt)) {}

  int64_t Resume(const std::string& run) override {
    return sink_->Resume(run + " " + HmacSha256(run, salt_));
  }
  void Begin(const IdTable& items, const IdTable* names) override {
    items_ = HashedIds(IdKind::kItem, items, salt_);
    sink_->Begin(items_, names);
  }
  void Write(const std::vector<RecommendedItems>& users) override {
    std::vector<std::string> hashed;
    hashed.reserve(users.size());
    std::vector<RecommendedItems> lists = users;
    for (RecommendedItems& list : lists) {
      hashed.push_back(HashedId(IdKind::kUser, list.user, salt_));
      list.user = hashed.back();
    }
    sink_->Write(lists);
  }
  void Finish() override { sink_->Finish(); }

 private:
  std::unique_ptr<RecommendationSink> sink_;
  std::string salt_;
  IdTable items_;
};

class HashingScoreSink : public ScoreSink {
 public:
  HashingScoreSink(std::unique_ptr<ScoreSink> sink, std::string salt)
      : sink_(std::move(sink)), salt_(std::move(salt)) {}

  int64_t Resume(const std::string& run) override {
    return sink_->Resume(run + " " + HmacSha256(run, salt_));
  }
  double NextWritten() override { return sink_->NextWritten(); }
  void Begin(const std::string& label_name, const std::vector<std::string>& extra) override {
    sink_->Begin(label_name, extra);
  }
  void Write(const Scores& rows) override {
    Scores hashed = rows;
    hashed.ids = HashedIds(IdKind::kUser, rows.ids, salt_);
    sink_->Write(hashed);
  }
  void Finish() override { sink_->Finish(); }

 private:
  std::unique_ptr<ScoreSink> sink_;
  std::string salt_;
};

}  // namespace

void AddHashIds(CLI::App& command, CommandContext& context, std::string* salt,
                const std::string& of, const std::string& group) {
  context.options.Add(command,
                      {{kHashIds,
                        salt,
                        "write " + of +
                            " as their HMAC-SHA256 with this salt as the key, in hexadecimal; "
                            "better from TIDEWRIGHT_HASH_IDS, which no list of processes shows",
                        0,
                        0,
                        {}}},
                      group);
}

void CheckHashIds(const CLI::App& command, const std::string& salt) {
  const bool given = command.get_option(std::string("--") + kHashIds)->count() > 0 ||
                     std::getenv(VariableName(kHashIds).c_str()) != nullptr;
  if (given && salt.empty()) {
    throw UsageError("--hash-ids: the salt is empty; expected a text that stays secret");
  }
}

void CheckExportHashIds(const CLI::App& command, const std::string& salt,
                        const std::string& exports) {
  if (!exports.empty()) {
    CheckHashIds(command, salt);
  } else if (command.get_option(std::string("--") + kHashIds)->count() > 0) {
    throw UsageError(
        "--hash-ids is for the ids that --export writes, the artifact has them as they are; name "
        "formats to export, or leave it out");
  }
}

std::unique_ptr<RecommendationSink> WithHashedIds(std::unique_ptr<RecommendationSink> sink,
                                                  const std::string& salt) {
  return std::make_unique<HashingSink>(std::move(sink), salt);
}

std::unique_ptr<ScoreSink> WithHashedIds(std::unique_ptr<ScoreSink> sink, const std::string& salt) {
  return std::make_unique<HashingScoreSink>(std::move(sink), salt);
}

}  // namespace tidewright
