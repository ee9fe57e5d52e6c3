// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// Which lists are followed, where nobody answers. tests/e2e/operations/status_test.py has those who
// do.

#include "status/list_sources.h"

#include <gtest/gtest.h>

#include <chrono>
#include <ctime>
#include <filesystem>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "status/status_list_token.h"
#include "support/asymmetric_keys.h"
#include "support/fixtures.h"
#include "support/temporary_directory.h"

namespace simdjwt::status {
namespace {

// Never connected to: private addresses are not allowed.
constexpr char kBeneath[] = "https://127.0.0.1:1/lists/";
constexpr char kNamed[] = "https://127.0.0.1:1/named";

class ListSourcesTest : public ::testing::Test {
 protected:
  explicit ListSourcesTest(const ListLimits& limits = {.lists_max = 3}) { limit(limits); }

  void limit(const ListLimits& limits) {
    lists_ = std::make_unique<ListSources>(
        *keys_, [this](bool, const std::string& line) { log_.push_back(line); }, limits);
    lists_->verify_by(config_, KeySet::of(testing::make_key()), nullptr);
  }

  static std::string uri(int number) { return kBeneath + std::to_string(number); }

  // Whether it was taken in.
  bool miss(const std::string& uri) {
    lists_->of(config_).lists.missed->tell(uri);
    return lists_->advance();
  }

  bool follows(const std::string& uri) const {
    return lists_->of(config_).lists.table->contains(uri);
  }

  // Until all that is due was fetched, in vain.
  void fetch() {
    do {
      (void)lists_->begin_due();
      (void)keys_->wait({}, std::chrono::milliseconds(10));
      (void)lists_->advance();
    } while (lists_->begin_due() <= ListSources::Clock::now());
  }

  uint64_t num_refused() const {
    return lists_->statuses()[0].fetches[static_cast<size_t>(jwks::FetchResult::kRefused)];
  }

  const std::unique_ptr<jwks::KeySources> keys_ =
      jwks::KeySources::create({}, [](bool, const std::string&) {}).value();
  const ListsConfig config_{{kBeneath, kNamed}, "https://127.0.0.1:1/jwks"};
  std::vector<std::string> log_;
  std::unique_ptr<ListSources> lists_;
};

TEST_F(ListSourcesTest, FollowWhatIsNamedAndWhatIsMissed) {
  EXPECT_TRUE(follows(kNamed));
  EXPECT_FALSE(follows(uri(0)));
  const uint64_t before = lists_->of(config_).generation;
  EXPECT_TRUE(miss(uri(0)));
  EXPECT_TRUE(follows(uri(0)));
  EXPECT_EQ(lists_->of(config_).generation, before + 1);
  EXPECT_FALSE(miss(uri(0))) << "it is known";
  EXPECT_FALSE(lists_->advance());
  EXPECT_EQ(lists_->of(config_).generation, before + 1);
  EXPECT_EQ(lists_->statuses()[0].name, config_.name());
  EXPECT_EQ(lists_->statuses()[0].num_missing, 2u);
}

TEST_F(ListSourcesTest, FetchOnlyWhatCouldBeVerified) {
  lists_->verify_by(config_, KeySet::unavailable(), nullptr);
  EXPECT_GT(lists_->begin_due(), ListSources::Clock::now());
  (void)keys_->wait({}, std::chrono::milliseconds(0));
  EXPECT_FALSE(lists_->advance());
  EXPECT_EQ(num_refused(), 0u);
  lists_->verify_by(config_, KeySet::of(testing::make_key()), nullptr);
  fetch();
  EXPECT_GE(num_refused(), 1u);
  ASSERT_FALSE(log_.empty());
  EXPECT_NE(log_[0].find("status list not fetched, and there is none: https://127.0.0.1:1/named: "
                         "127.0.0.1 is not a public address"),
            std::string::npos)
      << log_[0];
}

TEST_F(ListSourcesTest, RefuseAnotherWhereTheyAreTooMany) {
  EXPECT_TRUE(miss(uri(0)));
  EXPECT_TRUE(miss(uri(1)));
  EXPECT_FALSE(miss(uri(2)));
  EXPECT_FALSE(follows(uri(2)));
  ASSERT_EQ(log_.size(), 1u);
  EXPECT_EQ(log_[0], "status list " + uri(2) + ": not fetched, for there are too many beside it");
  EXPECT_FALSE(miss(uri(3)));
  EXPECT_FALSE(miss(uri(4)));
  EXPECT_EQ(log_.size(), 1u) << "nobody listens for a while";
}

TEST_F(ListSourcesTest, MakeRoomByForgettingWhatWasLeastRecentlyUsed) {
  limit({.lists_max = 3, .unused_when_full = std::chrono::minutes(0)});
  EXPECT_TRUE(miss(uri(0)));
  EXPECT_TRUE(miss(uri(1)));
  lists_->of(config_).lists.table->at(uri(0)).is_used->store(true);
  EXPECT_TRUE(miss(uri(2)));
  EXPECT_TRUE(follows(kNamed));
  EXPECT_TRUE(follows(uri(0)));
  EXPECT_FALSE(follows(uri(1)));
  EXPECT_TRUE(follows(uri(2)));
}

TEST_F(ListSourcesTest, ForgetWhatNobodyUses) {
  limit({.unused = std::chrono::hours(-1)});
  EXPECT_TRUE(miss(uri(0)));
  EXPECT_TRUE(lists_->advance());
  EXPECT_FALSE(follows(uri(0)));
  EXPECT_TRUE(follows(kNamed)) << "it is named";
}

TEST_F(ListSourcesTest, AreForgottenWithWhatNamesThem) {
  const ListsConfig other{{kBeneath}, "other keys"};
  lists_->verify_by(other, KeySet::of(testing::make_key()), nullptr);
  EXPECT_EQ(lists_->statuses().size(), 2u);
  lists_->keep({config_});
  ASSERT_EQ(lists_->statuses().size(), 1u);
  EXPECT_EQ(lists_->statuses()[0].name, config_.name());
  EXPECT_TRUE(follows(kNamed));
}

// --- What was saved ---

namespace fs = std::filesystem;

class SavedListsTest : public ::testing::Test {
 protected:
  static Key key(std::string_view jwk = testing::kP256Jwk) {
    return testing::make_jwk_key(jwk, Algorithm::kEs256, "k");
  }

  // A list of eight tokens, of which one is not valid.
  void save(const std::string& uri, std::optional<int64_t> expires = {},
            std::string_view jwk = testing::kP256Jwk) {
    StatusList list = StatusList::create(1, 8, 1000).value();
    list.set(2, kInvalid);
    const auto text = sign_status_list(Signer::create(key(jwk), kTyp).value(),
                                       {uri, std::time(nullptr), expires, {}, std::move(list)});
    ASSERT_TRUE(keys_->saved().save("status list " + uri, text.value()).ok());
  }

  // As if the process began.
  void begin(KeySet keys = KeySet::of(key()), const ListLimits& limits = {}) {
    lists_ = std::make_unique<ListSources>(
        *keys_, [this](bool, const std::string& line) { log_.push_back(line); }, limits);
    lists_->verify_by(config_, std::move(keys), nullptr);
  }

  // What is known of a list, or null.
  std::shared_ptr<const FetchedList> fetched(const std::string& uri) const {
    const auto table = lists_->of(config_).lists.table;
    const auto found = table->find(uri);
    return found == table->end() ? nullptr : found->second.fetched;
  }
  bool miss(const std::string& uri) {
    lists_->of(config_).lists.missed->tell(uri);
    return lists_->advance();
  }
  [[nodiscard]] bool is_empty() const { return fs::is_empty(directory_.path()); }

  const testing::TemporaryDirectory directory_;
  const std::unique_ptr<jwks::KeySources> keys_ =
      jwks::KeySources::create({.cache_directory = directory_.path()}, [](bool,
                                                                          const std::string&) {
      }).value();
  const ListsConfig config_{{kBeneath, kNamed}, "https://127.0.0.1:1/jwks"};
  const std::string uri_ = std::string(kBeneath) + "0";
  std::vector<std::string> log_;
  std::unique_ptr<ListSources> lists_;
};

TEST_F(SavedListsTest, CountBeforeTheyAreFetched) {
  save(kNamed, std::time(nullptr) + 1000);
  begin();
  ASSERT_NE(fetched(kNamed), nullptr);
  EXPECT_EQ(fetched(kNamed)->list.get(1), kValid);
  EXPECT_EQ(fetched(kNamed)->list.get(2), kInvalid);
  EXPECT_LE(fetched(kNamed)->good_until.load(), std::time(nullptr) + 1000);
  EXPECT_EQ(lists_->statuses()[0].num_lists, 1u);
  const auto fetches = lists_->statuses()[0].fetches;
  EXPECT_EQ(std::accumulate(fetches.begin(), fetches.end(), uint64_t{0}), 0u);
  ASSERT_EQ(log_.size(), 1u);
  EXPECT_EQ(log_[0], "status list https://127.0.0.1:1/named: of 8 tokens, as it was saved");
}

TEST_F(SavedListsTest, CountAsSoonAsTheirKeysAreThere) {
  save(kNamed);
  begin(KeySet::unavailable());
  EXPECT_EQ(fetched(kNamed), nullptr);
  const uint64_t before = lists_->of(config_).generation;
  lists_->verify_by(config_, KeySet::of(key()), nullptr);
  EXPECT_NE(fetched(kNamed), nullptr);
  EXPECT_GT(lists_->of(config_).generation, before);
}

TEST_F(SavedListsTest, CountWhenATokenMissesThem) {
  save(uri_);
  begin();
  EXPECT_EQ(fetched(uri_), nullptr);
  EXPECT_TRUE(miss(uri_));
  EXPECT_NE(fetched(uri_), nullptr);
}

TEST_F(SavedListsTest, DoNotCountWhereTheyWouldNotIfTheyWereFetched) {
  save(kNamed, std::time(nullptr) - 1);
  begin();
  EXPECT_EQ(fetched(kNamed), nullptr) << "it has expired";
  save(kNamed, {}, testing::kOtherP256Jwk);
  begin();
  EXPECT_EQ(fetched(kNamed), nullptr) << "somebody else has signed it";
  save(uri_);
  const jwks::SavedDocuments& saved = keys_->saved();
  ASSERT_TRUE(
      saved.save("status list " + std::string(kNamed), saved.load("status list " + uri_)->text)
          .ok());
  begin();
  EXPECT_EQ(fetched(kNamed), nullptr) << "it is another";
}

TEST_F(SavedListsTest, DoNotCountLongerThanWhatIsFetched) {
  save(kNamed);
  const fs::path file = *fs::directory_iterator(directory_.path());
  const auto limit = keys_->limits().lifetime_max;
  fs::last_write_time(file, fs::file_time_type::clock::now() - limit + std::chrono::minutes(1));
  begin();
  ASSERT_NE(fetched(kNamed), nullptr);
  EXPECT_LE(fetched(kNamed)->good_until.load(), std::time(nullptr) + 61);
  fs::last_write_time(file, fs::file_time_type::clock::now() - limit - std::chrono::minutes(1));
  begin();
  EXPECT_EQ(fetched(kNamed), nullptr);
}

TEST_F(SavedListsTest, AreRemovedWhenNobodyUsesThem) {
  save(uri_);
  begin(KeySet::of(key()), {.unused = std::chrono::hours(-1)});
  EXPECT_TRUE(miss(uri_));
  EXPECT_FALSE(is_empty());
  EXPECT_TRUE(lists_->advance());
  EXPECT_TRUE(is_empty());
}

}  // namespace
}  // namespace simdjwt::status
