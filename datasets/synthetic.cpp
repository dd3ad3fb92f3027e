// Writes made-up data: an implicit matrix of a given shape and skew, a labelled table, or the log
// of customers who leave.

#include "host/data/synthetic.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "host/core/config.h"
#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/data/hdf5/dataset_file.h"
#include "host/data/hdf5/table_file.h"
#include "host/data/synthetic_customers.h"
#include "host/data/synthetic_table.h"

namespace tidewright {
namespace {

constexpr char kUsage[] =
    "usage: tidewright-synthetic --shape ml20m|gowalla [--users U] [--items I] [--entries N]\n"
    "                            [--skew S] [--head H] [--length-spread S] [--min-length N]\n"
    "                            [--seed N] [--threads N] [--overwrite] -o FILE.h5\n"
    "       tidewright-synthetic table --rows N [--columns C] [--categories C] [--missing SHARE]\n"
    "                            [--signal S] [--first-row R]\n"
    "                            [--seed N] [--threads N] [--overwrite] -o FILE.h5\n"
    "       tidewright-synthetic customers --customers N [--items I] [--weeks W] [--joining "
    "SHARE]\n"
    "                            [--r R] [--alpha A] [--a A] [--b B]\n"
    "                            [--seed N] [--threads N] [--overwrite] -o FILE.h5\n"
    "\n"
    "The first writes an implicit matrix with exactly N entries. Without --shape, users, items "
    "and\n"
    "entries must be given. host/data/synthetic.h says how lengths and popularity are "
    "distributed.\n"
    "\n"
    "The second writes a labelled table of C number columns and C category columns. Two files of "
    "one\n"
    "seed are parts of one table: the second with --first-row where the first ends.\n"
    "host/data/synthetic_table.h says what the label depends on.\n"
    "\n"
    "The third writes an event log of customers who buy and leave as BG/NBD has it;\n"
    "host/data/synthetic_customers.h says how.\n";

struct Output {
  int64_t seed = 1;
  int threads = 0;
  bool overwrite = false;
  std::string path;
};

// Sets fields and output from the flags; those named in `others` are passed over.
void ParseFlags(const std::vector<std::string>& arguments, ConfigFields fields,
                const std::vector<std::string>& others, Output* output) {
  fields.push_back({"seed", &output->seed, "", 0, 9e18, {}});
  fields.push_back({"threads", &output->threads, "", 0, 4096, {}});
  std::vector<std::string> names{"overwrite"};
  names.insert(names.end(), others.begin(), others.end());
  for (const ConfigField& field : fields) names.push_back(field.name);
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& flag = arguments[i];
    if (flag == "--overwrite") {
      output->overwrite = true;
      continue;
    }
    if (i + 1 == arguments.size()) throw UsageError(flag + " needs a value");
    const std::string& value = arguments[++i];
    if (flag == "-o") {
      output->path = value;
      continue;
    }
    bool known = false;
    for (const std::string& other : others) known |= flag == "--" + other;
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
  if (output->path.empty()) throw UsageError("-o: give the file to write");
  SetNumThreads(output->threads);
}

void WriteSyntheticMatrix(const std::vector<std::string>& arguments) {
  constexpr double kMaxSide = 2147483647.0;
  SyntheticShape shape;
  // The shape first, whatever the order: the other flags change it.
  for (size_t i = 0; i + 1 < arguments.size(); ++i) {
    if (arguments[i] == "--shape") shape = NamedSyntheticShape(arguments[i + 1]);
  }
  Output output;
  ParseFlags(arguments,
             {{"users", &shape.users, "", 1, kMaxSide, {}},
              {"items", &shape.items, "", 1, kMaxSide, {}},
              {"entries", &shape.entries, "", 1, 1e12, {}},
              {"skew", &shape.skew, "", 0, 10, {}},
              {"head", &shape.head, "", 0, kMaxSide, {}},
              {"length-spread", &shape.length_spread, "", 0, 10, {}},
              {"min-length", &shape.min_length, "", 0, kMaxSide, {}}},
             {"shape"}, &output);
  if (shape.users == 0 || shape.items == 0 || shape.entries == 0) {
    throw UsageError("give --shape, or --users, --items and --entries");
  }
  Dataset dataset;
  dataset.layout = Layout::kAnnDataCsr;
  dataset.matrix = SyntheticInteractions(shape, static_cast<uint64_t>(output.seed));
  dataset.users = IdTable::Range(dataset.matrix->rows);
  dataset.items = IdTable::Range(dataset.matrix->cols);
  WriteMatrix(output.path, dataset, output.overwrite);
  std::printf("%s: %lld users x %lld items, %lld entries\n", output.path.c_str(),
              static_cast<long long>(dataset.matrix->rows),
              static_cast<long long>(dataset.matrix->cols),
              static_cast<long long>(dataset.matrix->nnz()));
}

void WriteSyntheticTable(const std::vector<std::string>& arguments) {
  SyntheticTableShape shape;
  Output output;
  ParseFlags(arguments,
             {{"rows", &shape.rows, "", 1, 1e9, {}},
              {"first-row", &shape.first_row, "", 0, 1e12, {}},
              {"columns", &shape.numbers, "", 0, 1e5, {}},
              {"categories", &shape.categories, "", 0, 1e5, {}},
              {"missing", &shape.missing, "", 0, 0.5, {}},
              {"signal", &shape.signal, "", 0, 100, {}}},
             {}, &output);
  if (shape.rows == 0) throw UsageError("--rows: give the number of rows");
  if (shape.numbers + shape.categories == 0) throw UsageError("--columns: expected 1 or more");
  const FeatureTable table = SyntheticTable(shape, static_cast<uint64_t>(output.seed));
  WriteFeatureTable(output.path, table, output.overwrite);
  const int64_t ones = std::count(table.label.begin(), table.label.end(), 1.0f);
  std::printf("%s: %lld rows x %lld columns, %lld with label 1\n", output.path.c_str(),
              static_cast<long long>(table.rows), static_cast<long long>(table.columns.size()),
              static_cast<long long>(ones));
}

void WriteSyntheticCustomers(const std::vector<std::string>& arguments) {
  SyntheticCustomers shape;
  Output output;
  ParseFlags(arguments,
             {{"customers", &shape.customers, "", 1, 1e9, {}},
              {"items", &shape.items, "", 1, 1e9, {}},
              {"weeks", &shape.weeks, "", 1e-3, 1e4, {}},
              {"joining", &shape.joining, "", 0, 1, {}},
              {"r", &shape.r, "", 1e-3, 1e3, {}},
              {"alpha", &shape.alpha, "", 1e-3, 1e6, {}},
              {"a", &shape.a, "", 1e-3, 1e3, {}},
              {"b", &shape.b, "", 1e-3, 1e3, {}}},
             {}, &output);
  if (shape.customers == 0) throw UsageError("--customers: give the number of customers");
  Dataset dataset;
  dataset.log = SyntheticCustomerLog(shape, static_cast<uint64_t>(output.seed));
  dataset.users = IdTable::Range(shape.customers);
  dataset.items = IdTable::Range(shape.items);
  WriteEventLog(output.path, dataset, output.overwrite);
  std::printf("%s: %lld customers, %lld events\n", output.path.c_str(),
              static_cast<long long>(shape.customers), static_cast<long long>(dataset.log->size()));
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
    if (arguments[0] == "table") {
      tidewright::WriteSyntheticTable({arguments.begin() + 1, arguments.end()});
    } else if (arguments[0] == "customers") {
      tidewright::WriteSyntheticCustomers({arguments.begin() + 1, arguments.end()});
    } else {
      tidewright::WriteSyntheticMatrix(arguments);
    }
  } catch (const tidewright::Error& error) {
    std::fprintf(stderr, "tidewright-synthetic: %s\n", error.what());
    return static_cast<int>(error.exit_code());
  }
  return 0;
}
