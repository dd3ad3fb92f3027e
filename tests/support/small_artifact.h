#ifndef TIDEWRIGHT_TESTS_SUPPORT_SMALL_ARTIFACT_H_
#define TIDEWRIGHT_TESTS_SUPPORT_SMALL_ARTIFACT_H_

#include <cstdint>
#include <map>
#include <string>

#include "host/model/artifact.h"

namespace tidewright {

// A made-up artifact with everything in it: names, history, signals, validation. The same seed
// gives the same artifact, another one other numbers in the same shapes.
Artifact SmallArtifact(uint64_t seed, int64_t users = 5, int64_t items = 7, int64_t factors = 4);

// A recommender of SmallArtifact's whose Gramian is that of its items, so that users can be folded
// in.
Artifact FoldableArtifact(uint64_t seed, int64_t users, int64_t items, int64_t factors);

// Everything that is in an artifact, as text: equal texts, equal artifacts.
std::string Fingerprint(const Artifact& artifact);

// The bytes of every file in a directory, by name.
std::map<std::string, std::string> FilesOf(const std::string& directory);

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_SUPPORT_SMALL_ARTIFACT_H_
