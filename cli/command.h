#ifndef TIDEWRIGHT_CLI_COMMAND_H_
#define TIDEWRIGHT_CLI_COMMAND_H_

#include <functional>
#include <string>

#include "cli/options.h"
#include "host/core/progress.h"

namespace CLI {
class App;
}

namespace tidewright {

// What a command is given, and what it gives back. A command is one function
//
//   void AddXCommand(CLI::App& app, CommandContext& context);
//
// that adds its subcommand to `app` with a callback which only sets `action`: the closure that does
// the work and returns the exit code. main runs it once everything has been parsed and the options
// that every command has (--threads, --simd, --log-format) are in force. Errors are thrown.
struct CommandContext {
  Progress* progress = &SilentProgress();  // the real one by the time the action runs
  OptionTable options;                     // flags that environment and run file may set, too
  std::string run_file;                    // --config, where the command has it
  std::function<int()> action;
};

void AddImportCommand(CLI::App& app, CommandContext& context);
void AddInspectCommand(CLI::App& app, CommandContext& context);
void AddTrainCommand(CLI::App& app, CommandContext& context);
void AddEvaluateCommand(CLI::App& app, CommandContext& context);
// The subcommands of `train` that learn from a table.
void AddClassifiers(CLI::App& train, CommandContext& context);
// train bgnbd.
void AddBgnbd(CLI::App& train, CommandContext& context);
// train hazard.
void AddHazard(CLI::App& train, CommandContext& context);
void AddScoreCommand(CLI::App& app, CommandContext& context);
void AddRecommendCommand(CLI::App& app, CommandContext& context);
void AddExportCommand(CLI::App& app, CommandContext& context);
void AddExplainCommand(CLI::App& app, CommandContext& context);
void AddBenchCommand(CLI::App& app, CommandContext& context);
void AddDoctorCommand(CLI::App& app, CommandContext& context);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CLI_COMMAND_H_
