#include <algorithm>
#include <string>
#include <vector>

#include "host/plot/classification_plot.h"
#include "host/plot/plot_parts.h"
#include "host/plot/svg_parts.h"

namespace tidewright {
namespace {

// Pixels: three panels side by side.
constexpr double kSide = 240;  // of a panel's square
constexpr double kLeft = 62;   // of the first square
constexpr double kTop = 72;
constexpr double kPanel = 320;  // from one square to the next
constexpr double kWidth = 3 * kPanel + 20;
constexpr double kHeight = 372;

// Both sets of colours keep a contrast of at least 4.5 between text and background.
constexpr char kStyle[] =
    "<style>\n"
    "svg{font:12px system-ui,sans-serif}\n"
    ".paper{fill:#fff}.text{fill:#1f2328}.faint{fill:#57606a}\n"
    ".frame{fill:none;stroke:#8c959f}.grid{stroke:#d8dee4}\n"
    ".chance{fill:none;stroke:#6e7781;stroke-dasharray:4 4}\n"
    ".curve{fill:none;stroke:#0969da;stroke-width:2;stroke-linejoin:round}\n"
    ".bar{stroke:#0969da;stroke-width:1.5}.point{fill:#0969da}\n"
    "@media(prefers-color-scheme:dark){\n"
    ".paper{fill:#0d1117}.text{fill:#e6edf3}.faint{fill:#9198a1}\n"
    ".frame{stroke:#656c76}.grid{stroke:#2a313c}.chance{stroke:#9198a1}\n"
    ".curve,.bar{stroke:#4493f8}.point{fill:#4493f8}}\n"
    "</style>\n";

std::string Pixel(double value) { return Fixed(value, 2); }

std::string Line(double x1, double y1, double x2, double y2, const std::string& kind) {
  return "<line x1=\"" + Pixel(x1) + "\" y1=\"" + Pixel(y1) + "\" x2=\"" + Pixel(x2) + "\" y2=\"" +
         Pixel(y2) + "\" class=\"" + kind + "\"/>\n";
}

// One square with axes from 0 to `limit` both ways.
class Panel {
 public:
  Panel(int index, double limit) : left_(kLeft + index * kPanel), limit_(limit) {}

  double X(double value) const { return left_ + std::min(value / limit_, 1.0) * kSide; }
  double Y(double value) const { return kTop + kSide - std::min(value / limit_, 1.0) * kSide; }

  std::string Frame(const std::string& name, const std::string& value, const std::string& x_name,
                    const std::string& y_name) const {
    std::string svg;
    svg += SvgText(left_, kTop - 26, "class=\"text\" font-weight=\"600\"", name + ": " + y_name);
    svg += SvgText(left_, kTop - 9, "class=\"faint\"", value);
    for (int tick = 0; tick <= 4; ++tick) {
      const double at = limit_ * tick / 4;
      const std::string label = Short(100 * at) + " %";
      if (tick > 0 && tick < 4) {
        svg += Line(X(at), kTop, X(at), kTop + kSide, "grid");
        svg += Line(left_, Y(at), left_ + kSide, Y(at), "grid");
      }
      svg += SvgText(X(at), kTop + kSide + 17, "class=\"faint\" text-anchor=\"middle\"", label);
      svg += SvgText(left_ - 7, Y(at) + 4, "class=\"faint\" text-anchor=\"end\"", label);
    }
    svg += "<rect x=\"" + Pixel(left_) + "\" y=\"" + Pixel(kTop) + "\" width=\"" + Pixel(kSide) +
           "\" height=\"" + Pixel(kSide) + "\" class=\"frame\"/>\n";
    svg += SvgText(left_ + kSide / 2, kTop + kSide + 38, "class=\"text\" text-anchor=\"middle\"",
                   x_name);
    return svg;
  }

  std::string Curve(const std::vector<CurvePoint>& curve, const std::string& kind) const {
    std::string svg = "<polyline class=\"" + kind + "\" points=\"";
    for (const CurvePoint& point : curve) svg += Pixel(X(point.x)) + "," + Pixel(Y(point.y)) + " ";
    svg.back() = '"';
    return svg + "/>\n";
  }

  // A dot that says on hovering what it is.
  std::string Dot(double x, double y, const std::string& said) const {
    return "<circle cx=\"" + Pixel(X(x)) + "\" cy=\"" + Pixel(Y(y)) +
           "\" r=\"3.5\" class=\"point\"><title>" + SvgEscaped(said) + "</title></circle>\n";
  }

 private:
  double left_;
  double limit_;
};

std::string RocSvg(const ClassificationReport& report) {
  const Panel panel(0, 1);
  return panel.Frame("ROC", "AUC " + ValueText(report, "auc"), "others taken for churners",
                     "churners found") +
         panel.Curve({{0, 0}, {1, 1}}, "chance") + panel.Curve(report.roc, "curve");
}

std::string ReliabilitySvg(const ClassificationReport& report) {
  const double limit = ReliabilityLimit(report);
  const Panel panel(1, limit);
  std::string svg = panel.Frame("Reliability", "ECE " + ValueText(report, "ece"),
                                "predicted probability", "share that churned") +
                    panel.Curve({{0, 0}, {limit, limit}}, "chance");
  for (const CalibrationBin& bin : report.calibration) {
    const double x = panel.X(bin.predicted);
    svg += Line(x, panel.Y(bin.low), x, panel.Y(bin.high), "bar");
    svg += panel.Dot(bin.predicted, bin.observed,
                     "predicted " + Fixed(bin.predicted, 3) + ", observed " +
                         Fixed(bin.observed, 3) + " [" + Fixed(bin.low, 3) + ", " +
                         Fixed(bin.high, 3) + "], rows " + Fixed(bin.rows, 0));
  }
  return svg;
}

std::string GainSvg(const ClassificationReport& report) {
  const Panel panel(2, 1);
  std::string svg = panel.Frame("Gain", "lift@10% " + ValueText(report, "lift@10%"),
                                "customers contacted", "churners reached") +
                    panel.Curve({{0, 0}, {1, 1}}, "chance") + panel.Curve(report.gain, "curve");
  for (const Budget& budget : BudgetsOf(report)) {
    svg += panel.Dot(budget.share, budget.reached.mean,
                     Short(100 * budget.share) + " % contacted reach " +
                         Fixed(100 * budget.reached.mean, 1) + " % [" +
                         Fixed(100 * budget.reached.low, 1) + ", " +
                         Fixed(100 * budget.reached.high, 1) + "] of churners");
  }
  return svg;
}

}  // namespace

std::string ClassificationSvg(const ClassificationReport& report, const std::string& title) {
  const std::string size = Short(kWidth) + " " + Short(kHeight);
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + size +
         "\" role=\"img\" width=\"" + Short(kWidth) + "\" height=\"" + Short(kHeight) +
         "\">\n<title>" + SvgEscaped(title) + "</title>\n" + kStyle +
         "<rect width=\"100%\" height=\"100%\" class=\"paper\"/>\n" +
         SvgText(kLeft, 24, "class=\"text\" font-size=\"15\" font-weight=\"600\"", title) +
         RocSvg(report) + ReliabilitySvg(report) + GainSvg(report) + "</svg>\n";
}

}  // namespace tidewright
