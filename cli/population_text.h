#ifndef TIDEWRIGHT_CLI_POPULATION_TEXT_H_
#define TIDEWRIGHT_CLI_POPULATION_TEXT_H_

#include <string>

#include "host/metrics/cohort_rate.h"
#include "host/train/classifier_evaluate_job.h"

namespace tidewright {

// Who was judged: the cohort's rate, its groups, and how far it has drifted from the training.

// "1,869.0 of 7,043 expected (26.5 %), 95 % prediction interval 25.6 % to 27.5 %".
std::string CohortText(const CohortRate& cohort);

// Each ends with a line break; empty where there is nothing to say.
std::string ObservedText(const ClassifierEvaluateReport& report);
std::string GroupTables(const GroupReport& report);
std::string DriftTable(const ClassifierEvaluateReport& report);

// The same for programs: an object of lists by what the groups are of, and a JSON object with the
// keys cohort, drift and groups.
std::string GroupsJson(const GroupReport& report);
std::string PopulationJson(const ClassifierEvaluateReport& report);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CLI_POPULATION_TEXT_H_
