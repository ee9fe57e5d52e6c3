// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/usage.h"

#include <sqlite3.h>

#include <algorithm>

#include "registry/registry_fixture.h"
#include "registry/usage_book.h"

namespace simdjwt::registry {
namespace {

using By = UsageQuery::By;

constexpr std::string_view kOutcomes[] = {"accepted", "missing", "expired"};
constexpr uint8_t kMissing = 1;
constexpr uint8_t kExpired = 2;
constexpr int64_t kMinute = kNow - kNow % kMinuteSeconds;
constexpr int64_t kHour = kNow - kNow % kHourSeconds;

// An account with the servers "api" and "files", and two tokens.
class UsageTest : public RegistryTest {
 protected:
  UsageTest() {
    api_ = store_.create_server(alice_.id, "api", "", at(kNow))->id;
    files_ = store_.create_server(alice_.id, "files", "", at(kNow))->id;
    first_ = make_token(store_, alice_.id, {"api"}).token;
    second_ = make_token(store_, alice_.id, {"api"}).token;
  }

  void add(const UsageBatch& batch, int64_t now = kNow) {
    const absl::StatusOr<bool> has_more = store_.add_usage(batch, now);
    ASSERT_TRUE(has_more.ok()) << has_more.status();
    EXPECT_FALSE(*has_more);
  }
  // One line of text for each of the answer.
  std::string ask(const UsageQuery& query) { return ask(alice_.id, query); }
  std::string ask(AccountId account, const UsageQuery& query) {
    std::string text;
    const auto lines = store_.usage(account, query);
    EXPECT_TRUE(lines.ok()) << lines.status();
    for (const UsageLine& line : lines.value_or(std::vector<UsageLine>())) {
      text.append(line.name);
      if (query.by == By::kTime) text.append(std::to_string(line.start - kHour));
      text.append(" +" + std::to_string(line.num_accepted));
      text.append(" ~" + std::to_string(line.num_anonymous));
      text.append(" -" + std::to_string(line.num_rejected));
      for (const auto& [reason, count] : line.rejected) {
        text.append(" " + reason + "=" + std::to_string(count));
      }
      text.append("\n");
    }
    return text;
  }
  std::optional<int64_t> last_used(const Token& token) {
    return store_.find_token(alice_.id, token.jti)->last_used;
  }

  Store store_ = make_store();
  const Account alice_ = make_account(store_);
  ServerId api_ = 0;
  ServerId files_ = 0;
  Token first_;
  Token second_;
};

TEST_F(UsageTest, AddsUpByServerTokenAndTime) {
  const UsageBatch batch{.counts = {{api_, std::nullopt, kMinute, "accepted", 5},
                                    {api_, std::nullopt, kMinute + 60, "accepted", 2},
                                    {api_, std::nullopt, kMinute, "anonymous", 4},
                                    {api_, std::nullopt, kMinute, "missing", 3},
                                    {api_, std::nullopt, kMinute, "expired", 1},
                                    {api_, first_.index, kMinute, "accepted", 7},
                                    {api_, second_.index, kMinute, "expired", 1},
                                    {files_, std::nullopt, kMinute, "expired", 1},
                                    {files_, second_.index, kMinute, "expired", 1}}};
  add(batch);
  add(batch);
  EXPECT_EQ(ask({}), "api +14 ~8 -8 expired=2 missing=6\nfiles +0 ~0 -2 expired=2\n");
  EXPECT_EQ(ask({.server = files_}), "files +0 ~0 -2 expired=2\n");
  EXPECT_EQ(ask({.token = first_.index}), "api +14 ~0 -0\n");
  EXPECT_EQ(ask({.by = By::kToken, .token = second_.index}), second_.jti + " +0 ~0 -4 expired=4\n");
  EXPECT_EQ(ask({.by = By::kToken, .server = api_, .token = second_.index}),
            second_.jti + " +0 ~0 -2 expired=2\n");
  EXPECT_EQ(ask({.by = By::kTime}), "0 +14 ~8 -10 expired=4 missing=6\n");
  EXPECT_EQ(ask({.by = By::kTime, .server = api_, .bucket_seconds = 60}),
            "0 +10 ~8 -8 expired=2 missing=6\n60 +4 ~0 -0\n");
  EXPECT_EQ(ask({.since = kMinute + 1}), "api +4 ~0 -0\n");
  EXPECT_EQ(ask({.until = kMinute}), "");
}

TEST_F(UsageTest, IsNotToldToAnotherAccount) {
  const Account bob = make_account(store_, "bob");
  add({.counts = {{api_, std::nullopt, kMinute, "accepted", 1},
                  {api_, first_.index, kMinute, "accepted", 1}}});
  for (const By by : {By::kServer, By::kToken, By::kTime}) {
    EXPECT_EQ(ask(bob.id, {.by = by}), "");
    EXPECT_EQ(ask(bob.id, {.by = by, .server = api_, .token = first_.index}), "");
    EXPECT_NE(ask({.by = by}), "");
  }
}

TEST_F(UsageTest, RemembersTheLastUseWhereverTheClockGoes) {
  EXPECT_EQ(last_used(first_), std::nullopt);
  add({.last_uses = {{first_.index, kNow}}});
  EXPECT_EQ(last_used(first_), kNow);
  add({.last_uses = {{first_.index, kNow - 100}, {second_.index, kNow - 100}}});
  EXPECT_EQ(last_used(first_), kNow);
  EXPECT_EQ(last_used(second_), kNow - 100);
  add({.last_uses = {{first_.index, kNow + 1}}});
  EXPECT_EQ(last_used(first_), kNow + 1);
  EXPECT_EQ(store_.tokens(alice_.id, {}, kNow)->tokens.back().last_used, kNow + 1);
}

TEST_F(UsageTest, IsNoChangeThatFollowersHearOf) {
  const int64_t version = *store_.version();
  const size_t num_entries = store_.audit({})->size();
  add({.counts = {{api_, std::nullopt, kMinute, "accepted", 1}}, .last_uses = {{0, kNow}}});
  EXPECT_EQ(*store_.version(), version);
  EXPECT_EQ(store_.audit({})->size(), num_entries);
}

TEST_F(UsageTest, IsKeptByTheMinuteForADayAndByTheHourForNinety) {
  add({.counts = {{api_, std::nullopt, kHour, "accepted", 1},
                  {api_, std::nullopt, kHour + 60, "accepted", 2},
                  {api_, first_.index, kHour + 60, "accepted", 2},
                  {api_, std::nullopt, kHour + 3600, "accepted", 4}}});
  const UsageQuery by_minute{.by = By::kTime, .bucket_seconds = 60};
  const UsageQuery by_hour{.by = By::kTime};
  EXPECT_EQ(ask(by_minute), "0 +1 ~0 -0\n60 +2 ~0 -0\n3600 +4 ~0 -0\n");
  EXPECT_EQ(ask(by_hour), "0 +3 ~0 -0\n3600 +4 ~0 -0\n");
  add({}, kHour + kMinutesKeptSeconds + 3600);
  EXPECT_EQ(ask(by_minute), "0 +3 ~0 -0\n3600 +4 ~0 -0\n");
  add({}, kHour + 3 * kMinutesKeptSeconds);
  EXPECT_EQ(ask(by_minute), "0 +3 ~0 -0\n3600 +4 ~0 -0\n");
  EXPECT_EQ(ask({.by = By::kToken}), first_.jti + " +2 ~0 -0\n");
  add({}, kHour + kHoursKeptSeconds);
  EXPECT_EQ(ask(by_hour), "0 +3 ~0 -0\n3600 +4 ~0 -0\n");
  add({}, kHour + kHoursKeptSeconds + 1);
  EXPECT_EQ(ask(by_hour), "3600 +4 ~0 -0\n");
}

TEST_F(UsageTest, IsTidiedUpInParts) {
  UsageBatch batch;
  for (TokenIndex token = 0; token < 2'500; ++token) {
    batch.counts.push_back({api_, token, kMinute, "accepted", 1});
  }
  batch.counts.push_back({api_, std::nullopt, kMinute, "accepted", 2'500});
  add(batch);
  const int64_t later = kNow + 2 * kMinutesKeptSeconds;
  EXPECT_TRUE(*store_.add_usage({}, later));
  EXPECT_TRUE(*store_.add_usage({}, later));
  EXPECT_FALSE(*store_.add_usage({}, later));
  EXPECT_EQ(ask({.by = By::kTime, .bucket_seconds = 60}), "0 +2500 ~0 -0\n");
}

// --- The book ---

class UsageBookTest : public UsageTest {
 protected:
  static net::Instant after(uint64_t milliseconds) { return {kNow, 1'000'000 + milliseconds}; }

  void run_sql(const char* sql) {
    sqlite3* connection = nullptr;
    ASSERT_EQ(sqlite3_open(path().c_str(), &connection), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(connection, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(connection);
  }
  void save(UsageBook& book) { EXPECT_TRUE(book.save(store_, after(0)).ok()); }

  UsageBook book_{2, kOutcomes};
};

TEST_F(UsageBookTest, SavesWhatAllThreadsHaveCounted) {
  UsageMeter& api = book_.meter(api_);
  EXPECT_EQ(&book_.meter(api_), &api);
  api.count(0, kOutcomeAccepted, first_.index);
  api.count(1, kOutcomeAccepted, first_.index);
  api.count(1, kExpired, second_.index);
  api.count(1, kMissing, std::nullopt);
  book_.meter(files_).count(0, kMissing, std::nullopt);
  EXPECT_TRUE(book_.is_saved()) << "not collected yet";
  book_.collect(after(0));
  EXPECT_FALSE(book_.is_saved());
  save(book_);
  EXPECT_TRUE(book_.is_saved());
  EXPECT_EQ(ask({}), "api +2 ~0 -2 expired=1 missing=1\nfiles +0 ~0 -1 missing=1\n");
  EXPECT_EQ(last_used(first_), kNow);
  EXPECT_EQ(last_used(second_), std::nullopt) << "refused, not used";
  book_.collect(after(0));
  EXPECT_TRUE(book_.is_saved()) << "nothing twice";
}

TEST_F(UsageBookTest, IsDueTwoSecondsAfterTheFirstUseThatIsNotSaved) {
  save(book_);  // to tidy up
  UsageMeter& api = book_.meter(api_);
  book_.collect(after(10));
  EXPECT_FALSE(book_.is_due(after(10'000)));
  EXPECT_EQ(book_.lag_ms(after(10'000)), 0u);
  for (uint64_t ms = 100; ms < 2'000; ms += 100) {
    api.count(0, kOutcomeAccepted, first_.index);
    book_.collect(after(ms));
    EXPECT_FALSE(book_.is_due(after(ms)));
  }
  EXPECT_EQ(book_.lag_ms(after(2'099)), 1'999u);
  EXPECT_FALSE(book_.is_due(after(2'099)));
  EXPECT_TRUE(book_.is_due(after(2'100)));
  EXPECT_TRUE(book_.save(store_, after(2'100)).ok());
  EXPECT_FALSE(book_.is_due(after(2'100)));
  EXPECT_TRUE(book_.is_due(after(62'100))) << "to tidy up";
}

TEST_F(UsageBookTest, GoesOnWhereverTheClockGoes) {
  save(book_);  // to tidy up
  UsageMeter& api = book_.meter(api_);
  for (const int64_t time : {kHour, kHour - 3600, kHour + 60}) {
    api.count(0, kOutcomeAccepted, first_.index);
    book_.collect({time, after(0).steady_ms});
    EXPECT_TRUE(book_.is_due({time, after(2'000).steady_ms}));
    EXPECT_TRUE(book_.save(store_, {time, after(2'000).steady_ms}).ok());
    EXPECT_EQ(last_used(first_), std::max(kHour, time));
  }
  EXPECT_EQ(ask({.by = By::kTime, .bucket_seconds = 60}),
            "-3600 +1 ~0 -0\n0 +1 ~0 -0\n60 +1 ~0 -0\n");
}

TEST_F(UsageBookTest, LosesNothingThatCannotBeSavedYet) {
  UsageMeter& api = book_.meter(api_);
  api.count(0, kOutcomeAccepted, first_.index);
  book_.collect(after(0));
  run_sql("ALTER TABLE last_uses RENAME TO hidden");
  EXPECT_FALSE(book_.save(store_, after(2'000)).ok());
  EXPECT_FALSE(book_.is_due(after(2'999)));
  EXPECT_TRUE(book_.is_due(after(3'000)));
  api.count(0, kOutcomeAccepted, first_.index);
  book_.collect(after(3'000));
  run_sql("ALTER TABLE hidden RENAME TO last_uses");
  EXPECT_TRUE(book_.save(store_, after(3'000)).ok());
  EXPECT_TRUE(book_.is_saved());
  EXPECT_EQ(ask({}), "api +2 ~0 -0\n");
  EXPECT_EQ(ask({.by = By::kToken}), first_.jti + " +2 ~0 -0\n");
}

TEST_F(UsageBookTest, CountsForTheServerWhatIsTooMuchForItsTokens) {
  UsageMeter& api = book_.meter(api_);
  for (size_t i = 0; i < UsageRing::kCapacity + 7; ++i) {
    api.count(0, kOutcomeAccepted, first_.index);
  }
  book_.collect(after(0));
  EXPECT_EQ(book_.num_lost(), 7u);
  api.count(0, kOutcomeAccepted, first_.index);
  book_.collect(after(1));
  EXPECT_EQ(book_.num_lost(), 7u) << "there is room again";
  save(book_);
  const auto capacity = static_cast<int64_t>(UsageRing::kCapacity);
  EXPECT_EQ(store_.usage(alice_.id, {})->at(0).num_accepted, capacity + 8);
  EXPECT_EQ(store_.usage(alice_.id, {.by = By::kToken})->at(0).num_accepted, capacity + 1);
}

TEST_F(UsageBookTest, SavesManyTokensInParts) {
  constexpr TokenIndex kNumTokens = 10'000;
  UsageMeter& api = book_.meter(api_);
  for (TokenIndex token = 0; token < kNumTokens; ++token) {
    api.count(0, kOutcomeAccepted, token);
    api.count(1, kExpired, token);
  }
  book_.collect(after(0));
  int num_parts = 0;
  for (; !book_.is_saved(); ++num_parts) save(book_);
  EXPECT_GT(num_parts, 2);
  EXPECT_EQ(ask({}), "api +10000 ~0 -10000 expired=10000\n");
  EXPECT_EQ(book_.lag_ms(after(9'000)), 0u);
}

}  // namespace
}  // namespace simdjwt::registry
