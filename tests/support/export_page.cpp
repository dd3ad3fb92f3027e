#include "tests/support/export_page.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <stdexcept>

namespace tidewright {
namespace {

constexpr char kTakesDown[] =
    "#!/usr/bin/python3\n"
    "import json, os, sys\n"
    "call = [os.path.basename(sys.argv[0])] + sys.argv[1:]\n"
    "print(json.dumps(call), file=open(os.environ['CALLS'], 'a'))\n";

}  // namespace

std::vector<PageBlock> BlocksOfPage(const std::string& heading) {
  const std::string page = ReadWholeFile(TIDEWRIGHT_SOURCE_DIR "/host/export/README.md");
  const std::string fence = "\n```";
  const size_t begin = page.find("\n## " + heading + "\n");
  if (begin == std::string::npos) throw std::runtime_error("no section " + heading);
  const size_t end = std::min(page.size(), page.find("\n## ", begin + 1));
  std::vector<PageBlock> blocks;
  for (size_t at = page.find(fence, begin); at < end; at = page.find(fence, at)) {
    const size_t text = page.find('\n', at + 1) + 1;
    const size_t close = page.find(fence, text - 1);
    const size_t language = at + fence.size();
    blocks.push_back(
        {page.substr(language, text - 1 - language), page.substr(text, close + 1 - text)});
    at = close + fence.size();
  }
  if (blocks.empty()) throw std::runtime_error("no block in section " + heading);
  return blocks;
}

PageFolder::PageFolder() {
  namespace fs = std::filesystem;
  fs::create_directories(dir_.File("bin"));
  for (const std::string program : {"curl", "docker", "vespa", "pip", "apt-get", "cmake"}) {
    WriteWholeFile(dir_.File("bin/" + program), kTakesDown);
    fs::permissions(dir_.File("bin/" + program), fs::perms::owner_all);
  }
  WriteWholeFile(dir_.File("calls"), "");
  // Where the build that the page asks for would put the program.
  fs::create_directories(File("build/cpu/bin"));
  for (const std::string& program :
       {dir_.File("bin/tidewright"), File("build/cpu/bin/tidewright")}) {
    fs::create_symlink(TidewrightBinary(), program);
  }
  fs::create_symlink(TIDEWRIGHT_SOURCE_DIR "/datasets", File("datasets"));
}

CliResult PageFolder::Run(const std::string& commands) const {
  const std::string programs = std::getenv("PATH");
  return RunProgram(
      {"/bin/bash", "-c", "set -euo pipefail\ncd \"$1\"\n" + commands, "page", path()},
      {{"PATH", dir_.File("bin") + ":" + programs},
       {"CALLS", dir_.File("calls")},
       {"TIDEWRIGHT_EPOCHS", "1"}});
}

std::vector<std::string> PageFolder::Calls() const {
  std::vector<std::string> calls;
  std::istringstream lines(ReadWholeFile(dir_.File("calls")));
  for (std::string line; std::getline(lines, line);) calls.push_back(line);
  return calls;
}

}  // namespace tidewright
