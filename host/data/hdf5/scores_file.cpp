#include "host/data/hdf5/scores_file.h"

#include "host/data/hdf5/column_stream.h"
#include "host/data/hdf5/writer.h"

namespace tidewright {

struct ScoreFile::Columns {
  Columns(const std::string& path, int64_t rows, int64_t longest_id)
      : writer(path, true), id(writer, "/id", rows, longest_id) {}

  hdf5::Writer writer;
  hdf5::TextStream id;
  std::vector<hdf5::ColumnStream> numbers;
};

ScoreFile::ScoreFile(const std::string& path, const std::string& label_name, int64_t rows,
                     int64_t longest_id, const std::vector<std::string>& more)
    : columns_(std::make_unique<Columns>(path, rows, longest_id)) {
  const auto add = [&](const std::string& name) {
    columns_->numbers.emplace_back(columns_->writer, "/" + name, H5T_IEEE_F64LE, sizeof(double),
                                   rows);
  };
  add("probability");
  columns_->writer.TextAttribute("/probability", "label", label_name);
  for (const std::string& name : more) add(name);
}

ScoreFile::~ScoreFile() = default;

void ScoreFile::Add(std::string_view id, const double* numbers) {
  columns_->id.Add(id);
  for (size_t column = 0; column < columns_->numbers.size(); ++column) {
    columns_->numbers[column].Add(numbers + column, 1);
  }
}

void ScoreFile::Commit() {
  columns_->id.End();
  for (hdf5::ColumnStream& column : columns_->numbers) column.End();
  columns_->writer.Commit();
}

}  // namespace tidewright
