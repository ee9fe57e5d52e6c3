// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Endpoints that read bodies: tokens in bulk, and introspection.

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "e2e/client.h"
#include "e2e/running_server.h"
#include "simdjwt/verdict.h"

namespace simdjwt::testing {
namespace {

constexpr std::string_view kIntrospectionSecret = "introspection-secret-0001";
constexpr std::string_view kMay = "Authorization: Bearer introspection-secret-0001\r\n";
constexpr std::string_view kBytes = "Accept: application/octet-stream\r\n";

// A POST with these fields and this body, announced by its length.
std::string post(std::string_view path, std::string_view fields, std::string_view body) {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n" + std::string(fields) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}
std::string chunked_post(std::string_view path, std::string_view fields) {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n" + std::string(fields) +
         "Transfer-Encoding: chunked\r\n\r\n";
}
std::string chunk(std::string_view content) {
  char size[32];
  snprintf(size, sizeof(size), "%zx\r\n", content.size());
  return size + std::string(content) + "\r\n";
}

// The content of a chunked answer behind its head; nullopt if it is cut off.
std::optional<std::string> content_of(std::string_view answer) {
  const size_t head_end = answer.find("\r\n\r\n");
  if (head_end == std::string_view::npos) return std::nullopt;
  std::string content;
  for (std::string_view rest = answer.substr(head_end + 4);;) {
    const size_t line_end = rest.find("\r\n");
    if (line_end == std::string_view::npos) return std::nullopt;
    const size_t size = std::stoul(std::string(rest.substr(0, line_end)), nullptr, 16);
    if (rest.size() < line_end + 2 + size + 2) return std::nullopt;
    if (size == 0) return content;
    content += rest.substr(line_end + 2, size);
    rest.remove_prefix(line_end + 2 + size + 2);
  }
}

std::string bytes_of(const std::vector<Verdict>& verdicts) {
  std::string bytes;
  for (const Verdict verdict : verdicts) bytes.push_back(static_cast<char>(verdict));
  return bytes;
}

using net::Counter;

serve::PolicySet policies_with_introspection() {
  serve::PolicySet policies;
  policies.add(test_policy(), KeySet::of(*Key::hmac(Algorithm::kHs256, kSecret)),
               std::string(kIntrospectionSecret));
  policies.add(test_policy("closed"), KeySet::of(*Key::hmac(Algorithm::kHs256, kSecret)));
  return policies;
}

class UploadTest : public ServerTest {
 protected:
  static serve::ServerOptions options() {
    serve::ServerOptions options = test_options({.timeouts = {.body = std::chrono::seconds(1)}});
    options.body_bytes_max = 16 * 1024;
    return options;
  }

  // The whole answer to one request, whose connection it asks to close.
  std::string ask(std::string_view request) {
    Client client(server_.port());
    client.send(request);
    return client.receive_all();
  }

  RunningServer server_{options(), policies_with_introspection()};
};

using BulkTest = UploadTest;
using IntrospectionTest = UploadTest;
constexpr std::string_view kClose = "Connection: close\r\n";
constexpr std::string_view kAliveAndClose =
    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

TEST_F(BulkTest, TellsOfEveryTokenInItsOrder) {
  const std::string token = good_token("bob");
  const std::string body = token + "\n" + expired_token() + "\n\n" + tampered_token() + "\n?\n";
  const std::string answer = ask(post("/v1/verify/default", kClose, body));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n"))
      << answer;
  const std::string claims = content_of(answer).value_or("cut off: " + answer);
  EXPECT_TRUE(claims.starts_with("{\"valid\":true,\"claims\":{\"sub\":\"bob\",\"exp\":")) << claims;
  EXPECT_EQ(claims.substr(claims.find('\n') + 1),
            "{\"valid\":false,\"reason\":\"expired\",\"verdict\":\"expired\",\"claim\":\"exp\","
            "\"message\":\"The token has expired.\"}\n"
            "{\"valid\":false,\"reason\":\"bad_signature\",\"verdict\":\"bad-signature\","
            "\"message\":\"The signature is wrong.\"}\n"
            "{\"valid\":false,\"reason\":\"malformed\","
            "\"message\":\"The request carries something that is no token.\"}\n");
}

// RFC 7519's own example has such claims.
TEST_F(BulkTest, TellsOfATokenInOneLineWhateverLinesItsClaimsHave) {
  const std::string token =
      forge_claims("{\"iss\":\"joe\",\r\n \"exp\":4102444800,\r\n \"a\\n\":\"\\r\\n\"}");
  EXPECT_EQ(content_of(ask(post("/v1/verify/default", kClose, token + "\n" + token))),
            "{\"valid\":true,\"claims\":{\"iss\":\"joe\",   \"exp\":4102444800,   "
            "\"a\\n\":\"\\r\\n\"}}\n"
            "{\"valid\":true,\"claims\":{\"iss\":\"joe\",   \"exp\":4102444800,   "
            "\"a\\n\":\"\\r\\n\"}}\n");
}

TEST_F(BulkTest, TellsTheSameInOneByteEach) {
  const std::string body = good_token() + "\n" + expired_token() + "\n" + tampered_token() + "\n?";
  const std::string fields = std::string(kBytes) + std::string(kClose);
  const std::string answer = ask(post("/v1/verify/default", fields, body));
  EXPECT_NE(answer.find("Content-Type: application/octet-stream\r\n"), std::string::npos) << answer;
  EXPECT_EQ(content_of(answer), bytes_of({Verdict::kValid, Verdict::kExpired,
                                          Verdict::kBadSignature, Verdict::kNotCompactJws}));
}

TEST_F(BulkTest, TakesABodyInAnyPieces) {
  const std::string tokens = good_token() + "\n" + expired_token() + "\n";
  for (const size_t chunk_bytes : {size_t{1}, size_t{7}, tokens.size()}) {
    Client client(server_.port());
    client.send(chunked_post("/v1/verify/default", std::string(kBytes) + std::string(kClose)));
    for (std::string_view rest = tokens; !rest.empty();
         rest.remove_prefix(std::min(chunk_bytes, rest.size()))) {
      client.send(chunk(rest.substr(0, chunk_bytes)));
    }
    client.send("0\r\n\r\n");
    EXPECT_EQ(content_of(client.receive_all()), bytes_of({Verdict::kValid, Verdict::kExpired}))
        << chunk_bytes;
  }
}

TEST_F(BulkTest, OfNoTokensIsEmpty) {
  EXPECT_EQ(content_of(ask(post("/v1/verify/default", kClose, ""))), "");
  EXPECT_EQ(content_of(ask(post("/v1/verify/default", kClose, "\n\n"))), "");
}

TEST_F(BulkTest, ThatIsTheLastRequestEndsTheConnection) {
  for (const std::string_view body : {"", "a"}) {
    const std::string answer =
        ask(post("/v1/verify/default", kClose, body) + request_of("", "/livez"));
    EXPECT_TRUE(answer.ends_with("0\r\n\r\n")) << answer;
  }
}

TEST_F(BulkTest, AnswersWhileTheBodyStillComes) {
  Client client(server_.port());
  client.send(chunked_post("/v1/verify/default", kBytes) + chunk(good_token() + "\n"));
  const std::string head = client.receive_head();
  EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\n")) << head;
  client.send(chunk(expired_token() + "\n") + "0\r\n\r\n" + request_of(kClose, "/livez"));
  const std::string rest = client.receive_all();
  EXPECT_EQ(content_of("\r\n\r\n" + rest), bytes_of({Verdict::kValid, Verdict::kExpired}));
  EXPECT_TRUE(rest.ends_with(kAliveAndClose)) << rest;
}

TEST_F(BulkTest, KeepsItsPlaceAmongPipelinedRequests) {
  Client client(server_.port());
  client.send(request_with(good_token()) +
              post("/v1/verify/default", kBytes, expired_token() + "\n") +
              request_with(tampered_token()) + request_of(kClose, "/livez"));
  const std::string all = client.receive_all();
  EXPECT_TRUE(all.starts_with(kOk)) << all;
  const std::string rest = all.substr(kOk.size());
  EXPECT_EQ(content_of(rest), bytes_of({Verdict::kExpired}));
  EXPECT_TRUE(all.ends_with("0\r\n\r\n" + bad_signature() + std::string(kAliveAndClose))) << all;
}

TEST_F(BulkTest, OfMoreThanAnybodyKeepsIsAnsweredWholeToAClientThatReadsLate) {
  constexpr size_t kTokens = 20'000;  // 3 MB, and as much again in answers
  const std::string piece = [] {
    std::string tokens;
    for (int i = 0; i < 100; ++i) tokens += (i % 2 == 0 ? good_token() : expired_token()) + "\n";
    return chunk(tokens);
  }();
  Client client(server_.port());
  std::thread sender([&] {
    client.send(chunked_post("/v1/verify/default", kClose));
    for (size_t i = 0; i < kTokens / 100; ++i) client.send(piece);
    client.send("0\r\n\r\n");
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  const auto content = content_of(client.receive_all());
  sender.join();
  ASSERT_TRUE(content);
  EXPECT_EQ(std::count(content->begin(), content->end(), '\n'), kTokens);
  size_t num_valid = 0;
  for (size_t at = 0; (at = content->find("\"valid\":true", at)) != std::string::npos; ++at) {
    ++num_valid;
  }
  EXPECT_EQ(num_valid, kTokens / 2);
}

TEST_F(BulkTest, IsCutOffWhereItsBodyIsMalformed) {
  const std::string begin = chunked_post("/v1/verify/default", kBytes);
  EXPECT_EQ(ask(begin + "x\r\n"), kBadRequestAndClose);
  const std::string answer = ask(begin + chunk(good_token() + "\n") + "x\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_EQ(content_of(answer), std::nullopt);
}

TEST_F(BulkTest, EndsWithTheConnectionUnderHttp10) {
  const std::string body = expired_token();
  const std::string answer =
      ask("POST /v1/verify/default HTTP/1.0\r\n" + std::string(kBytes) +
          "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  EXPECT_EQ(answer.find("chunked"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n" + bytes_of({Verdict::kExpired}))) << answer;
}

TEST_F(BulkTest, TellsAClientThatAsksToGoOn) {
  Client client(server_.port());
  client.send(chunked_post("/v1/verify/default", "Expect: 100-continue\r\n" + std::string(kClose)));
  EXPECT_EQ(client.receive_head(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send(chunk(expired_token()) + "0\r\n\r\n");
  EXPECT_TRUE(client.receive_all().starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_F(BulkTest, TellsNobodyToGoOnWhoHasNothingToSend) {
  const std::string answer =
      ask(post("/v1/verify/default", "Expect: 100-continue\r\n" + std::string(kClose), ""));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
}

// Nothing of it is kept until somebody else comes.
TEST_F(BulkTest, IsForgottenWhenItsClientLeaves) {
  const auto wait_for = [&](const Counter serve::ReactorMetrics::*counter, uint64_t value) {
    while ((*server_).metrics().reactor(0).*counter != value) std::this_thread::yield();
  };
  for (uint64_t round = 1; round <= 3; ++round) {
    Client silent(server_.port());
    Client leaves(server_.port());
    Client resets(server_.port());
    silent.send(chunked_post("/v1/verify/default", "") + chunk("a"));
    for (Client* client : {&leaves, &resets}) {
      client->send(chunked_post("/v1/verify/default", "") + chunk(good_token() + "\n"));
      EXPECT_TRUE(client->receive_head().starts_with("HTTP/1.1 200 OK\r\n"));
    }
    wait_for(&serve::ReactorMetrics::uploads_active, 3);
    silent.close();
    leaves.close();
    resets.reset();
    wait_for(&serve::ReactorMetrics::uploads_active, 0);
    wait_for(&serve::ReactorMetrics::answers_cut_off, 2 * round);
  }
}

TEST_F(BulkTest, IsPostedAndOfAPolicyThatIsThere) {
  EXPECT_EQ(ask(request_of(kClose, "/v1/verify/default")),
            "HTTP/1.1 405 Method Not Allowed\r\nAllow: POST\r\nContent-Length: 0\r\n"
            "Connection: close\r\n\r\n");
  EXPECT_TRUE(ask(post("/v1/verify/none", kClose, "a")).starts_with("HTTP/1.1 404 "));
  EXPECT_TRUE(ask(post("/v1/verify/", kClose, "a")).starts_with("HTTP/1.1 404 "));
}

TEST_F(BulkTest, DoesNotWaitForeverForTheRest) {
  EXPECT_TRUE(ask(chunked_post("/v1/verify/default", "")).starts_with("HTTP/1.1 408 "));
  const std::string begun = ask(chunked_post("/v1/verify/default", "") + chunk("a\n"));
  EXPECT_TRUE(begun.starts_with("HTTP/1.1 200 OK\r\n")) << begun;
  EXPECT_EQ(content_of(begun), std::nullopt);
}

TEST_F(BulkTest, EndsWhenItsPolicyIsTakenAway) {
  Client client(server_.port());
  client.send(chunked_post("/v1/verify/default", kBytes) + chunk(good_token() + "\n"));
  EXPECT_TRUE(client.receive_head().starts_with("HTTP/1.1 200 OK\r\n"));
  (*server_).publish(policies_of({test_policy("other")}));
  client.send(chunk(good_token() + "\n"));
  EXPECT_EQ(content_of("\r\n\r\n" + client.receive_all()), std::nullopt);
}

// --- Introspection ---

std::string introspect(std::string_view fields, std::string_view form) {
  return post("/introspect/default", std::string(fields) + std::string(kClose), form);
}
std::string introspection_answer(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n"
         "Content-Length: " +
         std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + std::string(body);
}
const std::string& inactive() {
  static const std::string kAnswer = introspection_answer("{\"active\":false}\n");
  return kAnswer;
}

TEST_F(IntrospectionTest, TellsTheClaimsOfAGoodToken) {
  const std::string token = forge_claims(R"({"active":false,"sub":"a\"b","exp":4102444800})");
  EXPECT_EQ(ask(introspect(kMay, "token_type_hint=access_token&token=" + token)),
            introspection_answer("{\"active\":true,\"sub\":\"a\\\"b\",\"exp\":4102444800}\n"));
}

TEST_F(IntrospectionTest, TellsNothingButThatOfABadOne) {
  for (const std::string& token :
       {expired_token(), tampered_token(), std::string("x"), std::string(), std::string("a.b.c")}) {
    EXPECT_EQ(ask(introspect(kMay, "token=" + token)), inactive()) << token;
  }
}

TEST_F(IntrospectionTest, IsForThoseWhoKnowTheSecret) {
  const std::string form = "token=" + good_token();
  for (const std::string_view fields :
       {"", "Authorization: Bearer wrong\r\n",
        "Authorization: Bearer introspection-secret-0002\r\n", "Authorization: Basic !\r\n",
        "Authorization: Basic YTpi\r\n", "Authorization: Basic\r\n",
        "Authorization: Bearer introspection-secret-0001\r\nAuthorization: Bearer x\r\n"}) {
    const std::string answer = ask(introspect(fields, form));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 401 ")) << fields << answer;
    EXPECT_EQ(answer.find("active"), std::string::npos) << answer;
  }
  // printf client:introspection-secret-0001 | base64
  const std::string basic = "Authorization: Basic Y2xpZW50OmludHJvc3BlY3Rpb24tc2VjcmV0LTAwMDE=\r\n";
  EXPECT_NE(ask(introspect(basic, form)).find("{\"active\":true,"), std::string::npos);
}

TEST_F(IntrospectionTest, TakesASecretThatIsFormEncodedAsOAuthWantsIt) {
  (*server_).publish([] {
    serve::PolicySet policies;
    policies.add(test_policy(), KeySet::of(*Key::hmac(Algorithm::kHs256, kSecret)),
                 "a+b/c~0123456789");
    return policies;
  }());
  const auto answers_to = [&](std::string_view basic) {
    return ask(introspect("Authorization: Basic " + std::string(basic) + "\r\n", "token=a"));
  };
  EXPECT_EQ(answers_to("YzphJTJCYiUyZmMlN0UwMTIzNDU2Nzg5"),
            inactive());                                          // c:a%2Bb%2fc%7E0123456789
  EXPECT_EQ(answers_to("YzphK2IvY34wMTIzNDU2Nzg5"), inactive());  // c:a+b/c~0123456789
  for (const std::string_view wrong :
       {"YzphJTJCYiUyZmMlN0UwMTIzNDU2NzglMw==", "YzphJTJCYiUyZmMlNw==",  // ...%3, ...%7
        "YzphJTJCYiUyZmMlWlowMTIzNDU2Nzg5"}) {                           // ...%ZZ...
    EXPECT_TRUE(answers_to(wrong).starts_with("HTTP/1.1 401 ")) << wrong;
  }
}

TEST_F(IntrospectionTest, RefusesWhatIsTooLargeBeforeItIsSent) {
  Client client(server_.port());
  client.send("POST /introspect/default HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\n" +
              std::string(kMay) + "Content-Length: 99999\r\n\r\n");
  EXPECT_TRUE(client.receive_all().starts_with("HTTP/1.1 413 "));
}

TEST_F(IntrospectionTest, TellsAClientThatAsksToGoOn) {
  Client client(server_.port());
  client.send("POST /introspect/default HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\n" +
              std::string(kMay) + std::string(kClose) + "Content-Length: 7\r\n\r\n");
  EXPECT_EQ(client.receive_head(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("token=a");
  EXPECT_EQ(client.receive_all(), inactive());
}

// Byte by byte, each in time.
TEST_F(IntrospectionTest, DoesNotLetAFormDripInForEver) {
  Client client(server_.port());
  client.send("POST /introspect/default HTTP/1.1\r\nHost: test\r\n" + std::string(kMay) +
              "Content-Length: 9999\r\n\r\n");
  std::thread sender([&client] {
    while (client.send("a")) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  });
  EXPECT_TRUE(client.receive_all().starts_with("HTTP/1.1 408 "));
  sender.join();
}

TEST_F(IntrospectionTest, IsNotThereWithoutASecret) {
  EXPECT_TRUE(ask(post("/introspect/closed", std::string(kMay) + std::string(kClose), "token=a"))
                  .starts_with("HTTP/1.1 404 "));
}

TEST_F(IntrospectionTest, WantsOneToken) {
  for (const std::string_view form : {"", "token", "tokens=a", "token=a&token=b"}) {
    const std::string answer = ask(introspect(kMay, form));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << form << answer;
    EXPECT_TRUE(answer.ends_with("{\"error\":\"invalid_request\"}\n")) << answer;
  }
}

TEST_F(IntrospectionTest, RefusesAFormThatIsTooLarge) {
  EXPECT_TRUE(ask(introspect(kMay, std::string(16 * 1024 + 1, 'a'))).starts_with("HTTP/1.1 413 "));
  EXPECT_TRUE(ask(introspect(kMay, "token=x&a=" + std::string(16 * 1024 - 10, 'a')))
                  .starts_with("HTTP/1.1 200 "));
}

}  // namespace
}  // namespace simdjwt::testing
