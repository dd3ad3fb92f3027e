#include "host/data/hdf5/dataset_file.h"

#include "host/core/hash.h"
#include "host/data/hdf5/file.h"
#include "host/data/hdf5/layouts.h"
#include "host/data/hdf5/numeric.h"
#include "host/data/hdf5/text.h"

namespace tidewright {
namespace hdf5 {

std::vector<std::string> ColumnsBesideIds(const File& file, const std::string& group,
                                          const std::string& ids_name, int64_t rows) {
  std::vector<std::string> names;
  for (const std::string& name : file.List(group)) {
    const std::string dataset = group + "/" + name;
    if (name == ids_name || !file.HasDataset(dataset)) continue;
    if (file.Length(dataset) == rows) names.push_back(name);
  }
  return names;
}

std::vector<TableColumn> ReadTable(const File& file, const std::string& group,
                                   const std::string& ids_name, int64_t rows) {
  std::vector<TableColumn> columns;
  for (const std::string& name : ColumnsBesideIds(file, group, ids_name, rows)) {
    const Column column = Column::Open(file, group + "/" + name);
    if (column.is_text()) {
      columns.push_back({name, ReadTexts(column)});
    } else {
      std::vector<float> values(static_cast<size_t>(rows));
      ReadFloats(column, true, values.data());
      columns.push_back({name, std::move(values)});
    }
  }
  return columns;
}

}  // namespace hdf5

namespace {

// Every array goes in with its length, so that no two data sets run together into the same bytes.
class Fingerprint {
 public:
  template <class T>
  void Add(const std::vector<T>& values) {
    const uint64_t count = values.size();
    hasher_.Update(&count, sizeof(count));
    hasher_.Update(values.data(), values.size() * sizeof(T));
  }
  void Add(const std::string& text) { Add(std::vector<char>(text.begin(), text.end())); }
  void Add(const IdTable& ids) {
    Add(ids.offsets());
    Add(ids.bytes());
  }
  void Add(const EventLog& log) {
    for (const std::string& name : log.signal_names) Add(name);
    Add(log.default_signal_weights);
    Add(log.user);
    Add(log.item);
    Add(log.timestamp);
    Add(log.signal);
    Add(log.value);
  }
  void Add(const Csr& matrix) {
    Add(matrix.offsets);
    Add(matrix.ids);
    Add(matrix.values);
  }
  std::string Hex() const { return hasher_.Hex(); }

 private:
  Hasher hasher_;
};

std::string FingerprintOf(const Dataset& dataset) {
  Fingerprint fingerprint;
  fingerprint.Add(dataset.users);
  fingerprint.Add(dataset.items);
  if (dataset.log) fingerprint.Add(*dataset.log);
  if (dataset.matrix) fingerprint.Add(*dataset.matrix);
  if (dataset.test_log) fingerprint.Add(*dataset.test_log);
  if (dataset.test_matrix) fingerprint.Add(*dataset.test_matrix);
  return fingerprint.Hex();
}

}  // namespace

Dataset ReadDataset(const std::string& path, const ReadOptions& options) {
  const hdf5::File file(path);
  Dataset dataset;
  dataset.path = path;
  if (hdf5::IsEventLog(file)) {
    hdf5::ReadEventLogLayout(file, options, &dataset);
  } else if (const std::optional<std::string> group = hdf5::FindMatrix(file)) {
    hdf5::ReadMatrixLayout(file, *group, &dataset);
  } else if (file.HasGroup("/columns")) {
    file.Fail("/", "holds a feature table (/columns)",
              "an event log or a sparse matrix; train gbdt and train logistic learn from tables");
  } else {
    file.Fail("/", "holds no event log (/events) and no sparse matrix (/X with encoding-type)",
              "one of the layouts of datasets/README.md");
  }
  dataset.decoded_bytes +=
      static_cast<int64_t>(dataset.users.bytes().size() + dataset.items.bytes().size()) +
      8 * (dataset.users.size() + dataset.items.size() + 2);
  dataset.fingerprint = FingerprintOf(dataset);
  return dataset;
}

}  // namespace tidewright
