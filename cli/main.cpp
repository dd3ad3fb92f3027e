#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <new>
#include <string>
#include <string_view>

#include "cli/command.h"
#include "cli/console_progress.h"
#include "cli/output.h"
#include "cli/usage.h"
#include "host/backend/device_memory.h"
#include "host/core/build_info.h"
#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/linalg/simd.h"

namespace tidewright {
namespace {

// What every command takes.
struct GlobalOptions {
  int64_t threads = 0;
  std::string simd = "auto";
  double device_memory = 0;
  std::string log_format = "text";
};

ConfigFields FieldsOf(GlobalOptions& options) {
  return {
      {"threads",
       &options.threads,
       "threads to use; 0: the cores this process may run on",
       0,
       4096,
       {}},
      {"simd",
       &options.simd,
       "instruction set of the kernels, one of those that doctor names",
       0,
       0,
       {}},
      {"device-memory",
       &options.device_memory,
       "GB of a GPU's memory to use at most; 0: what is free. What of ials does not fit is "
       "streamed",
       0,
       1e6,
       {}},
      {"log-format", &options.log_format, "messages on standard error", 0, 0, {"text", "json"}},
  };
}

void AddGlobalOptions(CLI::App& app, GlobalOptions& globals, OptionTable& options) {
  ConfigFields fields;
  for (const ConfigField& field : FieldsOf(globals)) {
    if (app.get_option_no_throw("--" + field.name) == nullptr) fields.push_back(field);
  }
  options.Add(app, fields, "Options of every command");
  for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) {
    AddGlobalOptions(*command, globals, options);
  }
}

// Known before the arguments are parsed, so that a mistake in them is told as asked.
LogFormat FormatAskedFor(int argc, const char* const* argv) {
  const char* variable = std::getenv("TIDEWRIGHT_LOG_FORMAT");
  std::string format = variable == nullptr ? "" : variable;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    constexpr std::string_view kFlag = "--log-format";
    if (argument == kFlag && i + 1 < argc) format = argv[i + 1];
    if (argument.substr(0, kFlag.size() + 1) == "--log-format=") {
      format = argument.substr(kFlag.size() + 1);
    }
  }
  return format == "json" ? LogFormat::kJson : LogFormat::kText;
}

int Run(int argc, const char* const* argv, LogFormat* format) {
  *format = FormatAskedFor(argc, argv);
  CLI::App app("Recommenders and churn models from one interaction log in HDF5.", "tidewright");
  app.require_subcommand(1);
  app.set_version_flag("--version", "tidewright " + BuildVersion());
  CommandContext context;
  AddImportCommand(app, context);
  AddInspectCommand(app, context);
  AddTrainCommand(app, context);
  AddEvaluateCommand(app, context);
  AddRecommendCommand(app, context);
  AddExplainCommand(app, context);
  AddExportCommand(app, context);
  AddScoreCommand(app, context);
  AddBenchCommand(app, context);
  AddDoctorCommand(app, context);
  GlobalOptions globals;
  AddGlobalOptions(app, globals, context.options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForVersion& version) {
    WriteOutput(std::string(version.what()) + "\n");
    return static_cast<int>(ExitCode::kDone);
  } catch (const CLI::Success&) {
    WriteOutput(app.help());
    return static_cast<int>(ExitCode::kDone);
  } catch (const CLI::Error& error) {
    throw UsageError(ExplainUsage(app, argc, argv, error.what()));
  }
  context.options.Resolve(context.run_file.empty() ? RunFile{} : ReadRunFile(context.run_file));
  *format = globals.log_format == "json" ? LogFormat::kJson : LogFormat::kText;
  if (globals.simd != "auto") PinSimdTarget(globals.simd);
  SetNumThreads(static_cast<int>(globals.threads));
  SetDeviceMemoryLimit(static_cast<int64_t>(1e9 * globals.device_memory));
  const std::unique_ptr<Progress> progress = MakeConsoleProgress(*format);
  context.progress = progress.get();
  for (const std::string& line : context.options.UnknownVariables()) progress->Warn(line);
  const int exit_code = context.action();
  FlushOutput();
  return exit_code;
}

int Report(LogFormat format, const std::string& message, ExitCode code) {
  const std::string line = ErrorLine(format, message, static_cast<int>(code));
  std::fwrite(line.data(), 1, line.size(), stderr);
  return static_cast<int>(code);
}

}  // namespace
}  // namespace tidewright

int main(int argc, char** argv) {
  using tidewright::ExitCode;
  // A reader that goes away is seen where it is written to; it must not end a training run.
  std::signal(SIGPIPE, SIG_IGN);
  tidewright::LogFormat format = tidewright::LogFormat::kText;
  try {
    return tidewright::Run(argc, argv, &format);
  } catch (const tidewright::OutputClosed&) {
    return static_cast<int>(ExitCode::kDone);
  } catch (const tidewright::Error& error) {
    return tidewright::Report(format, error.what(), error.exit_code());
  } catch (const std::bad_alloc&) {
    return tidewright::Report(format,
                              "out of memory; --dry-run of train says what a run needs, and fewer "
                              "--factors need less",
                              ExitCode::kDevice);
  } catch (const std::exception& error) {
    return tidewright::Report(format, error.what(), ExitCode::kIo);
  }
}
