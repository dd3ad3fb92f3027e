#ifndef TIDEWRIGHT_CLI_SIGNALS_H_
#define TIDEWRIGHT_CLI_SIGNALS_H_

#include "host/core/stop_flag.h"

namespace tidewright {

// From now on the first SIGTERM or SIGINT requests a stop; a second one ends the process as usual.
// For commands that look at the flag; the others keep the default.
const StopFlag& StopOnSignals();

}  // namespace tidewright

#endif  // TIDEWRIGHT_CLI_SIGNALS_H_
