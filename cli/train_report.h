#ifndef TIDEWRIGHT_CLI_TRAIN_REPORT_H_
#define TIDEWRIGHT_CLI_TRAIN_REPORT_H_

#include <string>

#include "cli/text.h"
#include "host/core/errors.h"

namespace tidewright {

// Throws UsageError where a training was given no place for its artifact.
inline void RequireOutput(const std::string& output) {
  if (!output.empty()) return;
  throw UsageError("--output is missing: the directory that the artifact is to be");
}

// "trained 12 epochs in 3.4 s, loss 0.4123; kept epoch 9 with auc 0.8412"; `metric` is the one that
// was watched.
template <class Report>
std::string TrainedLine(const Report& report, const std::string& metric) {
  std::string line = "trained " + std::to_string(report.epochs) +
                     (report.epochs == 1 ? " epoch in " : " epochs in ") +
                     DurationText(report.seconds) + ", loss " + SignificantText(report.loss);
  if (report.best_validation) {
    line += "; kept epoch " + std::to_string(report.best_epoch) + " with " + metric + " " +
            FixedText(*report.best_validation, 4);
  }
  return line;
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_CLI_TRAIN_REPORT_H_
