// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What a client gets for what it sends.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "e2e/client.h"
#include "e2e/running_server.h"

namespace simdjwt {
namespace {

using namespace testing;

using CheckTest = ServerTest;

std::string answer_and_close(std::string_view status) {
  return "HTTP/1.1 " + std::string(status) + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
}

TEST_F(CheckTest, AcceptsAGoodToken) {
  RunningServer server;
  Client client(server.port());
  EXPECT_EQ(client.ask(request_with(good_token())), kOk);
}

TEST_F(CheckTest, ChallengesWhoeverHasNoToken) {
  RunningServer server;
  Client client(server.port());
  EXPECT_EQ(client.ask(request_of("")), kNoCredentials);
  EXPECT_EQ(client.ask(request_of("Authorization: Basic YTpi\r\n")), kNoCredentials);
  EXPECT_EQ(client.ask(request_of("Authorization:\r\n")), kNoCredentials);
}

TEST_F(CheckTest, SaysWhyATokenIsRejected) {
  RunningServer server;
  Client client(server.port());
  EXPECT_EQ(client.ask(request_with(tampered_token())), bad_signature());
  EXPECT_EQ(client.ask(request_with(expired_token())), expired());
  EXPECT_EQ(client.ask(request_with("abc")), invalid_token("The token is malformed", "malformed"));
  EXPECT_EQ(client.ask(request_with(forge(R"({"alg":"none"})", R"({"exp":9999999999})"))),
            invalid_token("The token header is not acceptable", "alg_not_allowed"));
  EXPECT_EQ(client.ask(request_with(forge_claims(R"({"sub":"alice"})"))),
            invalid_token("The token claims are not acceptable", "claim"));
  EXPECT_EQ(client.ask(request_with(forge_claims(R"({"nbf":9999999999,"exp":99999999999})"))),
            invalid_token("The token is not valid yet", "not_yet_valid"));
}

TEST_F(CheckTest, TellsAMalformedRequestFromABadToken) {
  RunningServer server;
  Client client(server.port());
  const std::string token = good_token();
  EXPECT_EQ(client.ask(request_of("Authorization: Bearer\r\n")), no_token_at_all());
  EXPECT_EQ(client.ask(request_of("Authorization: Bearer " + token + " x\r\n")), no_token_at_all());
  EXPECT_EQ(client.ask(request_of("Authorization: Bearer " + token + ", Basic a\r\n")),
            no_token_at_all());
  EXPECT_EQ(client.ask(request_of("Authorization: Bearer \"" + token + "\"\r\n")),
            no_token_at_all());
  EXPECT_EQ(client.ask(request_of("Authorization: Bearer " + token + "\r\nAuthorization: Bearer " +
                                  token + "\r\n")),
            denied("invalid_request", "The request carries more than one token", "multiple"));
}

TEST_F(CheckTest, ForbidsWhereOnlyScopeIsLacking) {
  RunningServer server(test_options(), policies_of({test_policy("default", "write")}));
  Client client(server.port());
  const std::string forbidden =
      "HTTP/1.1 403 Forbidden\r\nWWW-Authenticate: Bearer realm=\"test\", "
      "error=\"insufficient_scope\", error_description=\"The token lacks a scope\", "
      "scope=\"write\"\r\n"
      "X-Auth-Result: denied\r\nX-Auth-Reason: scope\r\nContent-Length: 0\r\n\r\n";
  EXPECT_EQ(client.ask(request_with(good_token())), forbidden);
  EXPECT_EQ(client.ask(request_with(forge_claims(R"({"scope":"read","exp":9999999999})"))),
            forbidden);
  EXPECT_EQ(client.ask(request_with(forge_claims(R"({"scope":"read write","exp":9999999999})"))),
            kOk);
  EXPECT_EQ(client.ask(request_with(forge_claims(R"({"scope":"read","exp":1})"))), expired());
}

TEST_F(CheckTest, IsAliveWithoutAToken) {
  RunningServer server;
  Client client(server.port());
  EXPECT_EQ(client.ask(request_of("", "/livez")), kAlive);
}

TEST_F(CheckTest, AnswersHeadLikeGet) {
  RunningServer server;
  Client client(server.port());
  const std::string request = request_with(good_token());
  EXPECT_EQ(client.ask("HEAD" + request.substr(3)), kOk);
  EXPECT_EQ(client.ask("HEAD" + request_of("").substr(3)), kNoCredentials);
}

TEST_F(CheckTest, FindsNothingUnderAnotherSpelling) {
  RunningServer server;
  Client client(server.port());
  const std::string bearer = "Authorization: Bearer " + good_token() + "\r\n";
  for (const char* path : {"/",
                           "/check",
                           "/check/haproxy",
                           "/check/haproxy/",
                           "/check/haproxy/other",
                           "//check/haproxy/default",
                           "/check/haproxy/default/",
                           "/check/haproxy/default/x",
                           "/./check/haproxy/default",
                           "/check/nginx/../haproxy/default",
                           "/CHECK/haproxy/default",
                           "/check/haproxy/Default",
                           "/check/haproxy/%64efault",
                           "/check/haproxy/default;x",
                           "/check/haproxy/default%3f",
                           "/check/haproxy/default%00",
                           "/check/haproxy//default",
                           "/check/other/default",
                           "/verify",
                           "/verify/",
                           "/verify/default/",
                           "/livez/",
                           "/check/envoy",
                           "/check/envoy/",
                           "/check/envoy//default",
                           "/check/envoy/defaul",
                           "/check/envoy/default%2f"}) {
    EXPECT_EQ(client.ask(request_of(bearer, path)),
              "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        << path;
  }
  EXPECT_EQ(client.ask(request_of(bearer, std::string(kCheckPath) + "?policy=other")), kOk);
}

// A proxy asks with the method it likes, or with its client's.
TEST_F(CheckTest, ChecksWithAnyMethod) {
  RunningServer server;
  Client client(server.port());
  for (const char* method : {"POST", "PUT", "OPTIONS", "TRACE", "PROPFIND", "get"}) {
    EXPECT_EQ(client.ask(method + request_with(good_token()).substr(3)), kOk) << method;
    EXPECT_EQ(client.ask(method + request_with(expired_token()).substr(3)), expired()) << method;
    EXPECT_EQ(client.ask(method + request_of("", "/livez").substr(3)),
              "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD\r\nContent-Length: 0\r\n\r\n")
        << method;
  }
}

TEST_F(CheckTest, AnswersPipelinedRequestsInOrder) {
  RunningServer server;
  Client client(server.port());
  std::string requests;
  std::string answers;
  for (int i = 0; i < 16; ++i) {
    const std::string subject = "user" + std::to_string(i);
    switch (i % 4) {
      case 0:
        requests += request_with(good_token(subject));
        answers += kOk;
        break;
      case 1:
        requests += request_with(tampered_token(subject));
        answers += bad_signature();
        break;
      case 2:
        requests += request_of("");
        answers += kNoCredentials;
        break;
      default:
        requests += request_with(expired_token(subject));
        answers += expired();
    }
  }
  client.send(requests);
  client.shutdown_write();
  EXPECT_EQ(client.receive_all(), answers);
  EXPECT_FALSE(client.was_reset());
}

TEST_F(CheckTest, AnswersMoreThanABatchAtOnce) {
  RunningServer server;
  Client client(server.port());
  const std::string good = request_with(good_token());
  const std::string bad = request_with(tampered_token());
  std::string requests;
  std::string answers;
  for (int i = 0; i < 1000; ++i) {
    requests += i % 7 == 0 ? bad : good;
    answers += i % 7 == 0 ? bad_signature() : kOk;
  }
  client.send(requests);
  client.shutdown_write();
  EXPECT_EQ(client.receive_all(), answers);
}

TEST_F(CheckTest, TakesRequestsOneByteAtATime) {
  RunningServer server;
  Client client(server.port());
  for (const char c : request_with(good_token())) client.send({&c, 1});
  EXPECT_EQ(client.receive(), kOk);
  for (const char c : request_with(tampered_token())) client.send({&c, 1});
  EXPECT_EQ(client.receive(), bad_signature());
}

TEST_F(CheckTest, TakesRequestsSplitAtEveryByte) {
  RunningServer server;
  Client client(server.port());
  const std::string pair = request_with(good_token()) + request_with(tampered_token());
  for (size_t split = 1; split < pair.size(); ++split) {
    client.send(pair.substr(0, split));
    client.send(pair.substr(split));
    ASSERT_EQ(client.receive(), kOk) << split;
    ASSERT_EQ(client.receive(), bad_signature()) << split;
  }
}

TEST_F(CheckTest, TakesHeadsLargerThanABuffer) {
  RunningServer server;
  Client client(server.port());
  const std::string bearer = "Authorization: Bearer " + good_token() + "\r\n";
  EXPECT_EQ(client.ask(request_of("X: " + std::string(12'000, 'a') + "\r\n" + bearer)), kOk);
  client.send(request_of("X: " + std::string(17'000, 'a') + "\r\n" + bearer));
  EXPECT_EQ(client.receive_all(), answer_and_close("431 Request Header Fields Too Large"));
}

TEST_F(CheckTest, KeepsAConnectionForManyRequests) {
  RunningServer server;
  Client client(server.port());
  for (int i = 0; i < 200; ++i) {
    ASSERT_EQ(client.ask(request_with(good_token("user" + std::to_string(i)))), kOk);
    ASSERT_EQ(client.ask(request_with(tampered_token())), bad_signature());
  }
  server.stop();
  EXPECT_EQ(server.reactor_counters().connections_accepted, 1);
  EXPECT_EQ(server.check_counters().tokens_accepted, 200);
  EXPECT_EQ(server.check_counters().tokens_rejected, 200);
}

TEST_F(CheckTest, ClosesWhenAsked) {
  RunningServer server;
  const std::string bearer = "Authorization: Bearer " + good_token() + "\r\n";
  Client client(server.port());
  client.send(request_of(bearer + "Connection: x, close\r\n"));
  EXPECT_EQ(client.receive_all(), kOkAndClose);
  EXPECT_FALSE(client.was_reset());
}

TEST_F(CheckTest, ClosesAfterHttp10) {
  RunningServer server;
  Client client(server.port());
  client.send("GET /check/haproxy/default HTTP/1.0\r\nAuthorization: Bearer " + good_token() +
              "\r\n\r\n");
  EXPECT_EQ(client.receive_all(), kOkAndClose);
  EXPECT_FALSE(client.was_reset());
}

TEST_F(CheckTest, AnswersAHalfClosedClient) {
  RunningServer server;
  Client client(server.port());
  client.send(request_with(good_token()));
  client.shutdown_write();
  EXPECT_EQ(client.receive_all(), kOk);
  EXPECT_FALSE(client.was_reset());
}

TEST_F(CheckTest, NeverParsesWhatFollowsARefusedRequest) {
  RunningServer server;
  const std::string good = request_with(good_token());
  for (const char* refused :
       {"GET /check/haproxy/default HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n",
        "GET /check/haproxy/default HTTP/1.1\r\nHost: a\n\r\n",
        "GET /check/haproxy/default HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"}) {
    Client client(server.port());
    client.send(good + refused + good + good);
    EXPECT_EQ(client.receive_all(), std::string(kOk) + std::string(kBadRequestAndClose)) << refused;
    EXPECT_FALSE(client.was_reset());
  }
}

// A request within the body of another must not be answered: that is how requests are smuggled.
// Nobody waits for a body, for some proxies announce one and never send it.
TEST_F(CheckTest, NeverTakesABodyForARequest) {
  RunningServer server;
  const std::string good = request_with(good_token());
  const std::string head = good.substr(0, good.size() - 2);
  for (const std::string& framing : {"Content-Length: " + std::to_string(good.size()) + "\r\n\r\n",
                                     std::string("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")}) {
    Client with_body(server.port());
    with_body.send(head + framing + good);
    EXPECT_EQ(with_body.receive_all(), kOkAndClose);
    EXPECT_FALSE(with_body.was_reset());
    Client without(server.port());
    without.send(head + framing.substr(0, framing.find("\r\n\r\n") + 4));
    EXPECT_EQ(without.receive_all(), kOkAndClose);
  }
  Client client(server.port());
  client.send(head + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + good);
  EXPECT_EQ(client.receive_all(), kBadRequestAndClose);
}

TEST_F(CheckTest, LetsASenderOfABodyReadItsAnswer) {
  RunningServer server;
  Client client(server.port());
  client.send("POST /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n" +
              std::string(60'000, 'x'));
  EXPECT_EQ(client.receive_all(),
            "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD\r\nContent-Length: 0\r\n"
            "Connection: close\r\n\r\n");
  EXPECT_FALSE(client.was_reset());
}

TEST_F(CheckTest, SendsADate) {
  RunningServer server;
  Client client(server.port());
  client.send(request_of("", "/livez"));
  const std::string answer = client.receive_with_date();
  const size_t at = answer.find("\r\nDate: ");
  ASSERT_NE(at, std::string::npos) << answer;
  tm parts{};
  ASSERT_NE(strptime(answer.c_str() + at + 8, "%a, %d %b %Y %H:%M:%S GMT\r\n", &parts), nullptr);
  EXPECT_LE(std::abs(timegm(&parts) - time(nullptr)), 2);
}

}  // namespace
}  // namespace simdjwt
