// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/file_watch.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "support/temporary_directory.h"

namespace simdjwt::serve {
namespace {

namespace fs = std::filesystem;

class FileWatchTest : public ::testing::Test {
 protected:
  FileWatchTest() { write("keys", "1"); }
  void write(const std::string& name, std::string_view text) const {
    std::ofstream(directory_ / name) << text;
  }
  // Whether there was an occasion to look, and looking found something.
  bool changed() {
    pollfd ready{.fd = watch_.fd(), .events = POLLIN, .revents = 0};
    return poll(&ready, 1, 0) == 1 && watch_.changed();
  }

  const testing::TemporaryDirectory directory_;
  FileWatch watch_ = *FileWatch::create();
};

TEST_F(FileWatchTest, SeesAFileThatIsWritten) {
  ASSERT_TRUE(watch_.watch({directory_ / "keys"}).ok());
  EXPECT_FALSE(changed());
  write("keys", "2");
  EXPECT_TRUE(changed());
  EXPECT_FALSE(changed()) << "that was told";
}

TEST_F(FileWatchTest, SeesAFileThatIsReplaced) {
  ASSERT_TRUE(watch_.watch({directory_ / "keys"}).ok());
  for (int i = 0; i < 3; ++i) {
    write("new", "1");
    EXPECT_FALSE(changed()) << "another file";
    fs::rename(directory_ / "new", directory_ / "keys");
    EXPECT_TRUE(changed());
  }
}

TEST_F(FileWatchTest, SeesAFileGoAndComeBack) {
  ASSERT_TRUE(watch_.watch({directory_ / "keys"}).ok());
  fs::remove(directory_ / "keys");
  EXPECT_TRUE(changed());
  write("keys", "1");
  EXPECT_TRUE(changed());
}

// As a secret that is mounted into a container changes: ..data leads to another directory.
TEST_F(FileWatchTest, SeesADirectoryBehindALinkThatIsExchanged) {
  fs::create_directory(directory_ / "v1");
  write("v1/k", "1");
  fs::create_directory_symlink("v1", directory_ / "..data");
  fs::create_symlink("..data/k", directory_ / "k");
  ASSERT_TRUE(watch_.watch({directory_ / "k"}).ok());
  for (const std::string version : {"v2", "v3"}) {
    fs::create_directory(directory_ / version);
    write(version + "/k", "1");
    fs::create_directory_symlink(version, directory_ / "..tmp");
    fs::rename(directory_ / "..tmp", directory_ / "..data");
    EXPECT_TRUE(changed());
    write(version + "/k", "2");
    EXPECT_TRUE(changed()) << "where the link leads is watched, too";
  }
}

TEST_F(FileWatchTest, ForgetsWhatItWatchedBefore) {
  fs::create_directory(directory_ / "a");
  write("a/keys", "1");
  ASSERT_TRUE(watch_.watch({directory_ / "a/keys"}).ok());
  ASSERT_TRUE(watch_.watch({directory_ / "keys"}).ok());
  (void)changed();
  write("a/keys", "2");
  EXPECT_FALSE(changed());
  write("keys", "2");
  EXPECT_TRUE(changed());
}

TEST_F(FileWatchTest, SaysWhatItCannotWatch) {
  const absl::Status status = watch_.watch({directory_ / "keys", "/no/such/directory/keys"});
  EXPECT_EQ(status.message(), "/no/such/directory: No such file or directory");
  write("keys", "2");
  EXPECT_TRUE(changed()) << "the others are watched all the same";
}

}  // namespace
}  // namespace simdjwt::serve
