#ifndef TIDEWRIGHT_HOST_PLOT_RETENTION_PLOT_H_
#define TIDEWRIGHT_HOST_PLOT_RETENTION_PLOT_H_

#include <string>
#include <vector>

#include "host/metrics/retention.h"

namespace tidewright {

// `cut_short_at` says where the last month ends early, as CutShortAt does: its shares are marked.

// For a terminal: a row a cohort, with the percentage that was active so many months later.
std::string DrawRetention(const std::vector<Cohort>& cohorts, const std::string& cut_short_at = "");

// The same as a triangle of shaded cells: one SVG file that needs nothing else. `title` is any
// text.
std::string RetentionSvg(const std::vector<Cohort>& cohorts, const std::string& title,
                         const std::string& cut_short_at = "");

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_PLOT_RETENTION_PLOT_H_
