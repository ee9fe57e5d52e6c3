// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/feed.h"

#include "registry/registry_fixture.h"

namespace simdjwt::registry {
namespace {

using FeedTest = RegistryTest;

// Writes down what it gets, one line a row.
class Recorder : public FeedSink {
 public:
  std::string take() { return std::exchange(text_, ""); }

  void on_account(const FeedAccount& a) override {
    line("account", a.id, a.name, static_cast<int>(a.accepts));
  }
  void on_secret(const FeedSecret& s) override {
    EXPECT_EQ(s.text.size(), kSecretChars);
    line("secret", s.account, s.generation, until(s.valid_until));
  }
  void on_secret_dropped(AccountId account, int64_t generation) override {
    line("dropped", account, generation);
  }
  void on_server(const FeedServer& s) override {
    line("server", s.id, s.account, s.name, s.url, s.authenticates ? "on" : "off");
  }
  void on_token(const FeedToken& t) override {
    line("token", t.index, t.account, t.jti, until(t.expires), t.is_revoked ? "revoked" : "good");
  }
  void on_associated(TokenIndex token, ServerId server) override { line("with", token, server); }
  void on_dissociated(TokenIndex token, ServerId server) override {
    line("without", token, server);
  }
  void on_epoch(const FeedEpoch& e) override {
    line("epoch", static_cast<int>(e.scope), e.account, e.name, e.not_before);
  }
  void on_foreign_revocation(const FeedForeignRevocation& r) override {
    line("foreign", r.account, r.jti, until(r.expires));
  }

 private:
  static std::string until(int64_t time) {
    return time == kNever ? "never" : std::to_string(time - kNow);
  }
  void append(std::string_view text) { text_.append(text) += ' '; }
  template <class Number>
  requires std::is_integral_v<Number>
  void append(Number number) { append(std::to_string(number)); }
  template <class... Values>
  void line(const Values&... values) {
    (append(values), ...);
    text_.back() = '\n';
  }

  std::string text_;
};

TEST_F(FeedTest, ReadsEverythingOfOneVersion) {
  Store store = make_store();
  const Account alice = make_account(store);
  ASSERT_TRUE(store.create_server(alice.id, "api", "https://a.example", at(kNow)).ok());
  const std::string one = make_token(store, alice.id, {"api"}).token.jti;
  const TokenRequest request{.description = "x", .expires = kNow + 60};
  const std::string two = store.create_token(alice.id, request, at(kNow)).value().token.jti;
  ASSERT_EQ(store.revoke_token(alice.id, two, "", at(kNow)), absl::OkStatus());
  ASSERT_TRUE(store.rotate_secret(alice.id, 60, at(kNow)).ok());
  ASSERT_EQ(store.set_epoch({EpochScope::kIssuer, 0, "https://i", 5}, at(kNow)), absl::OkStatus());
  ASSERT_EQ(store.revoke_foreign(alice.id, "theirs", kNow + 60, at(kNow)), absl::OkStatus());

  Recorder recorder;
  EXPECT_EQ(store.read_all(recorder, kNow).value(), store.version().value());
  EXPECT_EQ(recorder.take(),
            "account 1 alice 0\n"
            "secret 1 1 60\n"
            "secret 1 2 never\n"
            "server 1 1 api https://a.example on\n"
            "token 0 1 " +
                one +
                " never good\n"
                "token 1 1 " +
                two +
                " 60 revoked\n"
                "with 0 1\n"
                "epoch 1 0 https://i 5\n"
                "foreign 1 theirs 60\n");
  // What has ended is left out.
  EXPECT_TRUE(store.read_all(recorder, kNow + 60).ok());
  const std::string later = recorder.take();
  EXPECT_EQ(later.find("secret 1 1"), std::string::npos);
  EXPECT_EQ(later.find("foreign"), std::string::npos);
}

TEST_F(FeedTest, ReadsEachChangedRowOnceAsItIsNow) {
  Store store = make_store();
  const Account alice = make_account(store);
  ASSERT_TRUE(store.create_server(alice.id, "api", "", at(kNow)).ok());
  const std::string jti = make_token(store, alice.id, {"api"}).token.jti;
  Recorder recorder;
  int64_t seen = store.version().value();
  const auto changes = [&](int64_t now = kNow) {
    seen = store.read_changes(recorder, seen, now).value();
    EXPECT_EQ(seen, store.version().value());
    return recorder.take();
  };
  EXPECT_EQ(changes(), "");
  ASSERT_EQ(store.revoke_token(alice.id, jti, "", at(kNow)), absl::OkStatus());
  EXPECT_EQ(changes(), "token 0 1 " + jti + " never revoked\n");
  EXPECT_EQ(changes(), "");

  const std::string next = make_token(store, alice.id).token.jti;
  ASSERT_EQ(store.associate(alice.id, next, "api", at(kNow)), absl::OkStatus());
  ASSERT_EQ(store.dissociate(alice.id, next, "api", at(kNow)), absl::OkStatus());
  ASSERT_EQ(store.set_authentication(alice.id, "api", false, at(kNow)), absl::OkStatus());
  ASSERT_EQ(store.set_authentication(alice.id, "api", true, at(kNow)), absl::OkStatus());
  EXPECT_EQ(changes(), "token 1 1 " + next + " never good\nwithout 1 1\nserver 1 1 api  on\n");

  ASSERT_TRUE(store.rotate_secret(alice.id, 60, at(kNow)).ok());
  EXPECT_EQ(changes(), "secret 1 1 60\nsecret 1 2 never\n");
  ASSERT_TRUE(store.rotate_secret(alice.id, 0, at(kNow)).ok());
  EXPECT_EQ(changes(), "dropped 1 1\ndropped 1 2\nsecret 1 3 never\n");
  ASSERT_EQ(store.set_policy(alice.id, Accepts::kSigned, {}, at(kNow)), absl::OkStatus());
  EXPECT_EQ(changes(), "account 1 alice 1\n");
  ASSERT_TRUE(store.copy_token(alice.id, next, at(kNow)).status().code() ==
              absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(store.show_secret(alice.id, at(kNow)).ok());
  EXPECT_EQ(changes(), "") << "reading a secret is a version, but changes no row";
}

TEST_F(FeedTest, SaysWhenItsLogDoesNotReachBack) {
  Store store = make_store();
  make_account(store);
  Recorder recorder;
  EXPECT_TRUE(absl::IsOutOfRange(store.read_changes(recorder, 1000, kNow).status()));
  Database database = Database::open(path()).value();
  ASSERT_EQ(database.run("UPDATE registry SET log_start = 2"), absl::OkStatus());
  EXPECT_TRUE(absl::IsOutOfRange(store.read_changes(recorder, 1, kNow).status()));
  EXPECT_TRUE(store.read_changes(recorder, 2, kNow).ok());
}

TEST_F(FeedTest, SeesTheChangesOfOtherProcesses) {
  Store one = make_store();
  Store other = Store::open(path()).value();
  const int64_t before = other.version().value();
  make_account(one);
  Recorder recorder;
  EXPECT_EQ(other.read_changes(recorder, before, kNow).value(), before + 1);
  EXPECT_EQ(recorder.take(), "account 1 alice 0\n");
}

TEST_F(FeedTest, NeverMovesAnEpochBack) {
  Store store = make_store();
  const Account alice = make_account(store);
  const auto set = [&](EpochScope scope, AccountId account, std::string_view name, int64_t time) {
    return store.set_epoch({scope, account, name, time}, at(kNow));
  };
  ASSERT_EQ(set(EpochScope::kAccount, alice.id, "", 10), absl::OkStatus());
  ASSERT_EQ(set(EpochScope::kAccount, alice.id, "", 9), absl::OkStatus());
  ASSERT_EQ(set(EpochScope::kAll, 0, "", 3), absl::OkStatus());
  ASSERT_EQ(set(EpochScope::kSubject, alice.id, "x", 4), absl::OkStatus());
  Recorder recorder;
  ASSERT_TRUE(store.read_changes(recorder, 2, kNow).ok());
  EXPECT_EQ(recorder.take(), "epoch 2 1  10\nepoch 0 0  3\nepoch 3 1 x 4\n");
  EXPECT_TRUE(absl::IsNotFound(set(EpochScope::kAccount, 77, "", 1)));
  EXPECT_TRUE(absl::IsInvalidArgument(set(EpochScope::kAll, alice.id, "", 1)));
  EXPECT_TRUE(absl::IsInvalidArgument(set(EpochScope::kIssuer, 0, "", 1)));
  EXPECT_TRUE(absl::IsInvalidArgument(set(EpochScope::kSubject, 0, "x", 1)));
}

}  // namespace
}  // namespace simdjwt::registry
