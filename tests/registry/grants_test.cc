// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/grants.h"

#include <simdjson.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "registry/registry_fixture.h"
#include "registry/schema.h"

namespace simdjwt::registry {
namespace {

using absl::StatusCode;

std::string claim(const IssuedToken& issued, std::string_view name) {
  simdjson::dom::parser parser;
  return simdjson::minify(parser.parse(issued.token.claims_json)[name].value());
}

class GrantsTest : public RegistryTest {
 protected:
  GrantsTest() : store_(make_store()), grants_(store_), alice_(make_account(store_).id) {
    EXPECT_TRUE(store_.create_server(alice_, "api", "https://api.example/mcp", at(kNow)).ok());
    EXPECT_TRUE(store_.create_server(alice_, "db", "https://db.example", at(kNow)).ok());
  }

  static TokenRequest request() {
    return {.description = "a robot's", .scope = "read write", .servers = {"api", "db"}};
  }
  NewClient make_client(const std::string& name = "robot") {
    return grants_.create_client(alice_, name, request(), 600, at(kNow)).value();
  }
  TokenPair make_family(const std::string& client = "") {
    return grants_.create_family(alice_, request(), 600, kNow + 5000, client, at(kNow)).value();
  }
  absl::StatusOr<TokenPair> refresh(const std::string& token, const Client* client = nullptr,
                                    const Narrowing& narrowing = {}, int64_t now = kNow) {
    return grants_.refresh(token, client, narrowing, at(now));
  }
  StatusCode refresh_code(const std::string& token, const Client* client = nullptr) {
    return refresh(token, client).status().code();
  }
  bool is_revoked(const IssuedToken& issued) {
    return store_.find_token(alice_, issued.token.jti).value().revoked.has_value();
  }

  Store store_;
  Grants grants_;
  AccountId alice_;
};

// --- Clients ---

TEST_F(GrantsTest, IssueToClientsThatKnowTheirSecret) {
  const NewClient made = make_client();
  const Client client = grants_.authenticate("robot", made.secret).value();
  EXPECT_EQ(client.grant.account, alice_);
  const IssuedToken issued = grants_.issue_to(client, {}, at(kNow)).value();
  EXPECT_EQ(issued.token.expires, kNow + 600);
  EXPECT_EQ(issued.token.servers, (std::vector<std::string>{"api", "db"}));
  EXPECT_EQ(claim(issued, "scope"), "\"read write\"");
  EXPECT_EQ(claim(issued, "aud"), R"(["https://api.example/mcp","https://db.example"])");
  EXPECT_EQ(store_.find_token(alice_, issued.token.jti).value().description, "a robot's");

  for (const std::string& wrong :
       {std::string(), made.secret + 'x', made.secret.substr(1), std::string("sjc_")}) {
    EXPECT_EQ(grants_.authenticate("robot", wrong).status().code(), StatusCode::kUnauthenticated);
  }
  EXPECT_EQ(grants_.authenticate("other", made.secret).status().code(),
            StatusCode::kUnauthenticated);
}

TEST_F(GrantsTest, KeepNoSecretInTheFiles) {
  const std::string secret = make_client().secret;
  const std::string token = make_family().refresh_token;
  for (const char* suffix : {"", "-wal"}) {
    const std::string bytes = bytes_of(path() + suffix);
    EXPECT_EQ(bytes.find(secret.substr(4)), std::string::npos);
    EXPECT_EQ(bytes.find(token.substr(4)), std::string::npos);
  }
}

TEST_F(GrantsTest, NarrowScopeAndServersButNeverWiden) {
  const Client client = make_client().client;
  const auto issue = [&](const Narrowing& narrowing) {
    return grants_.issue_to(client, narrowing, at(kNow));
  };
  const IssuedToken narrow =
      issue({.scope = "write", .resources = {"https://api.example/mcp"}}).value();
  EXPECT_EQ(claim(narrow, "scope"), "\"write\"");
  EXPECT_EQ(claim(narrow, "aud"), "\"https://api.example/mcp\"");
  EXPECT_EQ(narrow.token.servers, std::vector<std::string>{"api"});
  EXPECT_TRUE(issue({.scope = "write read"}).ok());
  for (const char* wide : {"admin", "read admin", "rea", "read  write", " read"}) {
    EXPECT_EQ(issue({.scope = wide}).status().code(), StatusCode::kOutOfRange) << wide;
  }
  for (const char* other : {"https://api.example", "https://api.example/mcp/", ""}) {
    EXPECT_EQ(issue({.resources = {other}}).status().code(), StatusCode::kNotFound) << other;
  }
}

TEST_F(GrantsTest, EndWithTheirClient) {
  const NewClient made = make_client();
  const NewClient other = make_client("other");
  const IssuedToken issued = grants_.issue_to(made.client, {}, at(kNow)).value();
  const IssuedToken others = grants_.issue_to(other.client, {}, at(kNow)).value();
  const TokenPair pair = make_family("robot");
  ASSERT_EQ(grants_.revoke_client(alice_, "robot", "left", at(kNow)), absl::OkStatus());
  EXPECT_TRUE(is_revoked(issued));
  EXPECT_TRUE(is_revoked(pair.access));
  EXPECT_FALSE(is_revoked(others));
  EXPECT_EQ(refresh_code(pair.refresh_token, &made.client), StatusCode::kPermissionDenied);
  EXPECT_EQ(grants_.authenticate("robot", made.secret).status().code(),
            StatusCode::kUnauthenticated);
  EXPECT_EQ(grants_.issue_to(made.client, {}, at(kNow)).status().code(),
            StatusCode::kUnauthenticated);
  EXPECT_FALSE(grants_.create_family(alice_, request(), 600, kNow + 5000, "robot", at(kNow)).ok());
  const std::vector<Client> clients = grants_.clients(alice_).value();
  ASSERT_EQ(clients.size(), 2u);
  EXPECT_FALSE(clients[0].grant.revoked) << "by name";
  EXPECT_EQ(clients[1].grant.revoked->reason, "left");
}

TEST_F(GrantsTest, AreOfOneAccount) {
  make_client();
  const AccountId bob = make_account(store_, "bob").id;
  EXPECT_TRUE(grants_.clients(bob).value().empty());
  EXPECT_EQ(grants_.revoke_client(bob, "robot", "", at(kNow)).code(), StatusCode::kNotFound);
  EXPECT_EQ(grants_.create_client(bob, "robot", {.description = "x"}, 60, at(kNow)).status().code(),
            StatusCode::kAlreadyExists);
  EXPECT_EQ(grants_.create_client(bob, "b", request(), 60, at(kNow)).status().code(),
            StatusCode::kNotFound)
      << "the servers are alice's";
  EXPECT_EQ(grants_.create_family(bob, {.description = "x"}, 60, kNow + 60, "robot", at(kNow))
                .status()
                .code(),
            StatusCode::kNotFound);
  make_family();
  EXPECT_TRUE(grants_.families(bob).value().empty());
  const GrantId family = grants_.families(alice_).value().at(0).grant.id;
  EXPECT_EQ(grants_.revoke_family(bob, family, "", at(kNow)).code(), StatusCode::kNotFound);
}

TEST_F(GrantsTest, RespectTheAccountsPolicy) {
  const int64_t before = store_.version().value();
  for (const int64_t seconds : {int64_t{0}, int64_t{-1}, kAccessSecondsMax + 1}) {
    EXPECT_EQ(grants_.create_client(alice_, "c", request(), seconds, at(kNow)).status().code(),
              StatusCode::kInvalidArgument);
  }
  EXPECT_FALSE(grants_.create_family(alice_, request(), 600, kNow, "", at(kNow)).ok());
  EXPECT_EQ(store_.version().value(), before);
  const Client client = make_client().client;
  ASSERT_TRUE(store_.set_policy(alice_, Accepts::kRegistered, {.seconds_max = 300}, at(kNow)).ok());
  EXPECT_EQ(grants_.issue_to(client, {}, at(kNow)).status().code(), StatusCode::kInvalidArgument);
  EXPECT_FALSE(grants_.create_client(alice_, "c", request(), 600, at(kNow)).ok());
}

// --- Refresh tokens ---

TEST_F(GrantsTest, ExchangeARefreshTokenOnce) {
  const TokenPair first = make_family();
  EXPECT_EQ(first.refresh_expires, kNow + 5000);
  const TokenPair second = refresh(first.refresh_token, nullptr, {}, kNow + 100).value();
  EXPECT_NE(second.refresh_token, first.refresh_token);
  EXPECT_EQ(second.refresh_expires, kNow + 5000);
  EXPECT_EQ(second.access.token.expires, kNow + 700);
  EXPECT_EQ(claim(second.access, "scope"), "\"read write\"");
  EXPECT_FALSE(is_revoked(first.access));
  const TokenPair third = refresh(second.refresh_token, nullptr, {.scope = "read"}).value();
  EXPECT_EQ(claim(third.access, "scope"), "\"read\"");
  EXPECT_EQ(claim(refresh(third.refresh_token).value().access, "scope"), "\"read write\"")
      << "what was not asked for once may be asked for again";
}

TEST_F(GrantsTest, RevokeAFamilyOfWhichATokenIsUsedTwice) {
  const TokenPair first = make_family();
  const TokenPair second = refresh(first.refresh_token).value();
  const TokenPair third = refresh(second.refresh_token).value();
  const TokenPair other = make_family();
  EXPECT_EQ(refresh_code(first.refresh_token), StatusCode::kAborted);
  for (const TokenPair* pair : {&first, &second, &third}) {
    EXPECT_TRUE(is_revoked(pair->access));
    EXPECT_EQ(refresh_code(pair->refresh_token), StatusCode::kPermissionDenied);
  }
  EXPECT_FALSE(is_revoked(other.access));
  EXPECT_TRUE(refresh(other.refresh_token).ok());
  const auto entries = store_.audit({.account = alice_, .limit = 1000}).value();
  EXPECT_EQ(std::ranges::count(entries, "refresh.reuse", &AuditEntry::action), 1);
  EXPECT_EQ(std::ranges::count(entries, "token.revoke", &AuditEntry::action), 3);
  EXPECT_EQ(std::ranges::count(entries, "refresh.use", &AuditEntry::action), 3);
}

TEST_F(GrantsTest, RefuseRefreshTokensThatAreUnknownOrExpired) {
  const TokenPair pair = make_family();
  for (const std::string& token :
       {std::string(), std::string("sjr_"), pair.refresh_token + 'A', pair.access.text,
        pair.refresh_token.substr(0, pair.refresh_token.size() - 1)}) {
    EXPECT_EQ(refresh_code(token), StatusCode::kPermissionDenied) << token;
  }
  EXPECT_EQ(refresh(pair.refresh_token, nullptr, {}, kNow + 5000).status().code(),
            StatusCode::kPermissionDenied);
  EXPECT_TRUE(refresh(pair.refresh_token, nullptr, {}, kNow + 4999).ok()) << "still good";
}

TEST_F(GrantsTest, SpendNothingOnAnErrorOfTheClient) {
  const TokenPair pair = make_family();
  EXPECT_EQ(refresh(pair.refresh_token, nullptr, {.scope = "admin"}).status().code(),
            StatusCode::kOutOfRange);
  EXPECT_TRUE(refresh(pair.refresh_token).ok());
}

TEST_F(GrantsTest, GiveRefreshTokensOfAClientToNobodyElse) {
  const Client robot = make_client().client;
  const Client other = make_client("other").client;
  const TokenPair pair = make_family("robot");
  EXPECT_EQ(refresh_code(pair.refresh_token), StatusCode::kUnauthenticated);
  EXPECT_EQ(refresh_code(pair.refresh_token, &other), StatusCode::kPermissionDenied);
  const TokenPair second = refresh(pair.refresh_token, &robot).value();
  EXPECT_EQ(refresh_code(pair.refresh_token), StatusCode::kUnauthenticated) << "not even to spoil";
  EXPECT_TRUE(refresh(second.refresh_token, &robot).ok());
  EXPECT_EQ(refresh_code(make_family().refresh_token, &robot), StatusCode::kPermissionDenied);
}

TEST_F(GrantsTest, RevokeFamiliesByHand) {
  const TokenPair pair = make_family();
  const std::vector<RefreshFamily> families = grants_.families(alice_).value();
  ASSERT_EQ(families.size(), 1u);
  EXPECT_EQ(families[0].client, "");
  EXPECT_EQ(families[0].expires, kNow + 5000);
  EXPECT_EQ(families[0].grant.tokens.servers, (std::vector<std::string>{"api", "db"}));
  ASSERT_TRUE(grants_.revoke_family(alice_, families[0].grant.id, "lost", at(kNow)).ok());
  EXPECT_TRUE(is_revoked(pair.access));
  EXPECT_EQ(refresh_code(pair.refresh_token), StatusCode::kPermissionDenied);
  EXPECT_EQ(grants_.families(alice_).value().at(0).grant.revoked->reason, "lost");
  const int64_t before = store_.version().value();
  ASSERT_TRUE(grants_.revoke_family(alice_, families[0].grant.id, "again", at(kNow)).ok());
  EXPECT_EQ(store_.version().value(), before);
}

TEST_F(GrantsTest, LetOneOfManyRefreshesAtOnceWin) {
  constexpr int kThreads = 8;
  const TokenPair pair = make_family();
  std::atomic<int> num_pairs = 0;
  std::atomic<int> num_denied = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      Store store = Store::open(path()).value();
      const auto got = Grants(store).refresh(pair.refresh_token, nullptr, {}, at(kNow));
      num_pairs += got.ok() ? 1 : 0;
      num_denied += absl::IsPermissionDenied(got.status()) || absl::IsAborted(got.status()) ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(num_pairs, 1);
  EXPECT_EQ(num_denied, kThreads - 1);
}

// --- Tokens that are handed back ---

TEST_F(GrantsTest, AcceptBackWhatIsTheClients) {
  const Client robot = make_client().client;
  const Client other = make_client("other").client;
  const IssuedToken issued = grants_.issue_to(robot, {}, at(kNow)).value();
  const TokenPair pair = make_family("robot");
  const auto hand_back = [&](const std::string& token, const Client* client) {
    return grants_.revoke_presented(token, client, at(kNow + 1)).code();
  };
  EXPECT_EQ(hand_back(issued.text, nullptr), StatusCode::kUnauthenticated);
  EXPECT_EQ(hand_back(issued.text, &other), StatusCode::kPermissionDenied);
  EXPECT_EQ(hand_back(pair.refresh_token, &other), StatusCode::kPermissionDenied);
  std::string forged = issued.text;
  forged[forged.size() - 2] = forged[forged.size() - 2] == 'A' ? 'B' : 'A';
  for (const std::string& unknown :
       {std::string("x"), std::string("sjr_x"), std::string("a.b.c"), forged}) {
    EXPECT_EQ(hand_back(unknown, &robot), StatusCode::kOk) << unknown;
  }
  EXPECT_FALSE(is_revoked(issued));
  EXPECT_EQ(hand_back(issued.text, &robot), StatusCode::kOk);
  EXPECT_EQ(hand_back(issued.text, &robot), StatusCode::kOk) << "once more";
  EXPECT_TRUE(is_revoked(issued));
  EXPECT_EQ(hand_back(pair.access.text, &robot), StatusCode::kOk);
  EXPECT_TRUE(is_revoked(pair.access));
  const TokenPair second = refresh(pair.refresh_token, &robot).value();
  EXPECT_EQ(hand_back(pair.refresh_token, &robot), StatusCode::kOk) << "a spent one";
  EXPECT_TRUE(is_revoked(second.access));
  EXPECT_EQ(refresh_code(second.refresh_token, &robot), StatusCode::kPermissionDenied);
}

TEST_F(GrantsTest, AcceptBackFromAnybodyWhatHasNoClient) {
  const TokenPair pair = make_family();
  ASSERT_EQ(grants_.revoke_presented(pair.access.text, nullptr, at(kNow)), absl::OkStatus());
  EXPECT_TRUE(is_revoked(pair.access));
  const TokenPair second = refresh(pair.refresh_token).value();
  ASSERT_EQ(grants_.revoke_presented(second.refresh_token, nullptr, at(kNow)), absl::OkStatus());
  EXPECT_TRUE(is_revoked(second.access));

  const IssuedToken by_hand = make_token(store_, alice_);
  EXPECT_EQ(grants_.revoke_presented(by_hand.text, nullptr, at(kNow)).code(),
            StatusCode::kFailedPrecondition);
  EXPECT_FALSE(is_revoked(by_hand));
}

// --- The schema ---

TEST_F(RegistryTest, GainsGrantsAndCountsWithItsTokensInPlace) {
  make_empty_file();
  {
    Database database = Database::open(path()).value();
    ASSERT_EQ(migrate(database, schema_scripts().first(1)), absl::OkStatus());
    ASSERT_EQ(database.run_script("INSERT INTO accounts VALUES (1, 'alice', 1, 0, 1, NULL, 1);"
                                  "INSERT INTO tokens VALUES (0, 1, 'j', 'HS256', 1, 1, NULL, NULL,"
                                  " NULL, NULL, 'old', '{}');"
                                  "INSERT INTO servers VALUES (1, 1, 'api', '', 1, 1);"
                                  "INSERT INTO token_servers VALUES (0, 1);"),
              absl::OkStatus());
    ASSERT_EQ(migrate(database, schema_scripts()), absl::OkStatus());
    Statement row = database.query("SELECT description, grant_id, num_tokens FROM tokens, servers");
    ASSERT_TRUE(row.next());
    EXPECT_EQ(row.text(0), "old");
    EXPECT_TRUE(row.is_null(1));
    EXPECT_EQ(row.integer(2), 1);
  }
}

}  // namespace
}  // namespace simdjwt::registry
