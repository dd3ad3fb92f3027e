#ifndef TIDEWRIGHT_CLI_EXPLANATION_TEXT_H_
#define TIDEWRIGHT_CLI_EXPLANATION_TEXT_H_

#include <cstdint>
#include <string>

#include "host/train/explain_items_job.h"
#include "host/train/explain_score_job.h"

namespace tidewright {

// Reasons in words and numbers, the `top` largest a line each and the others together.
std::string ExplanationText(const ExplainScoreRequest& request, const ScoreExplanations& result,
                            int64_t top);
std::string ExplanationText(const ExplainItemsRequest& request, const ItemExplanations& result,
                            int64_t top);

// All of them, for programs.
std::string ExplanationJson(const ExplainScoreRequest& request, const ScoreExplanations& result);
std::string ExplanationJson(const ExplainItemsRequest& request, const ItemExplanations& result);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CLI_EXPLANATION_TEXT_H_
