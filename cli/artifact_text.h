#ifndef TIDEWRIGHT_CLI_ARTIFACT_TEXT_H_
#define TIDEWRIGHT_CLI_ARTIFACT_TEXT_H_

#include <string>

namespace tidewright {

// What inspect prints of the artifact in `directory`, which it reads whole, checksums included.
std::string ArtifactTable(const std::string& directory);
std::string ArtifactJson(const std::string& directory);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CLI_ARTIFACT_TEXT_H_
