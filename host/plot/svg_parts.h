#ifndef TIDEWRIGHT_HOST_PLOT_SVG_PARTS_H_
#define TIDEWRIGHT_HOST_PLOT_SVG_PARTS_H_

#include <string>

namespace tidewright {

// Any text as the content of an XML element.
std::string SvgEscaped(const std::string& text);

// A <text> element; `style` are its further attributes.
std::string SvgText(double x, double y, const std::string& style, const std::string& text);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_PLOT_SVG_PARTS_H_
