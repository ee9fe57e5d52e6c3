// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What each proxy is answered, byte for byte but for the Date.

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "e2e/client.h"
#include "e2e/running_server.h"

namespace simdjwt {
namespace {

using namespace testing;
using serve::PolicyConfig;
using serve::TokenSource;

using ContractsTest = ServerTest;

const std::vector<std::string> kContracts = {"nginx", "forward", "envoy", "haproxy"};

std::string bearer(std::string_view token) {
  return "Authorization: Bearer " + std::string(token) + "\r\n";
}
std::string check(std::string_view contract, std::string_view fields) {
  return request_of(fields, "/check/" + std::string(contract) + "/default");
}
std::string verify(std::string_view fields) { return request_of(fields, "/verify/default"); }

// What a token needs, and what it must not be.
PolicyConfig full_policy() {
  PolicyConfig policy = test_policy();
  PolicyBuilder demands;
  demands.ignore_iss().expect_aud("api").ignore_typ().expect_exp().expect_scope("scope", "write");
  policy.demands = *demands.build();
  policy.challenge.scope = "write";
  return policy;
}

std::string claims(std::string_view more = R"("aud":"api","scope":"write")",
                   std::string_view exp = "9999999999") {
  return R"({"sub":"alice","exp":)" + std::string(exp) + "," + std::string(more) + "}";
}
std::string token_of(const std::string& text) { return forge_claims(text); }

// A denial of one contract, in its parts.
struct Denied {
  std::string status;
  std::string attributes;  // behind the realm
  std::string reason;
  std::string more = {};  // fields
  std::string body = {};

  [[nodiscard]] std::string text() const {
    return "HTTP/1.1 " + status + "\r\nWWW-Authenticate: Bearer realm=\"test\"" + attributes +
           "\r\n" +
           (more.starts_with("X-Auth-Challenge") ? more.substr(0, more.find('\n') + 1) : "") +
           "X-Auth-Result: denied\r\nX-Auth-Reason: " + reason + "\r\n" +
           (more.starts_with("X-Auth-Challenge") ? more.substr(more.find('\n') + 1) : more) +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
};

constexpr std::string_view kNoCache = "X-Accel-Expires: 0\r\n";
constexpr std::string_view kJson = "Content-Type: application/json\r\n";

std::string json(std::string_view error, std::string_view description, std::string_view reason) {
  const std::string begin = error.empty() ? "{" : "{\"error\":\"" + std::string(error) + "\",";
  return begin + "\"error_description\":\"" + std::string(description) + "\",\"reason\":\"" +
         std::string(reason) + "\"}\n";
}

// What every contract says to these fields, where 400 and bodies are for those who can take them.
void expect_denied(Client& client, const std::string& fields, const std::string& status,
                   const std::string& error, const std::string& description,
                   const std::string& reason, const std::string& scope = "") {
  const std::string attributes = error.empty() ? ""
                                               : ", error=\"" + error + "\", error_description=\"" +
                                                     description + "\"" + scope;
  const std::string body = json(error, description, reason);
  const bool is_bad_request = status.starts_with("400");
  const std::string plain_status = is_bad_request ? "401 Unauthorized" : status;
  const std::string challenge =
      status.starts_with("403") ? "X-Auth-Challenge: Bearer realm=\"test\"" + attributes + "\r\n"
                                : "";
  EXPECT_EQ(client.ask(check("nginx", fields)),
            (Denied{plain_status, attributes, reason, challenge + std::string(kNoCache)}).text());
  EXPECT_EQ(client.ask(check("haproxy", fields)),
            (Denied{plain_status, attributes, reason}).text());
  for (const char* contract : {"forward", "envoy"}) {
    EXPECT_EQ(client.ask(check(contract, fields)),
              (Denied{status, attributes, reason, std::string(kJson), body}).text());
  }
}

TEST_F(ContractsTest, AllowsWithoutABody) {
  RunningServer server(test_options(), policies_of({full_policy()}));
  Client client(server.port());
  const std::string fields = bearer(token_of(claims()));
  EXPECT_EQ(client.ask(check("nginx", fields)),
            "HTTP/1.1 200 OK\r\nX-Auth-Result: ok\r\nX-Accel-Expires: 0\r\n"
            "Content-Length: 0\r\n\r\n");
  for (const char* contract : {"forward", "envoy", "haproxy"}) {
    EXPECT_EQ(client.ask(check(contract, fields)), kOk) << contract;
  }
  EXPECT_EQ(client.ask(request_of(fields, "/check/envoy/default/a/../b%2f?x=/")), kOk);
}

TEST_F(ContractsTest, DeniesAsEachProxyUnderstandsIt) {
  RunningServer server(test_options(), policies_of({full_policy()}));
  Client client(server.port());
  const std::string good = token_of(claims());
  expect_denied(client, "", "401 Unauthorized", "", "The request carries no token", "missing");
  expect_denied(client, "Authorization: Basic YTpi\r\n", "401 Unauthorized", "",
                "The request carries no token", "missing");
  expect_denied(client, bearer("a b"), "400 Bad Request", "invalid_request",
                "The request carries something that is no token", "malformed");
  expect_denied(client, bearer(good) + bearer(good), "400 Bad Request", "invalid_request",
                "The request carries more than one token", "multiple");
  expect_denied(client, bearer("abc"), "401 Unauthorized", "invalid_token",
                "The token is malformed", "malformed");
  expect_denied(client, bearer(std::string(9000, 'a')), "401 Unauthorized", "invalid_token",
                "The token is too large", "too_large");
  expect_denied(client, bearer(token_of(claims(R"("aud":"api","scope":"write")", "1"))),
                "401 Unauthorized", "invalid_token", "The token has expired", "expired");
  expect_denied(client, bearer(tampered_token()), "401 Unauthorized", "invalid_token",
                "The token signature is invalid", "bad_signature");
  expect_denied(client, bearer(token_of(claims(R"("aud":"other","scope":"write")"))),
                "401 Unauthorized", "invalid_token", "The token claims are not acceptable",
                "audience");
  expect_denied(client, bearer(token_of(claims(R"("aud":"api","scope":"read")"))), "403 Forbidden",
                "insufficient_scope", "The token lacks a scope", "scope", ", scope=\"write\"");
}

// A policy whose keys have not come.
RunningServer server_without_keys(std::optional<http::Status> unavailable = {}) {
  PolicyConfig policy = full_policy();
  policy.unavailable = unavailable;
  serve::PolicySet policies;
  policies.add(policy, KeySet::unavailable());
  return RunningServer(test_options(), std::move(policies));
}

// Envoy can be told to let pass what was not judged, and takes 503 for that.
TEST_F(ContractsTest, JudgesNothingWithoutKeysAndLetsNothingPass) {
  RunningServer server = server_without_keys();
  Client client(server.port());
  const std::string head = "X-Auth-Result: denied\r\nX-Auth-Reason: unavailable\r\n";
  const std::string retry = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n" + head;
  const std::string body = json("", "The token could not be judged", "unavailable");
  const std::string with_body =
      std::string(kJson) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  const std::string fields = bearer(token_of(claims()));
  EXPECT_EQ(client.ask(check("nginx", fields)),
            retry + std::string(kNoCache) + "Content-Length: 0\r\n\r\n");
  EXPECT_EQ(client.ask(check("haproxy", fields)), retry + "Content-Length: 0\r\n\r\n");
  EXPECT_EQ(client.ask(check("forward", fields)), retry + with_body);
  EXPECT_EQ(client.ask(check("envoy", fields)), "HTTP/1.1 403 Forbidden\r\n" + head + with_body);
}

TEST_F(ContractsTest, SaysToAllThatNothingIsJudgedAsThePolicyWants) {
  for (const http::Status status : {http::Status::kForbidden, http::Status::kUnavailable}) {
    RunningServer server = server_without_keys(status);
    Client client(server.port());
    for (const std::string& contract : kContracts) {
      const std::string answer = client.ask(check(contract, bearer(token_of(claims()))));
      EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + std::to_string(static_cast<int>(status)) + " "))
          << answer;
    }
  }
}

TEST_F(ContractsTest, ForbidsAnotherAudienceIfToldTo) {
  PolicyConfig policy = full_policy();
  policy.aud_mismatch = http::Status::kForbidden;
  RunningServer server(test_options(), policies_of({policy}));
  Client client(server.port());
  expect_denied(client, bearer(token_of(claims(R"("aud":"other","scope":"write")"))),
                "403 Forbidden", "invalid_token", "The token claims are not acceptable",
                "audience");
}

TEST_F(ContractsTest, SaysWhatFailedToThoseWhoAskForThemselves) {
  RunningServer server(test_options(), policies_of({full_policy()}));
  Client client(server.port());
  const auto body_of = [&client](const std::string& fields, std::string_view status) {
    const std::string answer = client.ask(verify(fields));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + std::string(status))) << answer;
    return answer.substr(answer.find("\r\n\r\n") + 4);
  };
  EXPECT_EQ(client.ask(verify(bearer(token_of(claims())))),
            "HTTP/1.1 200 OK\r\nX-Auth-Result: ok\r\nContent-Type: application/json\r\n"
            "Cache-Control: no-store\r\nContent-Length: 85\r\n\r\n"
            "{\"valid\":true,\"claims\":" +
                claims() + "}\n");
  EXPECT_EQ(
      client.ask(verify("")),
      "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"test\"\r\n"
      "X-Auth-Result: denied\r\nX-Auth-Reason: missing\r\n"
      "Content-Type: application/json\r\nCache-Control: no-store\r\nContent-Length: 77\r\n\r\n"
      "{\"valid\":false,\"reason\":\"missing\",\"message\":\"The request carries no token.\"}\n");
  EXPECT_EQ(body_of(bearer("a b"), "400"),
            "{\"valid\":false,\"reason\":\"malformed\",\"message\":\"The request carries something "
            "that is no token.\"}\n");
  EXPECT_EQ(body_of(bearer(token_of(claims(R"("aud":"api","scope":"write")", "1"))), "401"),
            "{\"valid\":false,\"reason\":\"expired\",\"verdict\":\"" +
                std::string(to_string(Verdict::kExpired)) + "\",\"claim\":\"exp\",\"message\":\"" +
                std::string(describe(Verdict::kExpired)) + "\"}\n");
  EXPECT_EQ(body_of(bearer(token_of(claims(R"("aud":"api","scope":"read")"))), "403"),
            "{\"valid\":false,\"reason\":\"scope\",\"verdict\":\"" +
                std::string(to_string(Verdict::kClaimMismatch)) +
                "\",\"claim\":\"scope\",\"message\":\"" +
                std::string(describe(Verdict::kClaimMismatch)) + "\"}\n");
}

TEST_F(ContractsTest, GivesAHeadNoBody) {
  RunningServer server(test_options(), policies_of({full_policy()}));
  Client client(server.port());
  for (const std::string& path :
       {std::string("/check/forward/default"), std::string("/check/envoy/default/x"),
        std::string("/verify/default")}) {
    const std::string request = request_of(bearer(expired_token()), path);
    const std::string answer = client.ask(request);
    client.send("HEAD" + request.substr(3));
    EXPECT_EQ(client.receive_head(), answer.substr(0, answer.find("\r\n\r\n") + 4));
  }
  EXPECT_EQ(client.ask(request_of("", "/livez")), kAlive);  // nothing was left behind
}

TEST_F(ContractsTest, HidesTheReasonIfToldTo) {
  PolicyConfig policy = full_policy();
  policy.challenge.has_description = false;
  RunningServer server(test_options(), policies_of({policy}));
  Client client(server.port());
  EXPECT_EQ(client.ask(check("forward", bearer(tampered_token()))),
            "HTTP/1.1 401 Unauthorized\r\n"
            "WWW-Authenticate: Bearer realm=\"test\", error=\"invalid_token\"\r\n"
            "X-Auth-Result: denied\r\nContent-Type: application/json\r\nContent-Length: 26\r\n\r\n"
            "{\"error\":\"invalid_token\"}\n");
  EXPECT_EQ(
      client.ask(check("envoy", "")),
      "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"test\"\r\n"
      "X-Auth-Result: denied\r\nContent-Type: application/json\r\nContent-Length: 3\r\n\r\n{}\n");
}

TEST_F(ContractsTest, LeadsToTheMetadataOfTheResource) {
  PolicyConfig policy = full_policy();
  policy.challenge.resource_metadata = "https://a/.well-known/oauth-protected-resource";
  RunningServer server(test_options(), policies_of({policy}));
  Client client(server.port());
  EXPECT_EQ(
      client.ask(check("haproxy", "")),
      "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"test\", scope=\"write\", "
      "resource_metadata=\"https://a/.well-known/oauth-protected-resource\"\r\n"
      "X-Auth-Result: denied\r\nX-Auth-Reason: missing\r\nContent-Length: 0\r\n\r\n");
}

// --- Identity ---

PolicyConfig identity_policy() {
  PolicyConfig policy = test_policy();
  policy.identity_headers = {{"X-Jwt-Sub", "sub"}, {"X-Jwt-Tenant", "tenant"}};
  policy.payload_header = "X-Jwt-Payload";
  return policy;
}

TEST_F(ContractsTest, TellsWhoTheCallerIs) {
  RunningServer server(test_options(), policies_of({identity_policy()}));
  Client client(server.port());
  const std::string text = R"({"sub":"alice","tenant":"a b","exp":9999999999})";
  for (const std::string& contract : kContracts) {
    EXPECT_EQ(client.ask(check(contract, bearer(token_of(text)))),
              "HTTP/1.1 200 OK\r\nX-Auth-Result: ok\r\n" +
                  std::string(contract == "nginx" ? kNoCache : "") +
                  "Content-Length: 0\r\nX-Jwt-Sub: alice\r\nX-Jwt-Tenant: a b\r\nX-Jwt-Payload: " +
                  base64url(text) + "\r\n\r\n");
    const std::string answer = client.ask(check(contract, bearer(expired_token())));
    EXPECT_EQ(answer.find("X-Jwt"), std::string::npos) << answer;
  }
}

// Some proxies pass their client's own header on where we send none.
TEST_F(ContractsTest, OverwritesASpoofedIdentity) {
  RunningServer server(test_options(), policies_of({identity_policy()}));
  Client client(server.port());
  const std::string spoofed =
      "X-Jwt-Sub: root\r\nX-Jwt-Tenant: root\r\nX-Jwt-Payload: e30\r\n"
      "X-Auth-Result: ok\r\n";
  for (const std::string& contract : kContracts) {
    const std::string answer =
        client.ask(check(contract, spoofed + bearer(token_of(R"({"exp":9999999999})")) + spoofed));
    EXPECT_NE(answer.find("\r\nX-Jwt-Sub: -\r\nX-Jwt-Tenant: -\r\nX-Jwt-Payload: "),
              std::string::npos)
        << answer;
    EXPECT_EQ(answer.find("root"), std::string::npos) << answer;
  }
}

TEST_F(ContractsTest, LetsNoClaimBreakOutOfItsHeader) {
  RunningServer server(test_options(), policies_of({identity_policy()}));
  Client client(server.port());
  for (const char* sub : {R"(a\r\nX-Jwt-Tenant: root)", R"(a\nX-Jwt-Tenant: root)", R"(a\u0000b)",
                          R"(\r\n\r\nHTTP/1.1 200 OK\r\n)", "J\xc3\xb6rg", R"(\u2028\u0085)"}) {
    const std::string answer = client.ask(check(
        "nginx", bearer(token_of(R"({"sub":")" + std::string(sub) + R"(","exp":9999999999})"))));
    EXPECT_EQ(answer.find("\nX-Jwt-Tenant: root"), std::string::npos) << answer;
    EXPECT_NE(answer.find("\r\nX-Jwt-Tenant: -\r\n"), std::string::npos) << answer;
    for (const char c : answer) EXPECT_TRUE((c >= ' ' && c <= '~') || c == '\r' || c == '\n');
    EXPECT_EQ(client.ask(request_of("", "/livez")), kAlive);  // one answer each
  }
}

TEST_F(ContractsTest, KeepsAnAnswerBelowWhatNginxTakes) {
  RunningServer server(test_options(), policies_of({identity_policy()}));
  Client client(server.port());
  for (const size_t length : {500u, 2000u, 2500u, 3000u, 3400u, 3500u, 4000u, 5000u}) {
    const std::string text =
        R"({"tenant":"t","sub":")" + std::string(length, 'a') + R"(","exp":9999999999})";
    client.send(check("nginx", bearer(token_of(text))));
    const std::string answer = client.receive_with_date();
    EXPECT_LE(answer.size(), 3584) << length;
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_NE(answer.find("\r\nX-Jwt-Tenant: t\r\n"), std::string::npos) << answer;
    EXPECT_EQ(answer.find(std::string(length, 'a')) != std::string::npos, length <= 3400) << length;
  }
  client.close();
  server.stop();
  EXPECT_GT((*server).metrics().reactor(0).identity_headers_dropped.value(), 0);
}

TEST_F(ContractsTest, LetsNginxRememberNoLongerThanTheTokenLives) {
  PolicyConfig policy = test_policy();
  policy.cache_seconds = 60;
  RunningServer server(test_options(), policies_of({policy}));
  Client client(server.port());
  const auto expires = [&client](const std::string& token) {
    const std::string answer = client.ask(check("nginx", bearer(token)));
    const size_t at = answer.find("\r\nX-Accel-Expires: ");
    return at == std::string::npos ? -1 : std::stoi(answer.substr(at + 19));
  };
  EXPECT_EQ(expires(good_token()), 60);
  EXPECT_LE(expires(token_that_ends(30, "a")), 30);
  EXPECT_GE(expires(token_that_ends(30, "a")), 20);
  EXPECT_EQ(expires(expired_token()), 0);
  EXPECT_EQ(expires(tampered_token()), 0);
  EXPECT_EQ(client.ask(check("envoy", bearer(good_token()))), kOk);
}

TEST_F(ContractsTest, TakesTheTokenFromEnvoysRequestIfToldTo) {
  PolicyConfig policy = test_policy();
  policy.strips_token = true;
  RunningServer server(test_options(), policies_of({policy}));
  Client client(server.port());
  EXPECT_EQ(client.ask(check("envoy", bearer(good_token()))),
            "HTTP/1.1 200 OK\r\nX-Auth-Result: ok\r\n"
            "x-envoy-auth-headers-to-remove: authorization\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(client.ask(check("haproxy", bearer(good_token()))), kOk);
}

// --- Without a token ---

constexpr std::string_view kAnonymous =
    "HTTP/1.1 200 OK\r\nX-Auth-Result: anonymous\r\nContent-Length: 0\r\n"
    "X-Jwt-Sub: -\r\nX-Jwt-Tenant: -\r\nX-Jwt-Payload: -\r\n\r\n";

std::string without_cache_hint(std::string text) {
  if (const size_t at = text.find(kNoCache); at != std::string::npos)
    text.erase(at, kNoCache.size());
  return text;
}

TEST_F(ContractsTest, LetsTheAnonymousPassIfToldTo) {
  PolicyConfig policy = identity_policy();
  policy.is_optional = true;
  RunningServer server(test_options(), policies_of({policy}));
  Client client(server.port());
  for (const std::string& contract : kContracts) {
    for (const char* fields : {"", "Authorization: Basic YTpi\r\n", "X-Jwt-Sub: root\r\n"}) {
      EXPECT_EQ(without_cache_hint(client.ask(check(contract, fields))), kAnonymous) << contract;
    }
    for (const std::string& fields :
         {bearer(expired_token()), bearer("abc"), bearer("a b"),
          std::string("Authorization: Bearer\r\n"), bearer(good_token()) + bearer(good_token())}) {
      EXPECT_TRUE(client.ask(check(contract, fields)).starts_with("HTTP/1.1 40")) << fields;
    }
  }
  EXPECT_TRUE(client.ask(verify("")).starts_with("HTTP/1.1 401 "));
}

TEST_F(ContractsTest, LetsPreflightsPassIfToldTo) {
  PolicyConfig policy = identity_policy();
  policy.passes_preflight = true;
  RunningServer server(test_options(), policies_of({policy, test_policy("strict")}));
  Client client(server.port());
  const std::string cors = "Origin: https://a\r\nAccess-Control-Request-Method: PUT\r\n";
  const std::string original = "X-Original-Method: OPTIONS\r\n";
  const std::string forwarded = "X-Forwarded-Method: OPTIONS\r\n";
  for (const char* contract : {"nginx", "haproxy"}) {
    EXPECT_EQ(without_cache_hint(client.ask(check(contract, cors + original))), kAnonymous);
  }
  EXPECT_EQ(client.ask(check("forward", cors + forwarded)), kAnonymous);
  EXPECT_EQ(client.ask("OPTIONS" + check("envoy", cors).substr(3)), kAnonymous);

  // None of these is a preflight.
  for (const std::string& fields :
       {cors, cors + "X-Original-Method: options\r\n", cors + "X-Original-Method: GET\r\n",
        cors + original + "X-Original-Method: GET\r\n", cors + forwarded, original,
        original + "Origin: https://a\r\n", original + "Access-Control-Request-Method: PUT\r\n"}) {
    EXPECT_TRUE(client.ask(check("nginx", fields)).starts_with("HTTP/1.1 401 ")) << fields;
    EXPECT_TRUE(
        client.ask("OPTIONS" + check("nginx", fields).substr(3)).starts_with("HTTP/1.1 401 ") ||
        fields == "")
        << fields;
  }
  EXPECT_TRUE(client.ask(check("envoy", cors + original + forwarded)).starts_with("HTTP/1.1 401 "));
  EXPECT_TRUE(client.ask("OPTIONS" + verify(cors).substr(3)).starts_with("HTTP/1.1 401 "));
  EXPECT_TRUE(
      client.ask(request_of(cors + original, "/check/nginx/strict")).starts_with("HTTP/1.1 401 "));
}

TEST_F(ContractsTest, FindsTokensWhereThePolicyLooks) {
  PolicyConfig policy = test_policy();
  policy.token_from = {{TokenSource::Kind::kAuthorization, ""},
                       {TokenSource::Kind::kCookie, "session"},
                       {TokenSource::Kind::kQuery, "access_token"}};
  RunningServer server(test_options(), policies_of({policy, test_policy("strict")}));
  Client client(server.port());
  const std::string token = good_token();
  const std::string cookie = "Cookie: a=b; session=" + token + "\r\n";
  const std::string path = std::string(kCheckPath) + "?access_token=" + token;
  EXPECT_EQ(client.ask(request_of(cookie)), kOk);
  EXPECT_EQ(client.ask(request_of("", path)), kOk);
  EXPECT_EQ(client.ask(request_of(cookie + bearer(token), path)), kOk);
  EXPECT_EQ(client.ask(request_of(cookie + bearer(good_token("bob")))),
            denied("invalid_request", "The request carries more than one token", "multiple"));
  EXPECT_EQ(client.ask(request_of(bearer(good_token("bob")), path)),
            denied("invalid_request", "The request carries more than one token", "multiple"));
  EXPECT_EQ(client.ask(request_of(cookie, "/check/haproxy/strict?access_token=" + token)),
            kNoCredentials);
}

}  // namespace
}  // namespace simdjwt
