#ifndef TIDEWRIGHT_HOST_DATA_HDF5_SCORES_FILE_H_
#define TIDEWRIGHT_HOST_DATA_HDF5_SCORES_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tidewright {

// Writes /id and /probability, a row each, and a column more for each name of `more`; what the
// probability is of stands in the attribute `label` of /probability. The file appears at Commit, in
// place of what stood at `path`; a few chunks of it stand in memory. Throws IoError.
class ScoreFile {
 public:
  // `longest_id`: bytes.
  ScoreFile(const std::string& path, const std::string& label_name, int64_t rows,
            int64_t longest_id, const std::vector<std::string>& more);
  ~ScoreFile();

  // `numbers`: the probability, then one of each further column.
  void Add(std::string_view id, const double* numbers);
  void Commit();

 private:
  struct Columns;
  std::unique_ptr<Columns> columns_;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_HDF5_SCORES_FILE_H_
