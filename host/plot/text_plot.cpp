#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "host/plot/classification_plot.h"
#include "host/plot/plot_parts.h"

namespace tidewright {
namespace {

constexpr int kCanvasColumns = 52;
constexpr int kCanvasRows = 12;
constexpr int kBarColumns = 40;

std::string Utf8(uint32_t code) {
  std::string text;
  text += static_cast<char>(0xe0 | (code >> 12));
  text += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
  text += static_cast<char>(0x80 | (code & 0x3f));
  return text;
}

// Dots of Unicode's braille patterns: 2 x 4 a character; (0, 0) is the lower left dot.
class Canvas {
 public:
  static constexpr int kWidth = 2 * kCanvasColumns;
  static constexpr int kHeight = 4 * kCanvasRows;

  Canvas() : cells_(static_cast<size_t>(kCanvasColumns * kCanvasRows), 0) {}

  void Set(int x, int y) {
    constexpr uint8_t kBits[2][4] = {{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}};
    const int from_top = kHeight - 1 - y;
    cells_[static_cast<size_t>(from_top / 4 * kCanvasColumns + x / 2)] |=
        kBits[x % 2][from_top % 4];
  }

  // y and x in [0, 1].
  void Draw(const std::vector<CurvePoint>& curve) {
    int before = DotOf(0);
    for (int x = 0; x < kWidth; ++x) {
      const int y = DotOf(CurveHeight(curve, static_cast<double>(x) / (kWidth - 1)));
      for (int dot = std::min(before + 1, y); dot <= y; ++dot) Set(x, dot);
      before = y;
    }
  }

  void DrawDiagonal() {
    for (int x = 0; x < kWidth; x += 4) Set(x, DotOf(static_cast<double>(x) / (kWidth - 1)));
  }

  std::string Row(int row) const {
    std::string text;
    for (int column = 0; column < kCanvasColumns; ++column) {
      const uint8_t cell = cells_[static_cast<size_t>(row * kCanvasColumns + column)];
      text += cell == 0 ? " " : Utf8(0x2800u + cell);
    }
    return text;
  }

 private:
  static int DotOf(double y) {
    return static_cast<int>(std::lround(std::clamp(y, 0.0, 1.0) * (kHeight - 1)));
  }

  std::vector<uint8_t> cells_;
};

std::string WithoutTrailingSpaces(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string Framed(const Canvas& canvas, const std::string& x_name) {
  std::string text;
  for (int row = 0; row < kCanvasRows; ++row) {
    const std::string label = row == 0 ? "100 % ┤" : row == kCanvasRows - 1 ? "  0 % ┤" : "      │";
    text += WithoutTrailingSpaces(label + canvas.Row(row));
  }
  std::string axis = "       0 %";
  const std::string last = "100 %";
  const int room = kCanvasColumns - 3 - static_cast<int>(last.size() + x_name.size());
  axis += std::string(static_cast<size_t>(room / 2), ' ') + x_name;
  axis += std::string(static_cast<size_t>(room - room / 2), ' ') + last;
  return text + axis + "\n";
}

std::string Header(const std::string& name, const std::string& measure, const std::string& value) {
  return name + (value.empty() ? "" : "   " + measure + " " + value) + "\n";
}

std::string RocText(const ClassificationReport& report) {
  Canvas canvas;
  canvas.DrawDiagonal();
  canvas.Draw(report.roc);
  return Header("ROC: churners found", "AUC", ValueText(report, "auc")) +
         Framed(canvas, "others taken for churners");
}

std::string GainText(const ClassificationReport& report) {
  Canvas canvas;
  canvas.DrawDiagonal();
  canvas.Draw(report.gain);
  std::string text = Header("Gain: churners reached", "lift@10%", ValueText(report, "lift@10%")) +
                     Framed(canvas, "customers contacted");
  for (const Budget& budget : BudgetsOf(report)) {
    text += Short(100 * budget.share) + " % contacted reach " +
            Fixed(100 * budget.reached.mean, 1) + " % [" + Fixed(100 * budget.reached.low, 1) +
            ", " + Fixed(100 * budget.reached.high, 1) + "] of churners\n";
  }
  return text;
}

// One line a bin: its interval, the share observed and the mean probability on one scale.
std::string ReliabilityLine(const CalibrationBin& bin, double limit) {
  const auto column = [limit](double value) {
    return static_cast<int>(std::lround(std::min(value / limit, 1.0) * (kBarColumns - 1)));
  };
  std::vector<std::string> cells(kBarColumns, " ");
  for (int i = column(bin.low); i <= column(bin.high); ++i) cells[i] = "─";
  const int predicted = column(bin.predicted);
  const int observed = column(bin.observed);
  cells[predicted] = "◇";
  cells[observed] = predicted == observed ? "◆" : "●";
  std::string line = Fixed(bin.predicted, 3, 9) + Fixed(bin.observed, 3, 10) + " ";
  for (const std::string& cell : cells) line += cell;
  return WithoutTrailingSpaces(line);
}

std::string ReliabilityText(const ClassificationReport& report) {
  const double limit = ReliabilityLimit(report);
  std::string text = Header("Reliability", "ECE", ValueText(report, "ece"));
  text += "predicted  observed ● observed, ─ its 95 %, ◇ predicted\n";
  for (const CalibrationBin& bin : report.calibration) text += ReliabilityLine(bin, limit);
  const std::string last = Fixed(limit, 1);
  return text + std::string(20, ' ') + "0" + std::string(kBarColumns - 1 - last.size(), ' ') +
         last + "\n";
}

}  // namespace

std::string DrawClassification(const ClassificationReport& report) {
  return RocText(report) + "\n" + ReliabilityText(report) + "\n" + GainText(report);
}

}  // namespace tidewright
