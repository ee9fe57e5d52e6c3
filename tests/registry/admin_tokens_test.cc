// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/admin_tokens.h"

#include <filesystem>

#include "registry/opaque_secret.h"
#include "registry/registry_fixture.h"
#include "registry/schema.h"

namespace simdjwt::registry {
namespace {

class AdminTokensTest : public RegistryTest {
 protected:
  IssuedAdminToken make(const std::string& name, std::optional<int64_t> expires = std::nullopt) {
    return tokens_
        .create(
            {.name = name, .scopes = {AdminScope::kRead, AdminScope::kAudit}, .expires = expires},
            at(kNow))
        .value();
  }
  // What a creation leaves behind for whoever repeats it.
  Act once(const std::string& key, const std::string& request = "hash") {
    Act act = at(kNow);
    act.once = Once{admin_.token.id, key, request};
    return act;
  }
  absl::StatusOr<MadeOnce> made(const std::string& key, int64_t now = kNow) {
    return tokens_.find_made({admin_.token.id, key, ""}, now);
  }

  Store store_ = make_store();
  AdminTokens tokens_{store_};
  const IssuedAdminToken admin_ = make("first");
};

TEST_F(AdminTokensTest, AreFoundByTheirText) {
  const absl::StatusOr<AdminToken> found = tokens_.find(admin_.text, kNow);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->name, "first");
  EXPECT_TRUE(found->may(AdminScope::kRead));
  EXPECT_TRUE(found->may(AdminScope::kAudit));
  EXPECT_FALSE(found->may(AdminScope::kWrite));
  EXPECT_FALSE(found->may(AdminScope::kReveal));
  EXPECT_TRUE(admin_.text.starts_with("sja_"));
  for (const std::string& other : {std::string(), std::string("sja_"), admin_.text + "x",
                                   admin_.text.substr(0, admin_.text.size() - 1)}) {
    EXPECT_TRUE(absl::IsNotFound(tokens_.find(other, kNow).status())) << other;
  }
}

TEST_F(AdminTokensTest, AreKeptAsHashes) {
  EXPECT_EQ(bytes_of(path()).find(admin_.text), std::string::npos);
  EXPECT_EQ(bytes_of(path() + "-wal").find(admin_.text), std::string::npos);
  EXPECT_NE(bytes_of(path() + "-wal").find(sha256_of(admin_.text)), std::string::npos);
}

TEST_F(AdminTokensTest, AreNoLongerFoundOnceRevoked) {
  EXPECT_TRUE(tokens_.revoke("first", at(kNow)).ok());
  EXPECT_TRUE(tokens_.revoke("first", at(kNow + 1)).ok());
  EXPECT_TRUE(absl::IsNotFound(tokens_.find(admin_.text, kNow).status()));
  EXPECT_EQ(tokens_.all()->at(0).revoked, kNow);
  EXPECT_TRUE(absl::IsNotFound(tokens_.revoke("missing", at(kNow))));
}

TEST_F(AdminTokensTest, AreNoLongerFoundOnceExpired) {
  const IssuedAdminToken brief = make("brief", kNow + 10);
  EXPECT_TRUE(tokens_.find(brief.text, kNow + 9).ok());
  EXPECT_TRUE(absl::IsNotFound(tokens_.find(brief.text, kNow + 10).status()));
}

TEST_F(AdminTokensTest, KnowWhenTheyWereLastUsedToAMinute) {
  EXPECT_FALSE(tokens_.all()->at(0).last_used);
  const int64_t version = *store_.version();
  EXPECT_EQ(tokens_.find(admin_.text, kNow)->last_used, kNow);
  EXPECT_EQ(tokens_.find(admin_.text, kNow + 59)->last_used, kNow);
  EXPECT_EQ(tokens_.find(admin_.text, kNow + 60)->last_used, kNow + 60);
  EXPECT_EQ(tokens_.all()->at(0).last_used, kNow + 60);
  EXPECT_EQ(*store_.version(), version) << "nobody has to follow that";
}

TEST_F(AdminTokensTest, AreRefusedWhereTheyWouldBeUseless) {
  const auto refusal = [&](const AdminTokenRequest& request) {
    return tokens_.create(request, at(kNow)).status().code();
  };
  EXPECT_EQ(refusal({.name = "a b", .scopes = {AdminScope::kRead}}),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(refusal({.name = "none", .scopes = {}}), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(refusal({.name = "late", .scopes = {AdminScope::kRead}, .expires = kNow}),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(refusal({.name = "first", .scopes = {AdminScope::kRead}}),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(refusal({.name = "lost", .scopes = {AdminScope::kRead}, .account = 77}),
            absl::StatusCode::kNotFound);
}

TEST_F(AdminTokensTest, AreInTheAuditLog) {
  EXPECT_TRUE(tokens_.revoke("first", at(kNow)).ok());
  const std::vector<AuditEntry> entries = *store_.audit({});
  EXPECT_EQ(entries.at(0).action, "admin_token.revoke");
  EXPECT_EQ(entries.at(1).action, "admin_token.create");
  EXPECT_EQ(entries.at(1).detail, "read audit");
}

TEST_F(AdminTokensTest, RememberWhatWasMadeWithAKey) {
  const Account alice =
      *store_.create_account("alice", Accepts::kRegistered, {}, once("account", "of account"));
  EXPECT_EQ(made("account")->subject, "alice");
  EXPECT_EQ(made("account")->request, "of account");
  ASSERT_TRUE(store_.create_server(alice.id, "api", "", once("server")).ok());
  EXPECT_EQ(made("server")->subject, "api");
  const IssuedToken issued =
      *store_.create_token(alice.id, {.description = "a test's"}, once("token"));
  EXPECT_EQ(made("token")->subject, issued.token.jti);
  ASSERT_TRUE(store_.rotate_secret(alice.id, 60, once("rotation")).ok());
  EXPECT_EQ(made("rotation")->subject, "2");
  EXPECT_TRUE(absl::IsNotFound(made("other").status()));
  EXPECT_TRUE(
      absl::IsNotFound(tokens_.find_made({admin_.token.id + 1, "token", ""}, kNow).status()))
      << "keys are each caller's own";
}

TEST_F(AdminTokensTest, MakeNothingTwiceWithAKey) {
  const Account alice = *store_.create_account("alice", Accepts::kRegistered, {}, once("key"));
  EXPECT_TRUE(
      absl::IsAlreadyExists(store_.create_server(alice.id, "api", "", once("key")).status()));
  EXPECT_TRUE(store_.servers(alice.id)->empty());
}

TEST_F(AdminTokensTest, ForgetKeysAfterADay) {
  ASSERT_TRUE(store_.create_account("alice", Accepts::kRegistered, {}, once("key")).ok());
  EXPECT_TRUE(made("key", kNow + kOnceSeconds - 1).ok());
  EXPECT_TRUE(absl::IsNotFound(made("key", kNow + kOnceSeconds).status()));
  Act later = once("key");
  later.time += kOnceSeconds;
  EXPECT_TRUE(store_.create_account("bob", Accepts::kRegistered, {}, later).ok());
}

// The first version of the schema, with something in it, as this program would meet it.
TEST(SchemaTest, OfTheFirstVersionBecomesTodays) {
  std::string file = ::testing::TempDir() + "schema_XXXXXX";
  const int fd = mkstemp(file.data());
  ASSERT_GE(fd, 0);
  close(fd);
  {
    Database database = Database::open(file).value();
    const auto scripts = schema_scripts();
    ASSERT_TRUE(migrate(database, scripts.first(1)).ok());
    ASSERT_TRUE(database
                    .run_script("INSERT INTO accounts (name, created, accepts, life_min, "
                                "may_be_indefinite) VALUES ('alice', 1, 0, 1, 1)")
                    .ok());
    ASSERT_TRUE(migrate(database, scripts).ok());
    Statement row = database.query(
        "SELECT count(*), (SELECT count(*) FROM admin_tokens), (SELECT count(*) FROM made_once) "
        "FROM accounts");
    ASSERT_TRUE(row.next());
    EXPECT_EQ(row.integer(0), 1);
    EXPECT_EQ(row.integer(1), 0);
    EXPECT_EQ(row.integer(2), 0);
  }
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace simdjwt::registry
