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

  void Begin(const IdTable& items, const IdTable* names) override {
    items_ = HashedIds(IdKind::kItem, items, salt_);
    sink_->Begin(items_, names);
  }
  void Write(std::string_view user, const int32_t* items, const float* scores,
             int64_t count) override {
    sink_->Write(HashedId(IdKind::kUser, user, salt_), items, scores, count);
  }
  void Finish() override { sink_->Finish(); }

 private:
  std::unique_ptr<RecommendationSink> sink_;
  std::string salt_;
  IdTable items_;
};

}  // namespace

void AddHashIds(CLI::App& command, CommandContext& context, std::string* salt) {
  context.options.Add(command, {{kHashIds,
                                 salt,
                                 "write ids as their HMAC-SHA256 with this salt as the key, in "
                                 "hexadecimal; better from TIDEWRIGHT_HASH_IDS, which no list of "
                                 "processes shows",
                                 0,
                                 0,
                                 {}}});
}

void CheckHashIds(const CLI::App& command, const std::string& salt) {
  const bool given = command.get_option(std::string("--") + kHashIds)->count() > 0 ||
                     std::getenv(VariableName(kHashIds).c_str()) != nullptr;
  if (given && salt.empty()) {
    throw UsageError("--hash-ids: the salt is empty; expected a text that stays secret");
  }
}

void RefuseUnhashedExports(const std::string& exports) {
  const std::string variable = VariableName(kHashIds);
  if (exports.empty() || std::getenv(variable.c_str()) == nullptr) return;
  throw UsageError("--export writes ids as they are, and " + variable +
                   " is set; run tidewright export after the training");
}

std::unique_ptr<RecommendationSink> WithHashedIds(std::unique_ptr<RecommendationSink> sink,
                                                  const std::string& salt) {
  return std::make_unique<HashingSink>(std::move(sink), salt);
}

}  // namespace tidewright
