#ifndef TIDEWRIGHT_TESTS_SUPPORT_EXPORT_PAGE_H_
#define TIDEWRIGHT_TESTS_SUPPORT_EXPORT_PAGE_H_

#include <string>
#include <vector>

#include "tests/support/run_cli.h"

namespace tidewright {

// A block of host/export/README.md between its fences.
struct PageBlock {
  std::string language;  // empty: commands; "python"; "json" and "text": what is printed
  std::string text;
};

// Those of a section, in their order. Throws where the page has no such heading or no block there.
std::vector<PageBlock> BlocksOfPage(const std::string& heading);

// A folder in which the page's commands run as they stand: `tidewright` is the built program, and
// what this machine may lack (servers' clients, installers) only takes down what it is asked.
class PageFolder {
 public:
  PageFolder();

  std::string File(const std::string& name) const { return dir_.File("here/" + name); }
  std::string path() const { return dir_.File("here"); }
  // As in a shell that ends at the first command that fails.
  CliResult Run(const std::string& commands) const;
  // What the programs that only take down were asked: a JSON list of texts a call.
  std::vector<std::string> Calls() const;

 private:
  TempDirectory dir_;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_SUPPORT_EXPORT_PAGE_H_
