// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jwks/saved_documents.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <ctime>
#include <filesystem>
#include <fstream>

#include "support/temporary_directory.h"

namespace simdjwt::jwks {
namespace {

namespace fs = std::filesystem;

class SavedDocumentsTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::vector<fs::path> files() const {
    return {fs::directory_iterator(directory_), fs::directory_iterator()};
  }

  const testing::TemporaryDirectory parent_;
  const fs::path directory_ = parent_ / "cache";
};

TEST_F(SavedDocumentsTest, KeepsOneForEachSource) {
  const SavedDocuments documents(directory_);
  ASSERT_TRUE(documents.open().ok());
  ASSERT_TRUE(documents.save("a", "{1}").ok());
  ASSERT_TRUE(documents.save("b", "{2}").ok());
  ASSERT_TRUE(documents.save("a", "{3}").ok());
  const SavedDocuments again(directory_);
  ASSERT_TRUE(again.open().ok());
  EXPECT_EQ(again.load("a")->text, "{3}");
  EXPECT_EQ(again.load("b")->text, "{2}");
  EXPECT_FALSE(again.load("c"));
  EXPECT_EQ(files().size(), 2u) << "nothing is left beside them";
}

TEST_F(SavedDocumentsTest, ShowsThemToItsOwnerAlone) {
  const SavedDocuments documents(directory_);
  ASSERT_TRUE(documents.open().ok());
  ASSERT_TRUE(documents.save("a", "{1}").ok());
  struct stat facts;
  ASSERT_EQ(stat(directory_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0700u);
  ASSERT_EQ(stat(files().front().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
}

TEST_F(SavedDocumentsTest, KnowsWhenOneWasLastGood) {
  const SavedDocuments documents(directory_);
  ASSERT_TRUE(documents.open().ok());
  ASSERT_TRUE(documents.save("a", "{1}").ok());
  fs::last_write_time(files().front(), fs::file_time_type::clock::now() - std::chrono::hours(1));
  EXPECT_LT(documents.load("a")->unix_seconds, std::time(nullptr) - 3000);
  struct stat before;
  ASSERT_EQ(stat(files().front().c_str(), &before), 0);
  ASSERT_TRUE(documents.save("a", "{1}").ok());
  EXPECT_GT(documents.load("a")->unix_seconds, std::time(nullptr) - 3000);
  struct stat after;
  ASSERT_EQ(stat(files().front().c_str(), &after), 0);
  EXPECT_EQ(after.st_ino, before.st_ino) << "what has not changed is not written again";
}

TEST_F(SavedDocumentsTest, RemovesWhatNobodyWants) {
  const SavedDocuments documents(directory_);
  ASSERT_TRUE(documents.open().ok());
  ASSERT_TRUE(documents.save("a", "{1}").ok());
  ASSERT_TRUE(documents.save("b", "{2}").ok());
  documents.remove("a");
  documents.remove("a");
  EXPECT_FALSE(documents.load("a"));
  EXPECT_EQ(documents.load("b")->text, "{2}");
  EXPECT_EQ(files().size(), 1u);
}

TEST_F(SavedDocumentsTest, RefusesADirectoryWhereOthersMayWrite) {
  const SavedDocuments documents(directory_);
  ASSERT_TRUE(documents.open().ok());
  fs::permissions(directory_, fs::perms::group_write, fs::perm_options::add);
  EXPECT_EQ(documents.open().message(),
            directory_.string() + ": others may write here, and whoever does chooses keys");
}

TEST_F(SavedDocumentsTest, RefusesWhatIsNoDirectory) {
  std::ofstream(directory_) << "a file";
  EXPECT_EQ(SavedDocuments(directory_).open().message(), directory_.string() + ": Not a directory");
  const std::string missing = parent_ / "no/such";
  EXPECT_EQ(SavedDocuments(missing).open().message(), missing + ": No such file or directory");
}

TEST_F(SavedDocumentsTest, SaysWhatCouldNotBeSavedAndKeepsWhatWas) {
  const SavedDocuments documents(directory_);
  ASSERT_TRUE(documents.open().ok());
  ASSERT_TRUE(documents.save("a", "{1}").ok());
  const fs::path file = files().front();
  fs::remove(file);
  fs::create_directory(file);  // in its way
  EXPECT_NE(documents.save("a", "{2}").message().find("directory"), absl::string_view::npos);
  EXPECT_EQ(files().size(), 1u) << "nothing half written is left";
  EXPECT_FALSE(documents.load("a"));
  fs::remove(file);
  EXPECT_TRUE(documents.save("a", "{2}").ok()) << "as soon as it can be";
  EXPECT_EQ(documents.load("a")->text, "{2}");
}

TEST_F(SavedDocumentsTest, WithoutADirectoryKeepsNothing) {
  const SavedDocuments documents("");
  EXPECT_TRUE(documents.open().ok());
  EXPECT_TRUE(documents.save("a", "{1}").ok());
  EXPECT_FALSE(documents.load("a"));
}

}  // namespace
}  // namespace simdjwt::jwks
