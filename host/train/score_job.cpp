#include "host/train/score_job.h"

#include <charconv>

#include "host/core/partial_file.h"
#include "host/data/feature_table.h"
#include "host/data/hdf5/scores_file.h"
#include "host/data/hdf5/table_file.h"
#include "host/model/artifact.h"
#include "host/train/calibrate.h"
#include "host/train/classifier_input.h"

namespace tidewright {
Scores RunScoreJob(const ScoreRequest& request, Progress& progress) {
  const Artifact artifact = LoadArtifact(request.artifact);
  FeatureTable table =
      ReadMatched(artifact, request.artifact, {request.data, request.at, false}, nullptr, progress);
  Scores scores;
  scores.label_name = artifact.manifest.features->label_name;
  scores.probability = Probabilities(artifact, table);
  scores.ids = table.ids.size() == table.rows ? std::move(table.ids) : IdTable::Range(table.rows);
  return scores;
}

void WriteScoreLines(const Scores& scores, const std::function<void(std::string_view)>& write) {
  std::string lines;
  for (int64_t row = 0; row < scores.ids.size(); ++row) {
    char number[32];
    const auto end = std::to_chars(number, number + sizeof(number),
                                   scores.probability[static_cast<size_t>(row)]);
    lines += "{\"id\":" + JsonQuoted(scores.ids[row]) + ",\"probability\":";
    lines.append(number, end.ptr);
    lines += "}\n";
    if (lines.size() < kFlushBytes) continue;
    write(lines);
    lines.clear();
  }
  write(lines);
}

void WriteScoreFile(const Scores& scores, const std::string& path) {
  if (IsHdf5Name(path)) {
    WriteScores(path, scores.label_name, scores.ids, scores.probability);
    return;
  }
  PartialFile file(path);
  WriteScoreLines(scores, [&](std::string_view text) { file.Write(text); });
  file.Finish();
}

}  // namespace tidewright
