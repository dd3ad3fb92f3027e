#ifndef TIDEWRIGHT_HOST_EXPORT_MODEL_CARD_H_
#define TIDEWRIGHT_HOST_EXPORT_MODEL_CARD_H_

#include <string>
#include <utility>
#include <vector>

#include "host/model/artifact.h"

namespace tidewright {

inline constexpr char kCardName[] = "README.md";
// How every card begins; what tells an export of ours from other directories.
inline constexpr char kCardBeginning[] = "---\nlibrary_name: tidewright\n";

// What the card says of the export itself.
struct CardExport {
  std::string format;                                      // "faiss"
  std::vector<std::pair<std::string, std::string>> files;  // names, and what is in them
  std::vector<std::string> notes;                          // of this export: one sentence each
  // What was done to vectors: keys, and values as YAML has them.
  std::vector<std::pair<std::string, std::string>> vectors = {};
  std::vector<std::string> contents = {};  // of a directory: every file's path
  std::vector<std::string> told = {};      // not in the card: said when the export stands
};

// The model card: YAML front matter for programs, then the same for people. From the manifest
// alone: the same model gives the same bytes, and nothing of the log is in it but names of signals
// and columns, counts and dates.
std::string ModelCard(const Artifact& artifact, const CardExport& about);

// Whether the card, as it was written, lists `file` among `contents`.
bool CardLists(const std::string& card, const std::string& file);

// Text as a quoted YAML scalar.
std::string YamlText(const std::string& text);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_MODEL_CARD_H_
