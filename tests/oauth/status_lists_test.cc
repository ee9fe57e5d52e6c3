// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "oauth/status_lists.h"

#include <simdjwt/simdjwt.h>

#include "oauth/ask.h"
#include "oauth/issuer.h"
#include "registry/registry_fixture.h"
#include "serve/text.h"
#include "status/status_list_token.h"
#include "support/asymmetric_keys.h"

namespace simdjwt::oauth {
namespace {

using http::Status;
using registry::kNow;
using serve::ControlResponse;
using testing::kP256Jwk;
using testing::with_members;

constexpr int64_t kTtl = 300;
constexpr char kFirstList[] = "https://tokens.example/status-lists/0";

class StatusListsTest : public registry::RegistryTest {
 protected:
  StatusListsTest() : store_(make_store()), alice_(make_account(store_).id) {
    EXPECT_TRUE(store_.name_status_lists(true, at(kNow)).ok());
    node_ = registry::Node::open(path(), kNow, [](const auto&) {}).value();
    auto key = SigningKey::from_jwk(with_members(kP256Jwk, R"(,"alg":"ES256")")).value();
    issuer_.emplace(*node_, registry::kIssuer, 0,
                    StatusLists::create(*node_, registry::kIssuer, std::move(key), kTtl).value());
  }

  ControlResponse get(const std::string& path, int64_t now = kNow, const std::string& query = "") {
    return ask(*issuer_, {.method = "GET", .path = path, .query = query, .now = now});
  }

  // As others read it.
  status::StatusListToken fetch(int64_t now = kNow) {
    const ControlResponse response = get("/status-lists/0", now);
    EXPECT_EQ(response.status, Status::kOk) << response.body;
    EXPECT_EQ(response.content_type, "application/statuslist+jwt");
    EXPECT_NE(response.fields.find("Cache-Control: max-age=300\r\n"), std::string::npos);
    const KeySet keys = KeySet::from_jwks(get("/jwks").body).value();
    auto token = status::read_status_list(response.body, kFirstList, keys, 1 << 20, 0, now);
    EXPECT_TRUE(token.ok()) << token.status();
    return *std::move(token);
  }

  registry::Store store_;
  registry::AccountId alice_;
  std::unique_ptr<registry::Node> node_;
  std::optional<Issuer> issuer_;
};

TEST_F(StatusListsTest, TellTheStatusOfEachTokenAtTheIndexThatItNames) {
  for (int i = 0; i < 3; ++i) {
    const registry::IssuedToken token = make_token(store_, alice_);
    EXPECT_NE(token.token.claims_json.find(serve::concat(R"("status":{"status_list":{"idx":)", i,
                                                         R"(,"uri":")", kFirstList, R"("}})")),
              std::string::npos)
        << token.token.claims_json;
    if (i == 1) {
      EXPECT_TRUE(store_.revoke_token(alice_, token.token.jti, "", at(kNow)).ok());
    }
  }
  const status::StatusListToken token = fetch();
  EXPECT_EQ(token.issued, kNow);
  EXPECT_EQ(token.ttl_seconds, kTtl);
  EXPECT_GT(token.expires, kNow + kTtl);
  EXPECT_EQ(token.list.bits(), 1u);
  EXPECT_EQ(token.list.size(), uint64_t{1} << 17);
  for (uint64_t i = 0; i < token.list.size(); ++i) {
    ASSERT_EQ(token.list.get(i), i == 1 ? status::kInvalid : status::kValid) << i;
  }
}

TEST_F(StatusListsTest, TellWhatWasRevokedBeforeTheyWereAsked) {
  for (int i = 0; i < 5; ++i) {
    const std::string jti = make_token(store_, alice_).token.jti;
    EXPECT_EQ(fetch().list.get(static_cast<uint64_t>(i)), status::kValid);
    // By another process than the one that publishes.
    EXPECT_TRUE(store_.revoke_token(alice_, jti, "", at(kNow)).ok());
    EXPECT_EQ(fetch().list.get(static_cast<uint64_t>(i)), status::kInvalid);
  }
}

TEST_F(StatusListsTest, AreSignedAnewWhenTheyChangeOrGrowOld) {
  const std::string jti = make_token(store_, alice_).token.jti;
  const auto text = [&](int64_t now) { return get("/status-lists/0", now).body; };
  const std::string first = text(kNow);
  EXPECT_EQ(text(kNow + kTtl / 2 - 1), first);
  make_token(store_, alice_);
  EXPECT_EQ(text(kNow + 1), first) << "nothing was revoked";
  EXPECT_EQ(fetch(kNow + kTtl / 2).issued, kNow + kTtl / 2);
  EXPECT_EQ(fetch(kNow).issued, kNow) << "the clock was set back";
  EXPECT_TRUE(store_.revoke_token(alice_, jti, "", at(kNow)).ok());
  EXPECT_EQ(fetch(kNow + 2).issued, kNow + 2);
}

TEST_F(StatusListsTest, AreThereForTokensThatAreThere) {
  EXPECT_EQ(get("/status-lists").body, "{\"status_lists\":[]}\n");
  EXPECT_EQ(get("/status-lists/0").status, Status::kNotFound);
  make_token(store_, alice_);
  EXPECT_EQ(get("/status-lists").body,
            "{\"status_lists\":[\"https://tokens.example/status-lists/0\"]}\n");
  EXPECT_EQ(get("/status-lists/0").status, Status::kOk);
  for (const char* path :
       {"/status-lists/", "/status-lists/1", "/status-lists/00", "/status-lists/-1",
        "/status-lists/0/", "/status-listsx0", "/status-lists/18446744073709551615", "/jwks/"}) {
    EXPECT_EQ(get(path).status, Status::kNotFound) << path;
  }
  EXPECT_EQ(get("/status-lists/0", kNow, "time=1795428000").status, Status::kNotImplemented);
  EXPECT_EQ(ask(*issuer_, {.method = "POST", .path = "/status-lists/0", .now = kNow}).status,
            Status::kMethodNotAllowed);
}

TEST_F(StatusListsTest, AreInTheMetadata) {
  const std::string told = get("/.well-known/oauth-authorization-server").body;
  EXPECT_NE(told.find(R"("jwks_uri":"https://tokens.example/jwks")"), std::string::npos) << told;
  EXPECT_NE(
      told.find(R"("status_list_aggregation_endpoint":"https://tokens.example/status-lists")"),
      std::string::npos)
      << told;
  Issuer without(*node_, registry::kIssuer, 0);
  const auto get_there = [&](const char* path) {
    return ask(without, {.method = "GET", .path = path, .now = kNow});
  };
  EXPECT_EQ(get_there("/.well-known/oauth-authorization-server").body.find("jwks"),
            std::string::npos);
  EXPECT_EQ(get_there("/jwks").status, Status::kNotFound);
  EXPECT_EQ(get_there("/status-lists").status, Status::kNotFound);
}

TEST_F(StatusListsTest, AreNamedByNewTokensIfSomebodySaysSo) {
  const auto claims = [&] { return make_token(store_, alice_).token.claims_json; };
  const registry::TokenRequest custom{.description = "a test's",
                                      .claims = registry::Template::kCustom,
                                      .custom_claims = R"({"status":"mine"})"};
  EXPECT_NE(claims().find("status_list"), std::string::npos);
  const registry::IssuedToken own = store_.create_token(alice_, custom, at(kNow)).value();
  EXPECT_EQ(own.token.claims_json.find("status_list"), std::string::npos);
  EXPECT_TRUE(store_.name_status_lists(false, at(kNow)).ok());
  EXPECT_FALSE(store_.names_status_lists().value());
  EXPECT_EQ(claims().find("status"), std::string::npos);
  EXPECT_EQ(store_.audit({}).value()[1].action, "registry.status_lists");
}

TEST(SigningKey, IsPrivateAndNoSharedSecret) {
  for (const std::string& jwk :
       {std::string("{}"), testing::public_jwk(with_members(kP256Jwk, R"(,"alg":"ES256")")),
        std::string(kP256Jwk),
        std::string(R"({"kty":"oct","alg":"HS256","k":")") + std::string(64, 'A') + "\"}"}) {
    EXPECT_FALSE(SigningKey::from_jwk(jwk).ok()) << jwk;
  }
}

TEST(SigningKey, HasAKidAndShowsItsPublicHalfAlone) {
  for (const auto& [members, kid] :
       {std::pair(R"(,"alg":"ES256")", ""), std::pair(R"(,"alg":"ES256","kid":"a")", "a")}) {
    const auto key = SigningKey::from_jwk(with_members(kP256Jwk, members));
    ASSERT_TRUE(key.ok()) << key.status();
    EXPECT_EQ(key->key.kid(), *kid == '\0' ? key->key.thumbprint().value() : kid);
    EXPECT_EQ(key->jwks.find("\"d\""), std::string::npos);
    const KeySet keys = KeySet::from_jwks(key->jwks).value();
    ASSERT_EQ(keys.num_keys(), 1u);
    EXPECT_EQ(keys.key(0).kid(), key->key.kid());
  }
}

}  // namespace
}  // namespace simdjwt::oauth
