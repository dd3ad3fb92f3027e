#include "host/plot/svg_parts.h"

#include "host/plot/plot_parts.h"

namespace tidewright {

std::string SvgEscaped(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      default:
        // XML knows no other control characters.
        escaped += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return escaped;
}

std::string SvgText(double x, double y, const std::string& style, const std::string& text) {
  return "<text x=\"" + Fixed(x, 2) + "\" y=\"" + Fixed(y, 2) + "\" " + style + ">" +
         SvgEscaped(text) + "</text>\n";
}

}  // namespace tidewright
