#include <CLI/CLI.hpp>
#include <memory>

#include "cli/command.h"
#include "cli/hash_ids.h"
#include "host/core/errors.h"
#include "host/export/export_job.h"
#include "host/export/export_options.h"

namespace tidewright {
namespace {

int RunExport(const ExportRequest& request, Progress& progress) {
  RunExportJob(request, progress);
  progress.Note("wrote " + request.output);
  return static_cast<int>(ExitCode::kDone);
}

}  // namespace

void AddExportCommand(CLI::App& app, CommandContext& context) {
  CLI::App* command =
      app.add_subcommand("export", "Write the model of an artifact as a serving system reads it");
  const auto request = std::make_shared<ExportRequest>();
  command->add_option("DIR", request->artifact, "the artifact")->required()->type_name("");
  std::string formats;
  for (const ExportFormat& format : ExportFormats()) {
    formats += (formats.empty() ? "" : "; ") + format.name + ": " + format.description;
  }
  command->add_option("--format", request->format, formats)->required()->type_name("FORMAT");
  command->add_option("-o,--output", request->output, "the file or directory to write")
      ->required()
      ->type_name("OUT");
  command->add_flag("--overwrite", request->overwrite, "replace the output where it exists");
  context.options.Add(*command, FieldsOf(*request));
  AddHashIds(*command, context, &request->hash_ids);
  command->callback([request, command, &context] {
    context.action = [request, command, &context] {
      CheckHashIds(*command, request->hash_ids);
      return RunExport(*request, *context.progress);
    };
  });
}

}  // namespace tidewright
