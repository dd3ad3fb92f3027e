#include "host/plot/retention_plot.h"

#include "host/plot/plot_parts.h"
#include "host/plot/svg_parts.h"

namespace tidewright {
namespace {

constexpr double kCellWidth = 46;
constexpr double kCellHeight = 24;
constexpr double kTriangleLeft = 150;  // of the first cell
constexpr double kTriangleTop = 64;

// Text stands on the paper or on a cell of the lower half of shades, so that both sets of colours
// keep their contrast.
constexpr double kMostOpaque = 0.5;

constexpr char kTriangleStyle[] =
    "<style>\n"
    "svg{font:12px system-ui,sans-serif}\n"
    ".paper{fill:#fff}.text{fill:#1f2328}.faint{fill:#57606a}.cell{fill:#54aeff}\n"
    "@media(prefers-color-scheme:dark){\n"
    ".paper{fill:#0d1117}.text{fill:#e6edf3}.faint{fill:#9198a1}.cell{fill:#1f6feb}}\n"
    "</style>\n";

double ShareOf(const Cohort& cohort, size_t month) {
  return static_cast<double>(cohort.active[month]) / static_cast<double>(cohort.active[0]);
}

std::string CutShortText(const std::string& at) {
  return "of a part of " + at.substr(0, 7) + ": the log ends on " + at;
}

std::string PercentOf(const Cohort& cohort, size_t month) {
  return Fixed(100 * ShareOf(cohort, month), 0);
}

std::string Cell(double x, double y, double share) {
  return "<rect x=\"" + Fixed(x + 1, 2) + "\" y=\"" + Fixed(y + 1, 2) + "\" width=\"" +
         Fixed(kCellWidth - 2, 2) + "\" height=\"" + Fixed(kCellHeight - 2, 2) +
         "\" class=\"cell\" fill-opacity=\"" + Fixed(kMostOpaque * share, 3) + "\"/>\n";
}

}  // namespace

std::string DrawRetention(const std::vector<Cohort>& cohorts, const std::string& cut_short_at) {
  std::string text = "cohort   customers";
  for (size_t month = 1; month < cohorts.size(); ++month) {
    text += Fixed(static_cast<double>(month), 0, 5);
  }
  text += "   months later, % active\n";
  for (const Cohort& cohort : cohorts) {
    text += cohort.month + "  " + Fixed(static_cast<double>(cohort.active[0]), 0, 9);
    for (size_t month = 1; cohort.active[0] > 0 && month < cohort.active.size(); ++month) {
      text += Fixed(100 * ShareOf(cohort, month), 0, 5);
    }
    text += cut_short_at.empty() ? "\n" : "*\n";
  }
  if (!cut_short_at.empty()) text += "* " + CutShortText(cut_short_at) + "\n";
  return text;
}

std::string RetentionSvg(const std::vector<Cohort>& cohorts, const std::string& title,
                         const std::string& cut_short_at) {
  const auto count = static_cast<double>(cohorts.size());
  const std::string width = Fixed(kTriangleLeft + count * kCellWidth + 20, 0);
  const std::string height =
      Fixed(kTriangleTop + count * kCellHeight + (cut_short_at.empty() ? 20 : 44), 0);
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + width + "\" height=\"" +
                    height + "\" viewBox=\"0 0 " + width + " " + height + "\">\n" + kTriangleStyle +
                    "<rect width=\"100%\" height=\"100%\" class=\"paper\"/>\n" +
                    SvgText(20, 26, "class=\"text\" font-weight=\"600\"", title) +
                    SvgText(20, kTriangleTop - 8, "class=\"faint\"", "cohort, customers");
  const std::string right = "class=\"faint\" text-anchor=\"end\"";
  const std::string middle = " text-anchor=\"middle\"";
  for (size_t month = 0; month < cohorts.size(); ++month) {
    svg +=
        SvgText(kTriangleLeft + (static_cast<double>(month) + 0.5) * kCellWidth, kTriangleTop - 8,
                "class=\"faint\"" + middle, std::string("+").append(std::to_string(month)));
  }
  double y = kTriangleTop;
  for (const Cohort& cohort : cohorts) {
    const double base = y + kCellHeight / 2 + 4;
    svg += SvgText(20, base, "class=\"text\"", cohort.month) +
           SvgText(kTriangleLeft - 10, base, right, std::to_string(cohort.active[0]));
    for (size_t month = 0; cohort.active[0] > 0 && month < cohort.active.size(); ++month) {
      const bool is_last = !cut_short_at.empty() && month + 1 == cohort.active.size();
      const double x = kTriangleLeft + static_cast<double>(month) * kCellWidth;
      svg += Cell(x, y, ShareOf(cohort, month)) +
             SvgText(x + kCellWidth / 2, base, "class=\"text\"" + middle,
                     PercentOf(cohort, month) + " %" + (is_last ? "*" : ""));
    }
    y += kCellHeight;
  }
  if (!cut_short_at.empty()) {
    svg += SvgText(20, y + kCellHeight, "class=\"faint\"", "* " + CutShortText(cut_short_at));
  }
  return svg + "</svg>\n";
}

}  // namespace tidewright
