// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jwks/saved_set.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>

namespace simdjwt::jwks {
namespace {

namespace fs = std::filesystem;

class SavedSetsTest : public ::testing::Test {
 protected:
  SavedSetsTest() {
    std::string name = ::testing::TempDir() + "saved_set_XXXXXX";
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    directory_ = fs::path(name) / "keys";
  }
  ~SavedSetsTest() override { fs::remove_all(directory_.parent_path()); }

  [[nodiscard]] std::vector<fs::path> files() const {
    return {fs::directory_iterator(directory_), fs::directory_iterator()};
  }

  fs::path directory_;
};

TEST_F(SavedSetsTest, KeepsASetForEachSource) {
  const SavedSets sets(directory_);
  ASSERT_TRUE(sets.open().ok());
  ASSERT_TRUE(sets.save("a", "{1}").ok());
  ASSERT_TRUE(sets.save("b", "{2}").ok());
  ASSERT_TRUE(sets.save("a", "{3}").ok());
  const SavedSets again(directory_);
  ASSERT_TRUE(again.open().ok());
  EXPECT_EQ(again.load("a")->text, "{3}");
  EXPECT_EQ(again.load("b")->text, "{2}");
  EXPECT_FALSE(again.load("c"));
  EXPECT_EQ(files().size(), 2u) << "nothing is left beside them";
}

TEST_F(SavedSetsTest, ShowsThemToItsOwnerAlone) {
  const SavedSets sets(directory_);
  ASSERT_TRUE(sets.open().ok());
  ASSERT_TRUE(sets.save("a", "{1}").ok());
  struct stat facts;
  ASSERT_EQ(stat(directory_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0700u);
  ASSERT_EQ(stat(files().front().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
}

TEST_F(SavedSetsTest, KnowsWhenASetWasLastGood) {
  const SavedSets sets(directory_);
  ASSERT_TRUE(sets.open().ok());
  ASSERT_TRUE(sets.save("a", "{1}").ok());
  fs::last_write_time(files().front(), fs::file_time_type::clock::now() - std::chrono::hours(1));
  EXPECT_LT(sets.load("a")->unix_seconds, std::time(nullptr) - 3000);
  sets.touch("a");
  EXPECT_GT(sets.load("a")->unix_seconds, std::time(nullptr) - 3000);
}

TEST_F(SavedSetsTest, RefusesADirectoryWhereOthersMayWrite) {
  const SavedSets sets(directory_);
  ASSERT_TRUE(sets.open().ok());
  fs::permissions(directory_, fs::perms::group_write, fs::perm_options::add);
  EXPECT_EQ(sets.open().message(),
            directory_.string() + ": others may write here, and whoever does chooses keys");
}

TEST_F(SavedSetsTest, RefusesWhatIsNoDirectory) {
  std::ofstream(directory_) << "a file";
  EXPECT_EQ(SavedSets(directory_).open().message(), directory_.string() + ": Not a directory");
  const std::string missing = directory_.parent_path() / "no/such";
  EXPECT_EQ(SavedSets(missing).open().message(), missing + ": No such file or directory");
}

TEST_F(SavedSetsTest, SaysWhatCouldNotBeSavedAndKeepsWhatWas) {
  const SavedSets sets(directory_);
  ASSERT_TRUE(sets.open().ok());
  ASSERT_TRUE(sets.save("a", "{1}").ok());
  const fs::path file = files().front();
  fs::remove(file);
  fs::create_directory(file);  // in its way
  EXPECT_NE(sets.save("a", "{2}").message().find("directory"), absl::string_view::npos);
  EXPECT_EQ(files().size(), 1u) << "nothing half written is left";
  EXPECT_FALSE(sets.load("a"));
}

TEST_F(SavedSetsTest, WithoutADirectoryKeepsNothing) {
  const SavedSets sets("");
  EXPECT_TRUE(sets.open().ok());
  EXPECT_TRUE(sets.save("a", "{1}").ok());
  EXPECT_FALSE(sets.load("a"));
}

}  // namespace
}  // namespace simdjwt::jwks
