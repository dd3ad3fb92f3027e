#include "cli/signals.h"

#include <csignal>

namespace tidewright {
namespace {

StopFlag stop_flag;

void RequestStop(int) { stop_flag.Request(); }

}  // namespace

const StopFlag& StopOnSignals() {
  struct sigaction action = {};
  action.sa_handler = RequestStop;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  sigemptyset(&action.sa_mask);
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  return stop_flag;
}

}  // namespace tidewright
