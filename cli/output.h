#ifndef TIDEWRIGHT_CLI_OUTPUT_H_
#define TIDEWRIGHT_CLI_OUTPUT_H_

#include <string_view>

namespace tidewright {

// Thrown where the reader of standard output has gone ("| head"): the program ends without a word.
struct OutputClosed {};

// Results go to standard output. Throws OutputClosed, and IoError where it cannot be written (a
// full disk).
void WriteOutput(std::string_view text);
void FlushOutput();

}  // namespace tidewright

#endif  // TIDEWRIGHT_CLI_OUTPUT_H_
