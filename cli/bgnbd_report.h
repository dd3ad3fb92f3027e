#ifndef TIDEWRIGHT_CLI_BGNBD_REPORT_H_
#define TIDEWRIGHT_CLI_BGNBD_REPORT_H_

#include <string>

#include "host/train/bgnbd_customers.h"

namespace tidewright {

// What evaluate says of a BG/NBD model, for people and for programs.
std::string BgnbdTable(const BgnbdEvaluation& evaluation);
std::string BgnbdJson(const BgnbdQuestion& question, const BgnbdEvaluation& evaluation,
                      const std::vector<Requirement>& requirements);

// What explain says.
std::string BgnbdExplanationJson(const BgnbdQuestion& question, const std::string& user,
                                 const BgnbdExplanation& explanation);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CLI_BGNBD_REPORT_H_
