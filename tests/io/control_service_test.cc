// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/control_service.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace simdjwt::serve {
namespace {

// On a connection without a socket, with a handler that says what it was asked.
class ControlServiceTest : public ::testing::Test {
 protected:
  ControlServiceTest() {
    service_.begin_turn(kNow);
    connection_.open(0, 0, net::PeerAddress(), nullptr, timeouts_, kNow);
    service_.open(connection_);
  }

  // What is answered to these pieces, without Date; each comes in a turn of its own.
  std::string ask(const std::vector<std::string>& pieces) {
    std::string answer;
    for (const std::string& piece : pieces) {
      connection_.receive(service_, piece, kNow);
      service_.flush();
      const std::string_view output = connection_.begin_send(kNow);
      answer += output;
      connection_.sent(service_, output.size(), kNow);
    }
    for (size_t at; (at = answer.find("Date: ")) != std::string::npos;) answer.erase(at, 37);
    return answer;
  }
  std::string ask(const std::string& bytes) { return ask(std::vector{bytes}); }

  static std::string request(std::string_view method, std::string_view fields = "",
                             std::string_view body = "") {
    return std::string(method) + " /a?b=c HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n" +
           std::string(body);
  }
  static std::string said(std::string_view body, std::string_view more = "") {
    return "HTTP/1.1 201 Created\r\nContent-Type: text/x\r\nX-Extra: 1\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n" + std::string(more) + "\r\n" + std::string(body);
  }

  static constexpr uint32_t kConnectionsMax = 100;
  static constexpr net::Instant kNow{.unix_seconds = 1'795'420'800, .steady_ms = 1000};
  static constexpr std::string_view kClose = "Connection: close\r\n";
  const net::Timeouts timeouts_;
  int num_requests_ = 0;
  ControlRequest last_;
  std::vector<size_t> nums_together_;
  ControlService service_{[this](std::span<ControlExchange> exchanges) {
                            nums_together_.push_back(exchanges.size());
                            for (ControlExchange& exchange : exchanges) {
                              const ControlRequest& request = exchange.request;
                              ++num_requests_;
                              last_ = request;
                              exchange.response = {
                                  .status = http::Status::kCreated,
                                  .content_type = "text/x",
                                  .fields = "X-Extra: 1\r\n",
                                  .body = request.method + ' ' + request.body + '\n'};
                            }
                          },
                          8, kConnectionsMax};
  net::Connection connection_;
};

TEST_F(ControlServiceTest, GivesItsHandlerAllOfTheRequest) {
  EXPECT_EQ(ask(request("PATCH", "Authorization: Bearer x\r\nX-Some: thing\r\n")),
            said("PATCH \n"));
  EXPECT_EQ(last_.path, "/a");
  EXPECT_EQ(last_.query, "b=c");
  EXPECT_EQ(last_.authorization, "Bearer x");
  EXPECT_EQ(last_.num_authorizations, 1);
  EXPECT_EQ(last_.field("x-some").value, "thing");
  EXPECT_EQ(last_.now, kNow.unix_seconds);
}

TEST_F(ControlServiceTest, ReadsABodyInAnyPieces) {
  const std::string whole =
      request("POST", "Content-Length: 8\r\n", "12345678") +
      request("POST", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n5\r\ndefgh\r\n0\r\n\r\n") +
      request("GET");
  const std::string answers = said("POST 12345678\n") + said("POST abcdefgh\n") + said("GET \n");
  EXPECT_EQ(ask(whole), answers);
  std::vector<std::string> bytes;
  for (const char c : whole) bytes.emplace_back(1, c);
  EXPECT_EQ(ask(bytes), answers);
}

TEST_F(ControlServiceTest, TellsWhoeverWaitsForItToGoOn) {
  const std::string head = request("POST", "Content-Length: 2\r\nExpect: 100-continue\r\n");
  EXPECT_EQ(ask({head, "ab"}), "HTTP/1.1 100 Continue\r\n\r\n" + said("POST ab\n"));
  EXPECT_EQ(ask(head + "ab"), said("POST ab\n")) << "who does not wait need not be told";
}

TEST_F(ControlServiceTest, RefusesTooMuchOfABody) {
  const std::string refusal =
      "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  EXPECT_EQ(ask(request("POST", "Content-Length: 9\r\nExpect: 100-continue\r\n")), refusal);
  EXPECT_EQ(num_requests_, 0);
}

TEST_F(ControlServiceTest, RefusesTooMuchOfABodyInChunks) {
  EXPECT_TRUE(ask({request("POST", "Transfer-Encoding: chunked\r\n", "8\r\n12345678\r\n"),
                   "1\r\nx\r\n0\r\n\r\n" + request("GET")})
                  .starts_with("HTTP/1.1 413 "));
  EXPECT_EQ(num_requests_, 0);
}

TEST_F(ControlServiceTest, RefusesABodyThatIsMalformed) {
  EXPECT_TRUE(
      ask(request("POST", "Transfer-Encoding: chunked\r\n", "x\r\n")).starts_with("HTTP/1.1 400 "));
  EXPECT_EQ(num_requests_, 0);
}

TEST_F(ControlServiceTest, RefusesWhatTheParserRefuses) {
  EXPECT_TRUE(ask("GET /livez\r\n\r\n").starts_with("HTTP/1.1 400 Bad Request\r\n"));
}

TEST_F(ControlServiceTest, RefusesTargetsAndHeadsThatAreTooLong) {
  EXPECT_TRUE(ask("GET /" + std::string(9000, 'a') + " HTTP/1.1\r\n").starts_with("HTTP/1.1 414 "));
  net::Connection other;
  other.open(0, 0, net::PeerAddress(), nullptr, timeouts_, kNow);
  service_.open(other);
  other.receive(service_, request("GET", "X: " + std::string(17'000, 'a') + "\r\n"), kNow);
  EXPECT_TRUE(other.begin_send(kNow).starts_with("HTTP/1.1 431 "));
}

TEST_F(ControlServiceTest, SaysToHeadWhatItWouldSayToGetWithoutTheBody) {
  EXPECT_EQ(ask(request("HEAD")) + "GET \n", ask(request("GET")));
}

TEST_F(ControlServiceTest, EndsTheConnectionWhereTheClientDoes) {
  EXPECT_EQ(ask(request("GET", "Connection: close\r\n") + request("GET")), said("GET \n", kClose));
  EXPECT_EQ(num_requests_, 1);
}

TEST_F(ControlServiceTest, ClosesConnectionsWhenItDrains) {
  service_.drain();
  EXPECT_EQ(ask(request("POST", "Content-Length: 1\r\n", "a") + request("GET")),
            said("POST a\n", kClose));
}

TEST_F(ControlServiceTest, AnswersTogetherWhatClientsAskInATurn) {
  std::vector<net::Connection> connections(kConnectionsMax);
  for (uint32_t i = 0; i < kConnectionsMax; ++i) {
    connections[i].open(i, 0, net::PeerAddress(), nullptr, timeouts_, kNow);
    service_.open(connections[i]);
    connections[i].receive(service_, request("PUT", "Content-Length: 2\r\n", std::to_string(i)),
                           kNow);
  }
  EXPECT_EQ(nums_together_, std::vector<size_t>{ControlService::kTogetherMax});
  service_.flush();
  EXPECT_EQ(nums_together_.back(), kConnectionsMax - 10 - ControlService::kTogetherMax);
  for (uint32_t i = 10; i < kConnectionsMax; ++i) {
    const std::string_view output = connections[i].begin_send(kNow);
    EXPECT_TRUE(output.ends_with("\r\n\r\nPUT " + std::to_string(i) + '\n')) << output;
  }
}

TEST_F(ControlServiceTest, AnswersAClientOneRequestAfterTheOther) {
  EXPECT_EQ(ask(request("GET") + request("PUT") + request("GET", "Connection: close\r\n")),
            said("GET \n") + said("PUT \n") + said("GET \n", kClose));
  EXPECT_EQ(nums_together_, (std::vector<size_t>{1, 1, 1}));
}

TEST_F(ControlServiceTest, GivesUpWhoeverIsTooSlow) {
  EXPECT_EQ(ask({request("POST", "Content-Length: 2\r\n"), "a"}), "");
  service_.expire(connection_);
  EXPECT_TRUE(connection_.begin_send(kNow).starts_with("HTTP/1.1 408 "));
  EXPECT_EQ(num_requests_, 0);
}

}  // namespace
}  // namespace simdjwt::serve
