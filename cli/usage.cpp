#include "cli/usage.h"

#include <CLI/CLI.hpp>
#include <cctype>
#include <vector>

#include "host/core/config.h"

namespace tidewright {
namespace {

std::string FullName(const CLI::App& app) {
  if (app.get_parent() == nullptr) return "tidewright";
  return FullName(*app.get_parent()) + " " + app.get_name();
}

std::vector<std::string> FlagNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

std::vector<const CLI::App*> Commands(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

// "train logistic has it", of a flag of `app` that only other models of the same command have.
std::string OthersWith(const std::string& flag, const CLI::App& app) {
  const CLI::App* command = app.get_parent();
  if (command == nullptr || command->get_name() != "train") return "";
  std::string owners;
  int count = 0;
  for (const CLI::App* model : Commands(*command)) {
    if (model->get_option_no_throw(flag) == nullptr) continue;
    owners += (owners.empty() ? "train " : ", ") + model->get_name();
    ++count;
  }
  return owners.empty() ? "" : ", which " + owners + (count == 1 ? " has" : " have");
}

bool IsFlag(const std::string& argument) {
  if (argument.size() < 2 || argument[0] != '-') return false;
  return argument[1] != '.' && !std::isdigit(static_cast<unsigned char>(argument[1]));
}

}  // namespace

std::string ExplainUsage(const CLI::App& app, int argc, const char* const* argv,
                         const std::string& parser_message) {
  const CLI::App* current = &app;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--") break;
    if (IsFlag(argument)) {
      const bool is_long = argument[1] == '-';
      const std::string flag =
          is_long ? argument.substr(0, argument.find('=')) : argument.substr(0, 2);
      const CLI::Option* option = current->get_option_no_throw(flag);
      if (option == nullptr) {
        std::string line = "unknown flag " + flag;
        const std::string others = is_long ? OthersWith(flag, *current) : "";
        if (!others.empty()) {
          line += " of " + FullName(*current) + others;
        } else if (is_long) {
          line += DidYouMean(flag, FlagNames(*current));
        }
        return line + "; see " + FullName(*current) + " --help";
      }
      if (option->get_type_size() > 0 && argument == flag) ++i;
      continue;
    }
    const std::vector<const CLI::App*> commands = Commands(*current);
    if (commands.empty()) continue;
    std::vector<std::string> names;
    const CLI::App* chosen = nullptr;
    for (const CLI::App* command : commands) {
      names.push_back(command->get_name());
      if (command->get_name() == argument) chosen = command;
    }
    if (chosen == nullptr) {
      const std::string kind = current->get_name() == "train" ? "model" : "command";
      return "unknown " + kind + " '" + argument + "'" + DidYouMean(argument, names) + "; see " +
             FullName(*current) + " --help";
    }
    current = chosen;
  }
  const bool incomplete = !Commands(*current).empty();
  return (incomplete ? "incomplete command" : parser_message) + "; see " + FullName(*current) +
         " --help";
}

}  // namespace tidewright
