#ifndef TIDEWRIGHT_CLI_USAGE_H_
#define TIDEWRIGHT_CLI_USAGE_H_

#include <string>

namespace CLI {
class App;
}

namespace tidewright {

// One line on why the arguments were not accepted: the unknown flag or command with the nearest
// known one, or what the parser says of them.
std::string ExplainUsage(const CLI::App& app, int argc, const char* const* argv,
                         const std::string& parser_message);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CLI_USAGE_H_
