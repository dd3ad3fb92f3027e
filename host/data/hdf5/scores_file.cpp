#include "host/data/hdf5/scores_file.h"

#include "host/data/hdf5/writer.h"

namespace tidewright {

void WriteScores(const std::string& path, const std::string& label_name, const IdTable& ids,
                 const std::vector<double>& probability) {
  hdf5::Writer writer(path, true);
  writer.Texts("/id", ids.size(), [&](int64_t row) { return ids[row]; });
  writer.Column("/probability", probability);
  writer.TextAttribute("/probability", "label", label_name);
  writer.Commit();
}

}  // namespace tidewright
