#include "host/train/checkpoint.h"

#include <cstdint>
#include <utility>

#include "host/core/atomic_file.h"
#include "host/core/errors.h"
#include "host/model/model_file.h"
#include "host/model/safetensors.h"

namespace tidewright {
namespace {

constexpr char kFormat[] = "tidewright checkpoint 2";

// Where each kind of value lies in the file.
constexpr char kBest[] = "best.";
constexpr char kIntegers[] = "solver.integers.";
constexpr char kNumbers[] = "solver.numbers.";
constexpr char kFloats[] = "solver.floats.";
constexpr char kDoubles[] = "solver.doubles.";
constexpr char kModel[] = "solver.model.";

template <class Vector>
ArrayView ViewVector(const std::string& name, const Vector& values) {
  return ViewArray(name, {static_cast<int64_t>(values.size())}, values.data());
}

// The rest of the name where it begins with the prefix.
std::optional<std::string> After(const std::string& name, const std::string& prefix) {
  if (name.compare(0, prefix.size(), prefix) != 0) return std::nullopt;
  return name.substr(prefix.size());
}

template <class T>
T ReadScalar(const SafetensorsReader& reader, const std::string& name) {
  std::vector<T> value;
  reader.Read(name, 0, &value);
  return value[0];
}

std::string MetadataOf(const SafetensorsReader& reader, const std::string& key) {
  const auto found = reader.metadata().find(key);
  if (found == reader.metadata().end()) {
    throw DataError({reader.path(), "__metadata__", {}}, "there is no '" + key + "'",
                    "a checkpoint of tidewright");
  }
  return found->second;
}

}  // namespace

void WriteCheckpoint(const std::string& path, const TrainerState& trainer, const State& solver) {
  const int64_t best_epoch = trainer.best_epoch;
  std::vector<ArrayView> arrays{ViewVector("trainer.losses", trainer.losses),
                                ViewVector("trainer.validations", trainer.validations),
                                ViewVector("trainer.epoch_seconds", trainer.epoch_seconds),
                                ViewArray("trainer.partial_seconds", {}, &trainer.partial_seconds),
                                ViewArray("trainer.best_epoch", {}, &best_epoch)};
  std::string best_kind;
  if (trainer.best) {
    best_kind = ModelKind(*trainer.best);
    for (ArrayView& array : ModelArrays(*trainer.best, kBest)) arrays.push_back(std::move(array));
  }
  for (const auto& [name, value] : solver.integers) {
    arrays.push_back(ViewArray(kIntegers + name, {}, &value));
  }
  for (const auto& [name, value] : solver.numbers) {
    arrays.push_back(ViewArray(kNumbers + name, {}, &value));
  }
  for (const auto& [name, values] : solver.floats) {
    arrays.push_back(ViewVector(kFloats + name, values));
  }
  for (const auto& [name, values] : solver.doubles) {
    arrays.push_back(ViewVector(kDoubles + name, values));
  }
  std::string model_kind;
  if (solver.model) {
    model_kind = ModelKind(*solver.model);
    for (ArrayView& array : ModelArrays(*solver.model, kModel)) arrays.push_back(std::move(array));
  }
  const std::string temporary = path + kTemporarySuffix;
  WriteSafetensors(temporary, arrays,
                   {{"format", kFormat},
                    {"problem", trainer.problem},
                    {"metric_name", trainer.metric_name},
                    {"best_kind", best_kind},
                    {"model_kind", model_kind},
                    {"arrays_xxh3_128", ArraysChecksum(arrays)}});
  ReplaceFile(temporary, path);
}

void ReadCheckpoint(const std::string& path, TrainerState* trainer, State* solver) {
  const SafetensorsReader reader{InputFile(path)};
  const std::string format = MetadataOf(reader, "format");
  if (format != kFormat) {
    throw DataError({path, "format", {}}, "it is '" + format + "'",
                    std::string("'") + kFormat + "'");
  }
  if (MetadataOf(reader, "arrays_xxh3_128") != reader.ArraysChecksum()) {
    throw DataError({path, "", {}}, "its checksum does not hold; the file is damaged",
                    "a whole checkpoint; run without --resume");
  }
  TrainerState read;
  read.problem = MetadataOf(reader, "problem");
  read.metric_name = MetadataOf(reader, "metric_name");
  reader.Read("trainer.losses", 1, &read.losses);
  reader.Read("trainer.validations", 1, &read.validations);
  reader.Read("trainer.epoch_seconds", 1, &read.epoch_seconds);
  read.partial_seconds = ReadScalar<double>(reader, "trainer.partial_seconds");
  read.best_epoch = static_cast<int>(ReadScalar<int64_t>(reader, "trainer.best_epoch"));
  const std::string best_kind = MetadataOf(reader, "best_kind");
  if (!best_kind.empty()) read.best = ReadModel(best_kind, reader, kBest);
  if (read.validations.size() != read.losses.size() ||
      read.epoch_seconds.size() != read.losses.size() || read.best_epoch < 0 ||
      read.best_epoch > read.finished() || (read.best_epoch > 0) != read.best.has_value()) {
    throw DataError({path, "trainer", {}}, "its arrays disagree", "one entry an epoch in each");
  }
  State state;
  const std::string model_kind = MetadataOf(reader, "model_kind");
  if (!model_kind.empty()) state.model = ReadModel(model_kind, reader, kModel);
  for (const ArrayInfo& array : reader.arrays()) {
    if (const auto name = After(array.name, kIntegers)) {
      state.integers[*name] = ReadScalar<int64_t>(reader, array.name);
    } else if (const auto number = After(array.name, kNumbers)) {
      state.numbers[*number] = ReadScalar<double>(reader, array.name);
    } else if (const auto floats = After(array.name, kFloats)) {
      reader.Read(array.name, 1, &state.floats[*floats]);
    } else if (const auto doubles = After(array.name, kDoubles)) {
      reader.Read(array.name, 1, &state.doubles[*doubles]);
    }
  }
  *trainer = std::move(read);
  *solver = std::move(state);
}

}  // namespace tidewright
