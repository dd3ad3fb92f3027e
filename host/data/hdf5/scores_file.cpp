#include "host/data/hdf5/scores_file.h"

#include "host/data/hdf5/writer.h"

namespace tidewright {

void WriteScores(const std::string& path, const std::string& label_name, const IdTable& ids,
                 const std::vector<double>& probability,
                 const std::vector<std::pair<std::string, const std::vector<double>*>>& extra) {
  hdf5::Writer writer(path, true);
  writer.Texts("/id", ids.size(), [&](int64_t row) { return ids[row]; });
  writer.Column("/probability", probability);
  writer.TextAttribute("/probability", "label", label_name);
  for (const auto& [name, values] : extra) writer.Column("/" + name, *values);
  writer.Commit();
}

}  // namespace tidewright
