#include "cli/classifier_plots.h"

#include "host/core/partial_file.h"
#include "host/plot/classification_plot.h"

namespace tidewright {

ConfigFields FieldsOf(ClassifierPlots& plots) {
  return {{"plot",
           &plots.plot,
           "a churn model: draw ROC, reliability and gain in the terminal",
           0,
           0,
           {}},
          {"svg", &plots.svg, "a churn model: write these curves to an SVG file", 0, 0, {}}};
}

void WriteSvg(const ClassifierPlots& plots, const ClassificationReport& report,
              const std::string& title) {
  if (plots.svg.empty()) return;
  PartialFile file(plots.svg);
  file.Write(ClassificationSvg(report, title));
  file.Finish();
}

}  // namespace tidewright
