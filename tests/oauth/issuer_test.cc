// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "oauth/issuer.h"

#include <openssl/evp.h>
#include <simdjson.h>
#include <simdjwt/simdjwt.h>

#include <algorithm>

#include "oauth/ask.h"
#include "registry/registry_fixture.h"

namespace simdjwt::oauth {
namespace {

using http::Status;
using registry::Client;
using registry::Grants;
using registry::kNow;
using registry::NewClient;
using serve::ControlRequest;
using serve::ControlResponse;

constexpr char kForm[] = "Content-Type: application/x-www-form-urlencoded\r\n";

std::string member(const ControlResponse& response, std::string_view name) {
  simdjson::dom::parser parser;
  simdjson::dom::element value;
  if (parser.parse(response.body)[name].get(value) != simdjson::SUCCESS) return "";
  return value.is_string() ? std::string(value.get_string().value()) : simdjson::minify(value);
}

std::string basic(const std::string& name, const std::string& secret) {
  const std::string pair = name + ':' + secret;
  std::string text(pair.size() * 2, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(pair.data()),
                                     static_cast<int>(pair.size()));
  return "Basic " + text.substr(0, static_cast<size_t>(length));
}

class IssuerTest : public registry::RegistryTest {
 protected:
  IssuerTest() {
    registry::Store store = make_store();
    alice_ = make_account(store).id;
    EXPECT_TRUE(store.create_server(alice_, "api", "https://api.example/mcp", at(kNow)).ok());
    Grants grants(store);
    const registry::TokenRequest tokens{
        .description = "a robot's", .scope = "read write", .servers = {"api"}};
    secret_ = grants.create_client(alice_, "robot", tokens, 600, at(kNow)).value().secret;
    refresh_token_ =
        grants.create_family(alice_, tokens, 600, kNow + 5000, "", at(kNow)).value().refresh_token;
    bound_refresh_token_ = grants.create_family(alice_, tokens, 600, kNow + 5000, "robot", at(kNow))
                               .value()
                               .refresh_token;
    node_ = registry::Node::open(path(), kNow, [](const auto&) {}).value();
    issuer_.emplace(*node_, registry::kIssuer, 20);
  }

  ControlResponse post(const std::string& path, const std::string& body,
                       const std::string& authorization = "", const std::string& fields = kForm) {
    return ask(*issuer_,
               {.method = "POST",
                .path = path,
                .fields = fields,
                .authorization = authorization,
                .num_authorizations = authorization.empty() ? uint8_t{0} : uint8_t{1},
                .body = body,
                .client = {.ip = {192, 0, 2, 1}, .family = net::PeerAddress::Family::kIpv4},
                .now = kNow});
  }
  ControlResponse get(const std::string& path, const std::string& fields = "") {
    return ask(*issuer_, {.method = "GET", .path = path, .fields = fields, .now = kNow});
  }
  ControlResponse refresh(const std::string& token) {
    return post("/refresh", R"({"refresh_token":")" + token + "\"}", "",
                "Content-Type: application/json\r\n");
  }
  std::string basic_robot() const { return basic("robot", secret_); }

  // As a check on this node would judge it now.
  Verdict judge(const std::string& token) {
    Scratch scratch;
    return node_->servers().at(0).verifier.verify(token, scratch, kNow).verdict();
  }

  void expect_error(const ControlResponse& response, Status status, const std::string& error) {
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_EQ(member(response, "error"), error) << response.body;
    EXPECT_FALSE(member(response, "error_description").empty());
    EXPECT_NE(response.fields.find("Cache-Control: no-store\r\n"), std::string::npos);
    EXPECT_EQ(member(response, "access_token"), "");
  }

  registry::AccountId alice_ = 0;
  std::string secret_;
  std::string refresh_token_;
  std::string bound_refresh_token_;
  std::unique_ptr<registry::Node> node_;
  std::optional<Issuer> issuer_;
};

TEST_F(IssuerTest, PublishesTheKeysOfAccountsThatHaveSome) {
  EXPECT_EQ(get("/accounts/alice/jwks.json").status, Status::kNotFound) << "a secret signs";
  ASSERT_TRUE(node_
                  ->use([&](registry::Store& store) {
                    return store.set_policy(alice_, {}, {}, at(kNow), Algorithm::kEdDsa);
                  })
                  .ok());
  const ControlResponse response = get("/accounts/alice/jwks.json");
  ASSERT_EQ(response.status, Status::kOk);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_NE(response.fields.find("Access-Control-Allow-Origin: *\r\n"), std::string::npos);
  const KeySet keys = KeySet::from_jwks(response.body).value();
  const std::string token =
      member(post("/oauth/token", "grant_type=client_credentials", basic_robot()), "access_token");
  EXPECT_EQ(judge(token), Verdict::kValid);
  Scratch scratch;
  EXPECT_TRUE(Verifier(keys, Policy::signature_only()).verify(token, scratch, kNow));
  for (const char* path : {"/accounts/bob/jwks.json", "/accounts//jwks.json", "/accounts/jwks.json",
                           "/accounts/alice", "/accounts/alice/jwks.json/"}) {
    EXPECT_EQ(get(path).status, Status::kNotFound) << path;
  }
  EXPECT_EQ(post("/accounts/alice/jwks.json", "").status, Status::kMethodNotAllowed);
}

TEST_F(IssuerTest, GivesClientsTokensThatServersTakeAtOnce) {
  const std::string form = "grant_type=client_credentials";
  for (const ControlResponse& response :
       {post("/oauth/token", form, basic_robot()),
        post("/oauth/token", form + "&client_id=robot&client_secret=" + secret_)}) {
    ASSERT_EQ(response.status, Status::kOk) << response.body;
    EXPECT_EQ(response.content_type, "application/json");
    EXPECT_NE(response.fields.find("Cache-Control: no-store\r\n"), std::string::npos);
    EXPECT_EQ(member(response, "token_type"), "Bearer");
    EXPECT_EQ(member(response, "expires_in"), "600");
    EXPECT_EQ(member(response, "scope"), "read write");
    EXPECT_EQ(member(response, "refresh_token"), "") << "RFC 6749 section 4.4.3";
    EXPECT_EQ(judge(member(response, "access_token")), Verdict::kValid);
  }
}

TEST_F(IssuerTest, NarrowsWhatIsAskedFor) {
  const auto ask = [&](const std::string& more) {
    return post("/oauth/token", "grant_type=client_credentials" + more, basic_robot());
  };
  EXPECT_EQ(member(ask("&scope=read"), "scope"), "read");
  EXPECT_EQ(member(ask("&scope=read+write"), "scope"), "read write");
  EXPECT_EQ(ask("&resource=https%3A%2F%2Fapi.example%2Fmcp").status, Status::kOk);
  EXPECT_EQ(ask("&unknown=1&scope=").status, Status::kOk);
  expect_error(ask("&scope=admin"), Status::kBadRequest, "invalid_scope");
  expect_error(ask("&resource=https%3A%2F%2Fother.example"), Status::kBadRequest, "invalid_target");
}

TEST_F(IssuerTest, RefusesClientsThatProveNothing) {
  const std::string form = "grant_type=client_credentials";
  for (const ControlResponse& response :
       {post("/oauth/token", form), post("/oauth/token", form + "&client_id=robot"),
        post("/oauth/token", form, basic("robot", "x")),
        post("/oauth/token", form, basic("other", secret_)),
        post("/oauth/token", form, "Bearer " + secret_), post("/oauth/token", form, "Basic !"),
        post("/oauth/token", form + "&client_id=robot&client_secret=x")}) {
    expect_error(response, Status::kUnauthorized, "invalid_client");
    EXPECT_NE(response.fields.find("WWW-Authenticate: Basic "), std::string::npos);
  }
}

TEST_F(IssuerTest, TellsWhatIsWrongWithARequest) {
  const auto ask = [&](const std::string& form) {
    return post("/oauth/token", form, basic_robot());
  };
  expect_error(ask(""), Status::kBadRequest, "invalid_request");
  expect_error(ask("grant_type="), Status::kBadRequest, "invalid_request");
  expect_error(ask("grant_type=refresh_token"), Status::kBadRequest, "invalid_request");
  expect_error(ask("grant_type=%zz"), Status::kBadRequest, "invalid_request");
  expect_error(ask("grant_type=client_credentials&scope=read&scope=read"), Status::kBadRequest,
               "invalid_request");
  expect_error(ask("grant_type=client_credentials&client_secret=" + secret_), Status::kBadRequest,
               "invalid_request");
  expect_error(ask("grant_type=client_credentials&client_id=other"), Status::kBadRequest,
               "invalid_request");
  expect_error(ask("grant_type=password"), Status::kBadRequest, "unsupported_grant_type");
  expect_error(post("/oauth/token", "grant_type=client_credentials", basic_robot(),
                    "Content-Type: text/plain\r\n"),
               Status::kBadRequest, "invalid_request");
  expect_error(post("/refresh", "[]", "", "Content-Type: application/json\r\n"),
               Status::kBadRequest, "invalid_request");
  expect_error(post("/refresh", R"({"refresh_token":7})", "", "Content-Type: application/json\r\n"),
               Status::kBadRequest, "invalid_request");
  EXPECT_EQ(get("/oauth/token").status, Status::kMethodNotAllowed);
  EXPECT_EQ(get("/other").status, Status::kNotFound);
}

TEST_F(IssuerTest, RefreshesInFormAndJsonAlike) {
  const ControlResponse first = refresh(refresh_token_);
  ASSERT_EQ(first.status, Status::kOk) << first.body;
  EXPECT_EQ(judge(member(first, "access_token")), Verdict::kValid);
  const ControlResponse second =
      post("/oauth/token",
           "grant_type=refresh_token&scope=read&refresh_token=" + member(first, "refresh_token"));
  ASSERT_EQ(second.status, Status::kOk) << second.body;
  EXPECT_EQ(member(second, "scope"), "read");
  EXPECT_EQ(judge(member(second, "access_token")), Verdict::kValid);

  expect_error(refresh(refresh_token_), Status::kBadRequest, "invalid_grant");
  EXPECT_EQ(judge(member(first, "access_token")), Verdict::kRevoked);
  EXPECT_EQ(judge(member(second, "access_token")), Verdict::kRevoked);
  expect_error(refresh(member(second, "refresh_token")), Status::kBadRequest, "invalid_grant");
  expect_error(refresh("sjr_x"), Status::kBadRequest, "invalid_grant");
}

TEST_F(IssuerTest, AsksForTheClientOfARefreshToken) {
  const std::string form = "grant_type=refresh_token&refresh_token=" + bound_refresh_token_;
  expect_error(post("/oauth/token", form), Status::kUnauthorized, "invalid_client");
  expect_error(refresh(bound_refresh_token_), Status::kUnauthorized, "invalid_client");
  EXPECT_EQ(post("/oauth/token", form, basic_robot()).status, Status::kOk);
  expect_error(post("/oauth/token", "grant_type=refresh_token&refresh_token=" + refresh_token_,
                    basic_robot()),
               Status::kBadRequest, "invalid_grant");
}

TEST_F(IssuerTest, TakesTokensBack) {
  const std::string token =
      member(post("/oauth/token", "grant_type=client_credentials", basic_robot()), "access_token");
  const auto hand_back = [&](const std::string& form, const std::string& authorization) {
    return post("/oauth/revoke", form, authorization);
  };
  expect_error(hand_back("token=" + token, ""), Status::kUnauthorized, "invalid_client");
  expect_error(hand_back("token=" + token, basic("robot", "x")), Status::kUnauthorized,
               "invalid_client");
  expect_error(hand_back("", basic_robot()), Status::kBadRequest, "invalid_request");
  expect_error(hand_back("token=" + refresh_token_, basic_robot()), Status::kBadRequest,
               "invalid_request");
  EXPECT_EQ(judge(token), Verdict::kValid);
  for (const std::string& known : {token, token, std::string("unknown")}) {
    const ControlResponse response = hand_back("token_type_hint=x&token=" + known, basic_robot());
    EXPECT_EQ(response.status, Status::kOk) << response.body;
    EXPECT_EQ(response.body, "");
  }
  EXPECT_EQ(judge(token), Verdict::kRevoked);
  EXPECT_EQ(hand_back("token=" + refresh_token_, "").status, Status::kOk);
  expect_error(refresh(refresh_token_), Status::kBadRequest, "invalid_grant");

  std::string by_hand;
  ASSERT_TRUE(
      node_
          ->change(
              kNow,
              [&](registry::Store& store) {
                EXPECT_TRUE(
                    store.create_server(alice_, "two", "https://two.example/mcp", at(kNow)).ok());
              })
          .in_use.ok());
  const std::string path = "/.well-known/oauth-protected-resource/mcp";
  EXPECT_EQ(member(get(path, "Host: two.example\r\n"), "resource"), "https://two.example/mcp");
  EXPECT_EQ(member(get(path, "Host: api.example\r\n"), "resource"), "https://api.example/mcp");
  EXPECT_EQ(get(path, "Host: evil.example\r\n").status, Status::kNotFound);
}

TEST_F(IssuerTest, CountsWhatCameOfRequests) {
  const auto count = [&](std::string_view endpoint, std::string_view outcome) {
    const auto& endpoints = IssuerMetrics::kEndpoints;
    const auto& outcomes = IssuerMetrics::kOutcomes;
    return issuer_->metrics().requests(
        static_cast<size_t>(std::ranges::find(endpoints, endpoint) - endpoints.begin()),
        static_cast<size_t>(std::ranges::find(outcomes, outcome) - outcomes.begin()));
  };
  EXPECT_EQ(refresh(refresh_token_).status, Status::kOk);
  EXPECT_EQ(issuer_->metrics().reuses(), 0u);
  for (int i = 0; i < 2; ++i) {  // the second time, it is one of a family that is revoked
    expect_error(refresh(refresh_token_), Status::kBadRequest, "invalid_grant");
  }
  EXPECT_EQ(issuer_->metrics().reuses(), 1u);
  EXPECT_EQ(count("refresh", "ok"), 1u);
  EXPECT_EQ(count("refresh", "invalid_grant"), 2u);
  expect_error(post("/oauth/token", "grant_type=x"), Status::kBadRequest, "unsupported_grant_type");
  EXPECT_EQ(count("token", "unsupported_grant_type"), 1u);
  expect_error(post("/oauth/revoke", ""), Status::kBadRequest, "invalid_request");
  EXPECT_EQ(count("revoke", "invalid_request"), 1u);
  (void)get("/oauth/revoke");
  EXPECT_EQ(count("revoke", "method_not_allowed"), 1u);
  (void)get("/resources/api");
  (void)get("/resources/none");
  EXPECT_EQ(count("metadata", "ok"), 1u);
  EXPECT_EQ(count("metadata", "not_found"), 1u);
  EXPECT_EQ(count("token", "ok"), 0u);
}

TEST_F(IssuerTest, AnswersForItselfEachOfThoseThatCameTogether) {
  std::vector<serve::ControlExchange> exchanges;
  for (const std::string& token : {refresh_token_, std::string("sjr_x"), bound_refresh_token_}) {
    exchanges.push_back({{.method = "POST",
                          .path = "/oauth/revoke",
                          .fields = kForm,
                          .body = "token=" + token,
                          .now = kNow}});
  }
  exchanges.push_back({{.method = "GET", .path = "/resources/api", .now = kNow}});
  issuer_->answer(exchanges);
  EXPECT_EQ(exchanges[0].response.status, Status::kOk);
  EXPECT_EQ(exchanges[1].response.status, Status::kOk) << "unknown ones are";
  expect_error(exchanges[2].response, Status::kUnauthorized, "invalid_client");
  EXPECT_EQ(member(exchanges[3].response, "resource"), "https://api.example/mcp");
  expect_error(refresh(refresh_token_), Status::kBadRequest, "invalid_grant");
  EXPECT_EQ(post("/oauth/token", "grant_type=refresh_token&refresh_token=" + bound_refresh_token_,
                 basic_robot())
                .status,
            Status::kOk);
}

TEST_F(IssuerTest, LetsAnAddressWaitThatFailsTooOften) {
  for (int i = 0; i < 20; ++i) {
    expect_error(refresh("sjr_x"), Status::kBadRequest, "invalid_grant");
  }
  const ControlResponse response = refresh(refresh_token_);
  EXPECT_EQ(response.status, Status::kTooManyRequests);
  EXPECT_NE(response.fields.find("Retry-After: 60\r\n"), std::string::npos);
  EXPECT_EQ(get("/resources/api").status, Status::kOk);
}

}  // namespace
}  // namespace simdjwt::oauth
