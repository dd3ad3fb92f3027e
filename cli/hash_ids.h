#ifndef TIDEWRIGHT_CLI_HASH_IDS_H_
#define TIDEWRIGHT_CLI_HASH_IDS_H_

#include <memory>
#include <string>

#include "cli/command.h"
#include "host/train/recommend_job.h"
#include "host/train/score_job.h"

namespace tidewright {

// --hash-ids SALT of the commands that write ids (host/core/id_hash.h). `group`: the heading in the
// help text; `of`: which ids.
void AddHashIds(CLI::App& command, CommandContext& context, std::string* salt,
                const std::string& of = "ids", const std::string& group = "Options");

// Throws UsageError where the option or its variable was given without a text: ids would be written
// as they are.
void CheckHashIds(const CLI::App& command, const std::string& salt);

// Of `train`, where `exports` is what --export asks for: throws UsageError as CheckHashIds, or
// where the option is given and nothing is exported.
void CheckExportHashIds(const CLI::App& command, const std::string& salt,
                        const std::string& exports);

// Recommendations as `sink` writes them, but for the ids of users and items.
std::unique_ptr<RecommendationSink> WithHashedIds(std::unique_ptr<RecommendationSink> sink,
                                                  const std::string& salt);

// Scores as `sink` writes them, but for the ids.
std::unique_ptr<ScoreSink> WithHashedIds(std::unique_ptr<ScoreSink> sink, const std::string& salt);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CLI_HASH_IDS_H_
