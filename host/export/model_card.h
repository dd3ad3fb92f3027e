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
};

// The model card: YAML front matter for programs, then the same for people. From the manifest
// alone: the same model gives the same bytes, and nothing of the log is in it but names of signals
// and columns, counts and dates.
std::string ModelCard(const Artifact& artifact, const CardExport& about);

// How the row of a file begins in the card's table, with the line's end before it.
std::string CardRowOf(const std::string& file);

// Text as a quoted YAML scalar.
std::string YamlText(const std::string& text);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_MODEL_CARD_H_
