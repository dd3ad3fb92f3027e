#ifndef TIDEWRIGHT_CLI_HASH_IDS_H_
#define TIDEWRIGHT_CLI_HASH_IDS_H_

#include <memory>
#include <string>

#include "cli/command.h"
#include "host/train/recommend_job.h"

namespace tidewright {

// --hash-ids SALT of the commands that write ids (host/core/id_hash.h).

void AddHashIds(CLI::App& command, CommandContext& context, std::string* salt);

// Throws UsageError where the option or its variable was given without a text: ids would be written
// as they are.
void CheckHashIds(const CLI::App& command, const std::string& salt);

// Throws UsageError where `train --export` of a recommender is asked for and the variable is set:
// it has no salt, and would write ids as they are.
void RefuseUnhashedExports(const std::string& exports);

// Recommendations as `sink` writes them, but for the ids of users and items.
std::unique_ptr<RecommendationSink> WithHashedIds(std::unique_ptr<RecommendationSink> sink,
                                                  const std::string& salt);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CLI_HASH_IDS_H_
