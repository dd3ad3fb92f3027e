#ifndef TIDEWRIGHT_CLI_CONSOLE_PROGRESS_H_
#define TIDEWRIGHT_CLI_CONSOLE_PROGRESS_H_

#include <memory>
#include <string>

#include "host/core/progress.h"

namespace tidewright {

enum class LogFormat { kText, kJson };

// Messages go to standard error: a bar that is redrawn where that is a terminal, a line an epoch
// and every few seconds of a long step otherwise, or one JSON object a line.
std::unique_ptr<Progress> MakeConsoleProgress(LogFormat format);

// The one line that an error is.
std::string ErrorLine(LogFormat format, const std::string& message, int exit_code);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CLI_CONSOLE_PROGRESS_H_
