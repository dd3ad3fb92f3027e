// Writes a made-up implicit matrix of a given shape and skew as AnnData CSR.

#include "host/data/synthetic.h"

#include <cstdio>
#include <string>
#include <vector>

#include "host/core/config.h"
#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/data/hdf5/dataset_file.h"

namespace tidewright {
namespace {

constexpr char kUsage[] =
    "usage: tidewright-synthetic --shape ml20m|gowalla [--users U] [--items I] [--entries N]\n"
    "                            [--skew S] [--head H] [--length-spread S] [--min-length N]\n"
    "                            [--seed N] [--threads N] [--overwrite] -o FILE.h5\n"
    "\n"
    "Writes an implicit matrix with exactly N entries. Without --shape, users, items and entries\n"
    "must be given. host/data/synthetic.h says how lengths and popularity are distributed.\n";

struct Options {
  SyntheticShape shape;
  int64_t seed = 1;
  int threads = 0;
  bool overwrite = false;
  std::string output;
};

ConfigFields FieldsOf(Options* options) {
  constexpr double kMaxSide = 2147483647.0;
  SyntheticShape* shape = &options->shape;
  return {{"users", &shape->users, "", 1, kMaxSide, {}},
          {"items", &shape->items, "", 1, kMaxSide, {}},
          {"entries", &shape->entries, "", 1, 1e12, {}},
          {"skew", &shape->skew, "", 0, 10, {}},
          {"head", &shape->head, "", 0, kMaxSide, {}},
          {"length-spread", &shape->length_spread, "", 0, 10, {}},
          {"min-length", &shape->min_length, "", 0, kMaxSide, {}},
          {"seed", &options->seed, "", 0, 9e18, {}},
          {"threads", &options->threads, "", 0, 4096, {}}};
}

Options Parse(const std::vector<std::string>& arguments) {
  Options options;
  const ConfigFields fields = FieldsOf(&options);
  std::vector<std::string> names{"shape", "overwrite"};
  for (const ConfigField& field : fields) names.push_back(field.name);
  // The shape first, whatever the order: the other flags change it.
  for (size_t i = 0; i + 1 < arguments.size(); ++i) {
    if (arguments[i] == "--shape") options.shape = NamedSyntheticShape(arguments[i + 1]);
  }
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& flag = arguments[i];
    if (flag == "--overwrite") {
      options.overwrite = true;
      continue;
    }
    if (i + 1 == arguments.size()) throw UsageError(flag + " needs a value");
    const std::string& value = arguments[++i];
    if (flag == "--shape") continue;
    if (flag == "-o") {
      options.output = value;
      continue;
    }
    bool known = false;
    for (const ConfigField& field : fields) {
      if (flag != "--" + field.name) continue;
      SetField(field, value, "--" + field.name);
      known = true;
    }
    if (!known) {
      const std::string bare = flag.substr(std::min(flag.find_first_not_of('-'), flag.size()));
      throw UsageError("no option '" + flag + "'" + DidYouMean(bare, names));
    }
  }
  if (options.output.empty()) throw UsageError("-o: give the file to write");
  if (options.shape.users == 0 || options.shape.items == 0 || options.shape.entries == 0) {
    throw UsageError("give --shape, or --users, --items and --entries");
  }
  return options;
}

void Run(const Options& options) {
  SetNumThreads(options.threads);
  Dataset dataset;
  dataset.layout = Layout::kAnnDataCsr;
  dataset.matrix = SyntheticInteractions(options.shape, static_cast<uint64_t>(options.seed));
  dataset.users = IdTable::Range(dataset.matrix->rows);
  dataset.items = IdTable::Range(dataset.matrix->cols);
  WriteMatrix(options.output, dataset, options.overwrite);
  std::printf("%s: %lld users x %lld items, %lld entries\n", options.output.c_str(),
              static_cast<long long>(dataset.matrix->rows),
              static_cast<long long>(dataset.matrix->cols),
              static_cast<long long>(dataset.matrix->nnz()));
}

}  // namespace
}  // namespace tidewright

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h") {
    std::fputs(tidewright::kUsage, arguments.empty() ? stderr : stdout);
    return arguments.empty() ? static_cast<int>(tidewright::ExitCode::kUsage) : 0;
  }
  try {
    tidewright::Run(tidewright::Parse(arguments));
  } catch (const tidewright::Error& error) {
    std::fprintf(stderr, "tidewright-synthetic: %s\n", error.what());
    return static_cast<int>(error.exit_code());
  }
  return 0;
}
