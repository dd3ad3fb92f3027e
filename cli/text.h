#ifndef TIDEWRIGHT_CLI_TEXT_H_
#define TIDEWRIGHT_CLI_TEXT_H_

#include <cstdint>
#include <string>

namespace tidewright {

// Numbers as people read them.
std::string FixedText(double value, int decimals);          // "0.1742"
std::string SignificantText(double value, int digits = 6);  // "1.23457e+06"
std::string PercentText(double share);                      // .265 -> "26.5 %"
std::string CountText(int64_t count);                       // "1,027,370"
std::string BytesText(int64_t bytes);                       // "1.2 GB"
std::string DurationText(double seconds);                   // "2 h 05 min", "12 s", "0.4 s"

// Padded with blanks to `width`; UTF-8 is counted in code points. Longer text is cut, with an
// ellipsis.
std::string PadRight(const std::string& text, int width);
std::string PadLeft(const std::string& text, int width);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CLI_TEXT_H_
