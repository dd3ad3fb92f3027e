#include "cli/console_progress.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "cli/text.h"
#include "host/core/clock.h"

namespace tidewright {
namespace {

using Json = nlohmann::ordered_json;

std::string JsonLine(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// One write a line, so that lines of several processes do not mix.
void WriteError(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stderr); }

// True at most once every `seconds`, and not before they have passed for the first time.
class Throttle {
 public:
  explicit Throttle(double seconds) : seconds_(seconds) {}
  bool Due() {
    const Clock::time_point now = Clock::now();
    if (std::chrono::duration<double>(now - last_).count() < seconds_) return false;
    last_ = now;
    return true;
  }

 private:
  double seconds_;
  Clock::time_point last_ = Clock::now();
};

std::string EpochText(const EpochProgress& epoch) {
  std::string text = "epoch " + std::to_string(epoch.epoch) + "/" + std::to_string(epoch.epochs) +
                     "  loss " + SignificantText(epoch.loss);
  if (epoch.validation) {
    text += "  " + epoch.validation_name + " " + FixedText(*epoch.validation, 4);
    if (epoch.best) text += " (best)";
  }
  text += "  " + DurationText(epoch.seconds) + " an epoch";
  if (epoch.epoch < epoch.epochs) text += ", " + DurationText(epoch.seconds_left) + " left";
  return text;
}

std::string StepText(const std::string& what, int64_t done, int64_t total,
                     const std::string& unit) {
  std::string text = what + "  " + std::to_string(done) + " " + unit;
  if (total > 0) {
    text +=
        ", " + FixedText(100.0 * static_cast<double>(done) / static_cast<double>(total), 0) + " %";
  }
  return text;
}

class LineProgress : public Progress {
 public:
  void Note(const std::string& message) override { WriteError(message + "\n"); }
  void Warn(const std::string& message) override { WriteError("warning: " + message + "\n"); }
  void Step(const std::string& what, int64_t done, int64_t total,
            const std::string& unit) override {
    if (step_.Due()) WriteError(StepText(what, done, total, unit) + "\n");
  }
  void Epoch(const EpochProgress& epoch) override {
    const bool short_run = epoch.epochs <= 32;
    if (short_run || epoch.epoch == epoch.epochs || epoch_.Due()) {
      WriteError(EpochText(epoch) + "\n");
    }
  }

 private:
  Throttle step_{5};
  Throttle epoch_{2};
};

class JsonProgress : public Progress {
 public:
  void Note(const std::string& message) override {
    WriteError(JsonLine({{"event", "note"}, {"message", message}}) + "\n");
  }
  void Warn(const std::string& message) override {
    WriteError(JsonLine({{"event", "warning"}, {"message", message}}) + "\n");
  }
  void Step(const std::string& what, int64_t done, int64_t total,
            const std::string& unit) override {
    if (!step_.Due()) return;
    Json line{{"event", "step"}, {"step", what}, {"done", done}, {"unit", unit}};
    if (total > 0) line["total"] = total;
    WriteError(JsonLine(line) + "\n");
  }
  void Epoch(const EpochProgress& epoch) override {
    Json line{
        {"event", "epoch"}, {"epoch", epoch.epoch}, {"epochs", epoch.epochs}, {"loss", epoch.loss}};
    if (epoch.validation) {
      line[epoch.validation_name] = *epoch.validation;
      line["best"] = epoch.best;
    }
    line["seconds"] = epoch.seconds;
    line["seconds_left"] = epoch.seconds_left;
    WriteError(JsonLine(line) + "\n");
  }

 private:
  Throttle step_{5};
};

// The bar is the last line of the terminal; whatever else is written goes above it.
class BarProgress : public Progress {
 public:
  BarProgress() : colour_(std::getenv("NO_COLOR") == nullptr) {}
  ~BarProgress() override { KeepBar(); }

  void Note(const std::string& message) override {
    KeepBar();
    WriteError(message + "\n");
  }
  void Warn(const std::string& message) override {
    KeepBar();
    WriteError((colour_ ? "\x1b[33mwarning:\x1b[0m " : "warning: ") + message + "\n");
  }
  void Step(const std::string& what, int64_t done, int64_t total,
            const std::string& unit) override {
    const bool last = total > 0 && done >= total;
    if (!step_.Due() && !(last && drawn_)) return;
    const double share = total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 0;
    Draw(share, StepText(what, done, total, unit));
    if (last) KeepBar();
  }
  void Epoch(const EpochProgress& epoch) override {
    Draw(static_cast<double>(epoch.epoch) / std::max(epoch.epochs, 1), EpochText(epoch));
    if (epoch.epoch >= epoch.epochs) KeepBar();
  }

 private:
  void Draw(double share, const std::string& text) {
    constexpr int kWidth = 24;
    const int full = std::clamp(static_cast<int>(share * kWidth), 0, kWidth);
    std::string bar(static_cast<size_t>(full), '#');
    if (colour_) bar = "\x1b[36m" + bar + "\x1b[0m";
    bar += std::string(static_cast<size_t>(kWidth - full), '.');
    WriteError("\r\x1b[K[" + bar + "] " + text);
    drawn_ = true;
  }
  void KeepBar() {
    if (drawn_) WriteError("\n");
    drawn_ = false;
  }

  bool colour_;
  bool drawn_ = false;
  Throttle step_{0.2};
};

}  // namespace

std::unique_ptr<Progress> MakeConsoleProgress(LogFormat format) {
  if (format == LogFormat::kJson) return std::make_unique<JsonProgress>();
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal != nullptr && std::string(terminal) == "dumb";
  if (isatty(STDERR_FILENO) && !dumb) return std::make_unique<BarProgress>();
  return std::make_unique<LineProgress>();
}

std::string ErrorLine(LogFormat format, const std::string& message, int exit_code) {
  std::string line = message;
  std::replace(line.begin(), line.end(), '\n', ' ');
  if (format == LogFormat::kText) return "tidewright: " + line + "\n";
  return JsonLine({{"event", "error"}, {"message", line}, {"exit_code", exit_code}}) + "\n";
}

}  // namespace tidewright
