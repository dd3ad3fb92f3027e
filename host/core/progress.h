#ifndef TIDEWRIGHT_HOST_CORE_PROGRESS_H_
#define TIDEWRIGHT_HOST_CORE_PROGRESS_H_

#include <cstdint>
#include <optional>
#include <string>

namespace tidewright {

// One finished epoch, as a person or a program wants to see it.
struct EpochProgress {
  int epoch = 0;  // counts from 1
  int epochs = 0;
  double loss = 0;
  std::optional<double> validation;  // the metric that early stopping watches
  std::string validation_name;       // "ndcg@20"
  bool best = false;
  double seconds = 0;  // this epoch
  double seconds_left = 0;
};

// Where the library reports what it is doing. The command line draws it (a bar on a terminal, lines
// or JSON lines otherwise); the default says nothing. Called from one thread at a time.
class Progress {
 public:
  virtual ~Progress() = default;
  // One line for the reader: what was chosen and why, what was dropped.
  virtual void Note(const std::string& /*message*/) {}
  virtual void Warn(const std::string& /*message*/) {}
  // How far a long step has come: done of total (0: not known), in `unit` ("lines", "rows").
  virtual void Step(const std::string& /*what*/, int64_t /*done*/, int64_t /*total*/,
                    const std::string& /*unit*/) {}
  virtual void Epoch(const EpochProgress& /*epoch*/) {}
};

Progress& SilentProgress();

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_PROGRESS_H_
