#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <optional>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/text.h"
#include "host/bench/ials_bench_job.h"
#include "host/core/atomic_file.h"
#include "host/core/errors.h"

namespace tidewright {
namespace {

constexpr int kWide = 10;
constexpr int kSolver = 16;
constexpr int kKernel = 18;

struct BenchCommand {
  IalsBenchRequest request;
  bool json = false;
  std::string output;
  std::string baseline;
  std::string max_regress = "5%";
};

std::string Milliseconds(double seconds) {
  const double milliseconds = 1e3 * seconds;
  return FixedText(milliseconds, milliseconds < 10 ? 3 : milliseconds < 1000 ? 1 : 0);
}

std::string Gigas(double value) {
  const double gigas = value / 1e9;
  return FixedText(gigas, gigas < 10 ? 2 : gigas < 1000 ? 1 : 0);
}

std::string Heading(const BenchReport& report) {
  std::string text = report.shape + ": " + CountText(report.users) + " users, " +
                     CountText(report.items) + " items, " + CountText(report.entries) +
                     " entries\n" + report.device + ": " + report.facts.model + ", " +
                     report.target + ", " + CountText(report.threads) +
                     (report.threads == 1 ? " thread" : " threads") + "\n" +
                     CountText(report.repeats) + (report.repeats == 1 ? " repeat" : " repeats");
  if (report.repeats < kEnoughRepeats) {
    text += ": a quick look; figures to be kept take at least " + CountText(kEnoughRepeats);
  }
  return text + "\nceilings: " + report.results.front().ceilings.basis + "\n\n";
}

std::string SolverText(const BenchResult& result) {
  if (result.solver == result.solver_used) return result.solver;
  return result.solver + " (" + result.solver_used + ")";
}

std::string ResultTable(const BenchReport& report) {
  std::string table = PadLeft("factors", 7) + "  " + PadRight("solver", kSolver) +
                      PadLeft("ms", kWide) + PadLeft("quartiles", 2 * kWide) +
                      PadLeft("GFLOP", kWide) + PadLeft("GFLOP/s", kWide) + PadLeft("peak", kWide) +
                      PadLeft("GB", kWide) + PadLeft("GB/s", kWide) + PadLeft("copy", kWide) +
                      PadLeft("roofline", kWide) + "\n";
  for (const BenchResult& result : report.results) {
    const CostEstimate& cost = result.cost;
    const double median = result.seconds.median;
    table += PadLeft(std::to_string(result.factors), 7) + "  " +
             PadRight(SolverText(result), kSolver) + PadLeft(Milliseconds(median), kWide) +
             PadLeft(Milliseconds(result.seconds.low) + " - " + Milliseconds(result.seconds.high),
                     2 * kWide) +
             PadLeft(Gigas(cost.flops_per_epoch), kWide) +
             PadLeft(Gigas(cost.flops_per_epoch / median), kWide) +
             PadLeft(Gigas(result.ceilings.flops.at("fp32")), kWide) +
             PadLeft(Gigas(cost.bytes_per_epoch), kWide) +
             PadLeft(Gigas(cost.bytes_per_epoch / median), kWide) +
             PadLeft(Gigas(result.ceilings.bandwidth), kWide) +
             PadLeft(FixedText(100 * result.Share(), 1) + " %", kWide) + "\n";
  }
  return table;
}

// Empty where the device has no clock for its kernels.
std::string KernelTable(const BenchReport& report) {
  std::string table;
  for (const BenchResult& result : report.results) {
    for (const KernelTime& kernel : result.kernels) {
      table +=
          PadLeft(std::to_string(result.factors), 7) + "  " +
          PadRight(SolverText(result), kSolver) + PadRight(kernel.name, kKernel) +
          PadLeft(CountText(kernel.launches), kWide) +
          PadLeft(Milliseconds(kernel.seconds), kWide) +
          PadLeft(FixedText(100 * result.FloorSeconds(kernel) / kernel.seconds, 1) + " %", kWide) +
          "\n";
    }
  }
  if (table.empty()) return table;
  return "\n" + PadLeft("factors", 7) + "  " + PadRight("solver", kSolver) +
         PadRight("kernel", kKernel) + PadLeft("launches", kWide) + PadLeft("ms", kWide) +
         PadLeft("roofline", kWide) + "\n" + table;
}

std::string ComparisonTable(const std::string& baseline, const BenchReport& report,
                            const std::vector<BenchComparison>& comparisons) {
  std::string table = "\n" + PadLeft("factors", 7) + "  " + PadRight("solver", kSolver) +
                      PadLeft("old ms", kWide) + PadLeft("new ms", kWide) +
                      PadLeft("ratio", kWide) + "\n";
  for (const BenchComparison& each : comparisons) {
    table += PadLeft(std::to_string(each.factors), 7) + "  " + PadRight(each.solver, kSolver) +
             PadLeft(Milliseconds(each.old_seconds), kWide) +
             PadLeft(Milliseconds(each.new_seconds), kWide) +
             PadLeft(FixedText(each.ratio(), 3), kWide) + (each.slower ? "  slower" : "") + "\n";
  }
  const size_t missing = report.results.size() - comparisons.size();
  if (missing > 0) table += std::to_string(missing) + " not in " + baseline + "\n";
  return table;
}

// Before minutes of timing, not after them.
void CheckOutput(const std::string& path) {
  if (path.empty()) return;
  std::error_code ignored;
  if (!std::filesystem::is_directory(ParentDirectory(path), ignored)) {
    throw IoError("cannot write " + path + ": there is no directory " + ParentDirectory(path));
  }
}

void WriteReport(const std::string& path, const std::string& json) {
  const std::string partial = path + ".partial";
  WriteFileSynced(partial, json);
  ReplaceFile(partial, path);
}

int RunBench(const BenchCommand& bench, Progress& progress) {
  const double max_regress = ParseRegress(bench.max_regress);
  std::optional<BenchReport> baseline;
  if (!bench.baseline.empty()) baseline = ReadBaseline(bench.baseline);
  CheckOutput(bench.output);
  const BenchReport report = RunIalsBench(bench.request, progress);
  std::vector<BenchComparison> comparisons;
  if (baseline) comparisons = CompareReports(*baseline, report, max_regress);
  const std::string json = ReportJson(report, comparisons);
  if (!bench.output.empty()) WriteReport(bench.output, json);
  if (bench.json) {
    WriteOutput(json);
  } else {
    WriteOutput(Heading(report) + ResultTable(report) + KernelTable(report));
    if (!comparisons.empty()) {
      WriteOutput(ComparisonTable(bench.baseline, report, comparisons));
    }
  }
  if (baseline && comparisons.empty()) {
    FlushOutput();
    throw DataError("--baseline " + bench.baseline + ": it has nothing of this run (" +
                    report.shape + " on " + report.facts.model +
                    "); expected one result at least of the same shape, device, solver, dimension "
                    "and options: make a new baseline with -o");
  }
  std::string slower;
  for (const BenchComparison& each : comparisons) {
    if (!each.slower) continue;
    slower += (slower.empty() ? "" : "; ") + each.solver + " with " + std::to_string(each.factors) +
              " factors is " + FixedText(100 * (each.ratio() - 1), 1) + " % slower than in " +
              bench.baseline;
  }
  if (slower.empty()) return static_cast<int>(ExitCode::kDone);
  FlushOutput();
  throw Error(ExitCode::kRequirement, slower + "; allowed: " + bench.max_regress);
}

}  // namespace

void AddBenchCommand(CLI::App& app, CommandContext& context) {
  CLI::App* bench = app.add_subcommand("bench", "Verify, then time what this machine can do");
  bench->require_subcommand(1);
  CLI::App* command = bench->add_subcommand(
      "ials", "Epochs of iALS: median time, flops, bytes, share of the roofline");
  const auto state = std::make_shared<BenchCommand>();
  context.options.Add(*command, FieldsOf(state->request));
  context.options.Add(*command, CommonFieldsOf(state->request), "Model", "ials");
  command->add_flag("--json", state->json, "print JSON (bench/README.md documents it)");
  command->add_option("-o,--output", state->output, "write the JSON to a file")->type_name("FILE");
  command
      ->add_option("--baseline", state->baseline, "compare medians with those of an earlier JSON")
      ->type_name("FILE");
  command
      ->add_option("--max-regress", state->max_regress,
                   "exit 7 where a median exceeds the baseline's by more [5%]")
      ->type_name("PERCENT");
  command->callback([state, &context] {
    context.action = [state, &context] { return RunBench(*state, *context.progress); };
  });
}

}  // namespace tidewright
