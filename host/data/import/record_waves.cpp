#include "host/data/import/record_waves.h"

#include <cstring>
#include <memory>
#include <utility>

#include "host/core/errors.h"
#include "host/core/parallel.h"

namespace tidewright {
namespace {

RecordBlock CopyBlock(const RecordBlock& block) {
  RecordBlock copy;
  copy.size = block.size;
  copy.bytes = std::make_unique_for_overwrite<char[]>(block.size + RecordBlock::kPadding);
  std::memcpy(copy.bytes.get(), block.bytes.get(), block.size + RecordBlock::kPadding);
  return copy;
}

}  // namespace

std::string LineText(const std::string& path, int64_t line) {
  return path + " line " + std::to_string(line + 1);
}

RecordWaves::RecordWaves(const std::string& path, const RecordBlockOptions& options)
    : path_(path),
      reader_(OpenByteSource(path), options, static_cast<size_t>(NumThreads()) + 1),
      next_(reader_.Next()) {
  if (!next_) throw DataError(path + " is empty; expected delimited text");
}

std::vector<RecordBlock> RecordWaves::Next(int64_t lines) {
  std::vector<RecordBlock> wave;
  while (next_ && !next_->overlong && static_cast<int>(wave.size()) < NumThreads()) {
    wave.push_back(std::move(*next_));
    next_ = reader_.Next();
  }
  if (wave.empty() && next_) {
    throw DataError(LineText(path_, lines) +
                    ": the line does not end within 64 MiB; expected a line break (is a quote "
                    "never closed? --no-quotes reads quotes as they stand)");
  }
  return wave;
}

FileHead::FileHead(const RecordBlock& first, const std::string& path, char delimiter, bool quotes,
                   bool latin1)
    : block_(latin1 ? Latin1ToUtf8(first) : CopyBlock(first)), scanner_(block_, delimiter, quotes) {
  if (!scanner_.Next()) throw DataError(path + " has only blank lines");
  if (FindInvalidUtf8(block_.text().substr(0, 4096)) == 0 || scanner_.error() != nullptr) {
    throw DataError(LineText(path, scanner_.line()) + ": " +
                    (scanner_.error() != nullptr
                         ? scanner_.error()
                         : "not UTF-8 text; --encoding latin1 reads ISO 8859-1"));
  }
}

}  // namespace tidewright
