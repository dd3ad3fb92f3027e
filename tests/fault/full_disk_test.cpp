#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>

#include "host/core/errors.h"
#include "host/data/hdf5/table_file.h"
#include "host/export/export_directory.h"
#include "host/export/export_job.h"
#include "host/export/hnsw/hnsw.h"
#include "host/train/checkpoint.h"
#include "tests/fault/fault_support.h"
#include "tests/support/random_trees.h"
#include "tests/support/small_artifact.h"
#include "tests/support/table_fixture.h"

namespace tidewright {
namespace {

namespace fs = std::filesystem;

// From now on a write beyond `bytes` of a file fails with EFBIG in this process.
void LimitFiles(rlim_t bytes) {
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{bytes, bytes};
  if (setrlimit(RLIMIT_FSIZE, &limit) != 0) throw std::runtime_error("setrlimit failed");
}

TEST(FullDisk, AWriteThatFailsIsAnIoErrorAndTheOldArtifactStays) {
  const MemoryDirectory dir;
  const std::string path = dir.File("model");
  SaveArtifact(path, SmallArtifact(1));
  const auto before = FilesOf(path);
  size_t largest = 0;
  for (const auto& [name, bytes] : before) largest = std::max(largest, bytes.size());
  for (const size_t limit : {size_t{0}, size_t{1}, size_t{100}, size_t{400}, largest - 1}) {
    const pid_t child = Fork([&] {
      LimitFiles(limit);
      SaveArtifact(path, SmallArtifact(2));
      return 0;
    });
    EXPECT_EQ(WaitFor(child), static_cast<int>(ExitCode::kIo)) << limit;
    EXPECT_EQ(FilesOf(path), before) << limit;
  }
  const pid_t child = Fork([&] {
    LimitFiles(largest);
    SaveArtifact(path, SmallArtifact(2));
    return 0;
  });
  EXPECT_EQ(WaitFor(child), 0);
  EXPECT_EQ(Fingerprint(LoadArtifact(path)), Fingerprint(SmallArtifact(2)));
}

TEST(FullDisk, ACheckpointThatCannotBeWrittenLeavesTheOneBefore) {
  const MemoryDirectory dir;
  const std::string path = dir.File(kCheckpointName);
  State state;
  state.floats["x"] = AlignedVector<float>(1000, 1.0f);
  WriteCheckpoint(path, {}, state);
  const std::string before = ReadWholeFile(path);
  for (const rlim_t limit : {0, 500, 4000}) {
    const pid_t child = Fork([&] {
      LimitFiles(limit);
      state.floats["x"][0] = 2.0f;
      WriteCheckpoint(path, {}, state);
      return 0;
    });
    EXPECT_EQ(WaitFor(child), static_cast<int>(ExitCode::kIo)) << limit;
    EXPECT_EQ(ReadWholeFile(path), before) << limit;
  }
}

TEST(FullDisk, AnExportThatCannotBeWrittenLeavesWhatStoodThereAndNothingElse) {
  const MemoryDirectory dir;
  const std::string artifact = dir.File("model");
  SaveArtifact(artifact, TreeArtifact(RandomTrees(200, 8, 1), TreeColumns()));
  for (const std::string format : {"xgboost", "xgboost-ubj"}) {
    const std::string out = dir.File(format);
    fs::create_directory(out);
    const ExportRequest request{artifact, format, out + "/x.ubj", true, 100, 0};
    const auto before = FilesOf(out);
    for (const rlim_t limit : {0, 100, 5000, 100000}) {
      const pid_t child = Fork([&] {
        LimitFiles(limit);
        RunExportJob(request, SilentProgress());
        return 0;
      });
      EXPECT_EQ(WaitFor(child), static_cast<int>(ExitCode::kIo)) << format << " " << limit;
      EXPECT_EQ(FilesOf(out), before) << format << " " << limit;
    }
    RunExportJob(request, SilentProgress());
    EXPECT_GT(fs::file_size(request.output), 100000u);
  }
}

using Contents = std::map<std::string, std::string>;

// The bytes of every file, however deep.
Contents ContentsOf(const std::string& directory) {
  Contents contents;
  for (const std::string& file : FilesBelow(directory)) {
    contents[file] = ReadWholeFile(directory + "/" + file);
  }
  return contents;
}

// With files limited to so many bytes, where nothing stands at the output and where an export does.
void ExpectKept(const std::string& folder, const ExportRequest& request,
                const std::vector<rlim_t>& limits) {
  const std::string what = request.format + " " + request.precision + " " + request.index;
  for (const bool stands : {false, true}) {
    const auto before = stands ? ContentsOf(request.output) : Contents{};
    for (const rlim_t limit : limits) {
      const pid_t child = Fork([&] {
        LimitFiles(limit);
        RunExportJob(request, SilentProgress());
        return 0;
      });
      EXPECT_EQ(WaitFor(child), static_cast<int>(ExitCode::kIo)) << what << " " << limit;
      const auto names = std::distance(fs::directory_iterator(folder), {});
      EXPECT_EQ(names, stands ? 1 : 0) << what << " " << limit;
      if (stands) {
        EXPECT_EQ(ContentsOf(request.output), before) << what << " " << limit;
      }
    }
    // In a child, too: threads that this process started would be missing in the next.
    const pid_t child = Fork([&] {
      RunExportJob(request, SilentProgress());
      return 0;
    });
    ASSERT_EQ(WaitFor(child), 0) << what;
  }
  fs::remove_all(request.output);
}

TEST(FullDisk, AnExportedDirectoryThatCannotBeWrittenLeavesTheOneBefore) {
  const MemoryDirectory dir;
  const std::string artifact = dir.File("model");
  SaveArtifact(artifact, SmallArtifact(1, 200, 50, 16));
  fs::create_directory(dir.File("out"));
  ExportRequest request{artifact, "", dir.File("out/x"), true, 100, 0};
  for (const char* format : {"safetensors", "faiss", "onnx", "triton", "ndjson"}) {
    request.format = format;
    ExpectKept(dir.File("out"), request, {0, 100, 3000, 12000});
  }
  for (const char* format : {"safetensors", "faiss"}) {
    request.format = format;
    for (const char* precision : {"fp16", "int8"}) {
      request.precision = precision;
      ExpectKept(dir.File("out"), request, {0, 500});
    }
  }
  if (!HasLibfaiss()) return;
  request.precision = "fp32";
  request.index = "hnsw";
  ExpectKept(dir.File("out"), request, {0, 3000});
}

TEST(FullDisk, AnExportOfCustomersThatCannotBeWrittenLeavesTheOneBefore) {
  const MemoryDirectory dir;
  WriteFeatureTable(dir.File("table.h5"), RandomTable(300, 1), true);
  const CliResult trained =
      RunCli({"train", "gbdt", dir.File("table.h5"), "-o", dir.File("model"), "--epochs", "2"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  fs::create_directory(dir.File("out"));
  ExportRequest request{dir.File("model"), "ndjson", dir.File("out/x"), true};
  request.data = dir.File("table.h5");
  ExpectKept(dir.File("out"), request, {0, 3000, 20000});
}

// A real small file system, in a mount namespace of the child's own; 77 where that is not allowed.
int OnSmallFileSystem(const std::string& at, const std::function<int()>& body) {
  if (unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return 77;
  if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return 77;
  if (mount("tmpfs", at.c_str(), "tmpfs", 0, "size=256k") != 0) return 77;
  return body();
}

// A full disk as somebody at a terminal has it, for each format in each of its forms.
class FullDiskExports : public ::testing::Test {
 protected:
  void SetUp() override {
    SaveArtifact(dir_.File("shop"), SmallArtifact(1, 200, 50, 16));
    WriteFeatureTable(dir_.File("table.h5"), RandomTable(300, 1), true);
    const CliResult trained = RunCli(
        {"train", "gbdt", dir_.File("table.h5"), "-o", dir_.File("churn"), "--epochs", "20"});
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
    fs::create_directory(out_);
  }

  // The commands that export to out_/x.ubj.
  std::vector<std::vector<std::string>> Commands() const {
    std::vector<std::vector<std::string>> commands;
    const auto add = [&](const char* model, const std::string& format,
                         const std::vector<std::string>& more = {}) {
      commands.push_back({"export", dir_.File(model), "--format", format, "-o", out_ + "/x.ubj"});
      commands.back().insert(commands.back().end(), more.begin(), more.end());
    };
    for (const char* format : {"safetensors", "faiss", "onnx", "triton", "ndjson"}) {
      add("shop", format);
    }
    if (HasLibfaiss()) add("shop", "faiss", {"--index", "hnsw"});
    for (const char* format : {"safetensors", "onnx", "triton", "xgboost", "xgboost-ubj"}) {
      add("churn", format);
    }
    add("churn", "ndjson", {"--data", dir_.File("table.h5")});
    return commands;
  }

  // 0 where the command says `why` in its one line, with exit code 5, and leaves in out_ no more
  // than the `before` entries that were there.
  int Refusal(const std::vector<std::string>& command, const std::string& why,
              std::ptrdiff_t before) const {
    const CliResult result = RunCli(command);
    if (result.exit_code != static_cast<int>(ExitCode::kIo)) return 1;
    if (std::count(result.err.begin(), result.err.end(), '\n') != 1) return 2;
    if (result.err.find(why) == std::string::npos) return 3;
    return std::distance(fs::directory_iterator(out_), {}) == before ? 0 : 4;
  }

  static std::string Named(const std::vector<std::string>& command) {
    return fs::path(command[1]).filename().string() + " " + command[3];
  }

  const MemoryDirectory dir_;
  std::string out_ = dir_.File("out");
};

TEST_F(FullDiskExports, EveryFormatSaysItInOneLine) {
  for (const std::vector<std::string>& command : Commands()) {
    const pid_t child = Fork([&] {
      LimitFiles(2000);
      return Refusal(command, "File too large", 0);
    });
    EXPECT_EQ(WaitFor(child), 0) << Named(command);
  }
}

TEST_F(FullDiskExports, NoFormatLeavesAnythingOnADiskWithoutSpace) {
  const pid_t child = Fork([&] {
    return OnSmallFileSystem(out_, [&] {
      struct statvfs space;
      if (statvfs(out_.c_str(), &space) != 0) return 1;
      const size_t fill = (static_cast<size_t>(space.f_bavail) - 1) * space.f_bsize;
      WriteWholeFile(out_ + "/filler", std::string(fill, 'x'));
      for (const std::vector<std::string>& command : Commands()) {
        const int refusal = Refusal(command, "No space left on device", 1);
        if (refusal == 0) continue;
        std::fprintf(stderr, "%s: %d\n", Named(command).c_str(), refusal);
        return 10 + refusal;
      }
      return 0;
    });
  });
  const int code = WaitFor(child);
  if (code == 77) GTEST_SKIP() << "mounting a small file system is not allowed here";
  EXPECT_EQ(code, 0);
}

TEST(FullDisk, AtEveryFillTheOldOrTheNewArtifactStands) {
  const MemoryDirectory dir;
  const pid_t child = Fork([&] {
    return OnSmallFileSystem(dir.path(), [&] {
      const Artifact artifacts[2] = {SmallArtifact(1, 200, 50, 16), SmallArtifact(2, 200, 50, 16)};
      const std::string prints[2] = {Fingerprint(artifacts[0]), Fingerprint(artifacts[1])};
      const std::string path = dir.File("model");
      int failed = 0;
      int saved = 0;
      for (int free_pages = 0; free_pages < 24; ++free_pages) {
        fs::remove(dir.File("filler"));
        SaveArtifact(path, artifacts[0]);
        struct statvfs space;
        if (statvfs(dir.path().c_str(), &space) != 0) return 1;
        const size_t fill = static_cast<size_t>(space.f_bavail) - static_cast<size_t>(free_pages);
        WriteWholeFile(dir.File("filler"), std::string(fill * space.f_bsize, 'x'));
        bool threw = false;
        try {
          SaveArtifact(path, artifacts[1]);
        } catch (const IoError& error) {
          threw = std::string(error.what()).find("No space left on device") != std::string::npos;
          if (!threw) return 2;
        }
        if (Fingerprint(LoadArtifact(path)) != prints[threw ? 0 : 1]) return 3;
        ++(threw ? failed : saved);
      }
      return failed > 5 && saved > 2 ? 0 : 4;
    });
  });
  const int code = WaitFor(child);
  if (code == 77) GTEST_SKIP() << "mounting a small file system is not allowed here";
  EXPECT_EQ(code, 0);
}

}  // namespace
}  // namespace tidewright
