#ifndef TIDEWRIGHT_HOST_MODEL_MANIFEST_H_
#define TIDEWRIGHT_HOST_MODEL_MANIFEST_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "host/model/artifact.h"
#include "host/model/safetensors.h"

namespace tidewright {

inline constexpr char kManifestName[] = "manifest.json";

// One array file of an artifact. Readers follow this name, whatever it is.
struct ArtifactFile {
  std::string name;
  int64_t bytes = 0;
  std::string checksum;  // XXH3-128 of the whole file
  std::vector<ArrayInfo> arrays;
};

// manifest.json: what Manifest says, and the files by their part ("model", "ids", "history").
struct ManifestDocument {
  Manifest manifest;
  std::string model_kind;
  std::map<std::string, ArtifactFile> files;
};

// The same document gives the same text.
std::string ManifestText(const ManifestDocument& document);

// Throws DataError naming `path` and the key at fault, or a format version that is too new.
ManifestDocument ParseManifest(const std::string& text, const std::string& path);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_MODEL_MANIFEST_H_
