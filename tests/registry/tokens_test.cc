// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include <simdjwt/simdjwt.h>

#include "registry/registry_fixture.h"

namespace simdjwt::registry {
namespace {

using TokensTest = RegistryTest;

std::string secret_of(Store& store, AccountId account) {
  return std::string(store.show_secret(account, {"tester", kNow}).value().view());
}

TEST_F(TokensTest, VerifyWithTheTextOfTheAccountsSecret) {
  Store store = make_store();
  const Account alice = make_account(store);
  const IssuedToken issued = make_token(store, alice.id);
  EXPECT_TRUE(issued.text.starts_with("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."));
  Key key = Key::hmac(Algorithm::kHs256, secret_of(store, alice.id)).value();
  const Policy policy = PolicyBuilder()
                            .expect_iss(kIssuer)
                            .ignore_aud()
                            .expect_typ("JWT")
                            .allow_missing_exp()
                            .build()
                            .value();
  const Verifier verifier(KeySet::of(std::move(key)), policy);
  Scratch scratch;
  const VerifyResult result = verifier.verify(issued.text, scratch, kNow);
  ASSERT_TRUE(result) << to_string(result.verdict());
  EXPECT_EQ(result->jti(), issued.token.jti);
  EXPECT_EQ(result->sub(), "alice");
}

TEST_F(TokensTest, AreCopiedByteForByteLater) {
  std::string jti;
  std::string text;
  AccountId account = 0;
  {
    Store store = make_store();
    account = make_account(store).id;
    const IssuedToken issued = make_token(store, account);
    jti = issued.token.jti;
    text = issued.text;
  }
  Store store = Store::open(path()).value();
  EXPECT_EQ(store.copy_token(account, jti, at(kNow + 1000)).value(), text);
  EXPECT_EQ(store.audit({.limit = 1}).value()[0].action, "token.copy");
  EXPECT_EQ(store.preview_token(store.find_token(account, jti).value(), kNow).value(),
            "eyJhbGci\u2026" + text.substr(text.size() - 6));
  EXPECT_EQ(store.copy_token(account, jti.substr(0, 6), at(kNow)).value(), text);
  EXPECT_FALSE(store.copy_token(account, jti.substr(0, 5), at(kNow)).ok());
}

TEST_F(TokensTest, LeaveNeitherTextNorSecretInTheFiles) {
  std::string secret;
  std::string signature;
  {
    Store store = make_store();
    const Account alice = make_account(store);
    const std::string text = make_token(store, alice.id).text;
    secret = secret_of(store, alice.id);
    signature = text.substr(text.rfind('.') + 1);
    for (const char* suffix : {"", "-wal", ".key"}) {
      const std::string bytes = bytes_of(path() + suffix);
      EXPECT_EQ(bytes.find(secret), std::string::npos) << suffix;
      EXPECT_EQ(bytes.find(signature), std::string::npos) << suffix;
    }
  }
  EXPECT_EQ(bytes_of(path()).find(secret), std::string::npos);
  EXPECT_EQ(bytes_of(path()).find(signature), std::string::npos);
}

TEST_F(TokensTest, HaveDenseIndexes) {
  Store store = make_store();
  const Account alice = make_account(store);
  const Account bob = make_account(store, "bob");
  for (TokenIndex i = 0; i < 5; ++i) {
    EXPECT_EQ(make_token(store, i % 2 == 0 ? alice.id : bob.id).token.index, i);
  }
}

TEST_F(TokensTest, TurnAuthenticationOnAndNeverOff) {
  Store store = make_store();
  const Account alice = make_account(store);
  ASSERT_TRUE(store.create_server(alice.id, "api", "", at(kNow)).ok());
  const auto is_on = [&] { return store.find_server(alice.id, "api").value().authenticates; };
  const std::string one = make_token(store, alice.id).token.jti;
  const std::string two = make_token(store, alice.id).token.jti;
  EXPECT_FALSE(is_on());
  ASSERT_EQ(store.associate(alice.id, one, "api", at(kNow)), absl::OkStatus());
  EXPECT_TRUE(is_on());
  EXPECT_EQ(store.find_token(alice.id, one).value().servers, std::vector<std::string>{"api"});

  ASSERT_EQ(store.set_authentication(alice.id, "api", false, at(kNow)), absl::OkStatus());
  ASSERT_EQ(store.associate(alice.id, two, "api", at(kNow)), absl::OkStatus());
  EXPECT_FALSE(is_on()) << "what somebody turned off, a second token does not turn on";
  ASSERT_EQ(store.associate(alice.id, two, "api", at(kNow)), absl::OkStatus());
  EXPECT_EQ(store.find_server(alice.id, "api").value().num_tokens, 2);
  ASSERT_EQ(store.set_authentication(alice.id, "api", true, at(kNow)), absl::OkStatus());

  for (const std::string& jti : {one, two}) {
    ASSERT_EQ(store.dissociate(alice.id, jti, "api", at(kNow)), absl::OkStatus());
  }
  EXPECT_TRUE(is_on());
  EXPECT_EQ(store.find_server(alice.id, "api").value().num_tokens, 0);
}

TEST_F(TokensTest, ChangeOnlyWhatIsNotSoAlready) {
  Store store = make_store();
  const Account alice = make_account(store);
  ASSERT_TRUE(store.create_server(alice.id, "api", "", at(kNow)).ok());
  const std::string jti = make_token(store, alice.id, {"api"}).token.jti;
  const int64_t before = store.version().value();
  EXPECT_EQ(store.associate(alice.id, jti, "api", at(kNow)), absl::OkStatus());
  EXPECT_EQ(store.set_authentication(alice.id, "api", true, at(kNow)), absl::OkStatus());
  EXPECT_EQ(store.version().value(), before);
  EXPECT_EQ(store.revoke_token(alice.id, jti, "leaked", at(kNow + 1)), absl::OkStatus());
  EXPECT_EQ(store.revoke_token(alice.id, jti, "again", at(kNow + 2)), absl::OkStatus());
  EXPECT_EQ(store.version().value(), before + 1);
  const Token token = store.find_token(alice.id, jti).value();
  EXPECT_EQ(token.revoked->time, kNow + 1);
  EXPECT_EQ(token.revoked->reason, "leaked");
  EXPECT_TRUE(absl::IsFailedPrecondition(store.associate(alice.id, jti, "api", at(kNow))));
}

TEST_F(TokensTest, AreRevokedTogetherOrNotAtAll) {
  Store store = make_store();
  const Account alice = make_account(store);
  const Account bob = make_account(store, "bob");
  std::vector<std::string> jtis;
  for (int i = 0; i < 3; ++i) jtis.push_back(make_token(store, alice.id).token.jti);
  const std::string bobs = make_token(store, bob.id).token.jti;
  const int64_t before = store.version().value();
  const auto revoke = [&](const std::vector<std::string>& which) {
    return store.revoke_tokens(alice.id, which, "leaked", at(kNow + 1));
  };
  const auto is_revoked = [&](size_t i) {
    return store.find_token(alice.id, jtis[i]).value().revoked.has_value();
  };
  EXPECT_TRUE(absl::IsNotFound(revoke({jtis[0], bobs, jtis[1]}).status()));
  EXPECT_FALSE(is_revoked(0));
  EXPECT_EQ(store.version().value(), before);
  EXPECT_EQ(revoke({jtis[0]}).value(), 1u);
  EXPECT_EQ(revoke({jtis[2], jtis[0], jtis[2]}).value(), 1u);
  EXPECT_TRUE(is_revoked(0));
  EXPECT_FALSE(is_revoked(1));
  EXPECT_TRUE(is_revoked(2));
  EXPECT_EQ(store.version().value(), before + 2);
  EXPECT_EQ(store.audit({})->front().subject, jtis[2]);
  EXPECT_EQ(revoke({}).value(), 0u);
}

TEST_F(TokensTest, AreListedInPagesAndSearched) {
  Store store = make_store();
  const Account alice = make_account(store);
  for (int i = 0; i < 7; ++i) {
    TokenRequest request{.description = i % 2 == 0 ? "Production API" : "a_b 100%"};
    if (i == 6) request.expires = kNow + 10;
    ASSERT_TRUE(store.create_token(alice.id, request, at(kNow)).ok());
  }
  std::vector<TokenIndex> seen;
  TokenQuery query{.limit = 3};
  do {
    const TokenPage page = store.tokens(alice.id, query, kNow).value();
    for (const Token& token : page.tokens) seen.push_back(token.index);
    query.before = page.next;
  } while (query.before);
  EXPECT_EQ(seen, (std::vector<TokenIndex>{6, 5, 4, 3, 2, 1, 0}));

  const auto count = [&](TokenQuery q, int64_t now = kNow) {
    return store.tokens(alice.id, q, now).value().tokens.size();
  };
  EXPECT_EQ(count({.search = "PRODUCTION"}), 4u);
  EXPECT_EQ(count({.search = "a_b 1"}), 3u);
  EXPECT_EQ(count({.search = "P_oduction"}), 0u) << "no wildcard";
  EXPECT_EQ(count({.search = "0%"}), 3u);
  EXPECT_EQ(count({.search = "'"}), 0u);
  const std::string jti = store.tokens(alice.id, {}, kNow).value().tokens[0].jti;
  EXPECT_EQ(count({.search = jti.substr(3, 12)}), 1u);

  ASSERT_EQ(store.revoke_token(alice.id, jti, "", at(kNow)), absl::OkStatus());
  EXPECT_EQ(count({.status = TokenQuery::Status::kActive}), 6u);
  EXPECT_EQ(count({.status = TokenQuery::Status::kInactive}), 1u);
}

TEST_F(TokensTest, EndWithTheirSecret) {
  Store store = make_store();
  const Account alice = make_account(store);
  EXPECT_TRUE(absl::IsFailedPrecondition(store.rotate_secret(alice.id, 60, at(kNow)).status()));
  const IssuedToken issued = make_token(store, alice.id);
  const std::string first = secret_of(store, alice.id);

  EXPECT_EQ(store.rotate_secret(alice.id, 60, at(kNow)).value().generation, 2);
  EXPECT_NE(secret_of(store, alice.id), first);
  const auto status = [&](int64_t now) {
    return status_of(store.find_token(alice.id, issued.token.jti).value(), now);
  };
  EXPECT_EQ(status(kNow + 59), TokenStatus::kActive);
  EXPECT_EQ(status(kNow + 60), TokenStatus::kSecretReplaced);
  EXPECT_EQ(store.copy_token(alice.id, issued.token.jti, at(kNow + 59)).value(), issued.text);
  EXPECT_TRUE(absl::IsFailedPrecondition(
      store.copy_token(alice.id, issued.token.jti, at(kNow + 60)).status()));

  // One more, and the first is dropped although its grace has not ended.
  EXPECT_EQ(store.rotate_secret(alice.id, 60, at(kNow)).value().generation, 3);
  EXPECT_EQ(status(kNow), TokenStatus::kSecretReplaced);
  const std::vector<SecretInfo> secrets = store.secrets(alice.id).value();
  ASSERT_EQ(secrets.size(), 2u);
  EXPECT_EQ(secrets[0].valid_until, std::nullopt);
  EXPECT_EQ(secrets[1].valid_until, kNow + 60);
}

}  // namespace
}  // namespace simdjwt::registry
