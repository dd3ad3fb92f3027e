#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/text.h"
#include "host/backend/backend.h"
#include "host/backend/cpu_meter.h"
#include "host/core/build_info.h"
#include "host/core/parallel.h"
#include "host/data/hdf5/library_version.h"
#include "host/linalg/simd.h"

namespace tidewright {
namespace {

std::string Row(const std::string& name, const std::string& value) {
  return PadRight(name, 12) + value + "\n";
}

std::string SimdText() {
  std::string text = SimdTarget();
  for (const std::string& target : AvailableSimdTargets()) {
    if (target != SimdTarget()) text += ", " + target;
  }
  return text;
}

int RunDoctor() {
  const Backend& cuda = CudaBackend();
  WriteOutput(Row("tidewright", BuildVersion()) + Row("processor", ProcessorName()) +
              Row("simd", SimdText()) + Row("threads", std::to_string(NumThreads())) +
              Row("hdf5", Hdf5Version()) +
              Row("cuda", cuda.unavailable.empty() ? cuda.name + ": " + cuda.description
                                                   : "not available: " + cuda.unavailable));
  return 0;
}

}  // namespace

void AddDoctorCommand(CLI::App& app, CommandContext& context) {
  CLI::App* command = app.add_subcommand("doctor", "Say what this program can use on this machine");
  command->callback([&context] { context.action = RunDoctor; });
}

}  // namespace tidewright
