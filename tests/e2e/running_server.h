// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// RunningServer: a server in this process, on a port of its own, and what it should answer.

#ifndef SIMDJWT_TESTS_E2E_RUNNING_SERVER_H_
#define SIMDJWT_TESTS_E2E_RUNNING_SERVER_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/ring.h"
#include "serve/server.h"
#include "simdjwt/key_set.h"
#include "simdjwt/policy.h"
#include "support/token_forge.h"

namespace simdjwt::testing {

// Of kCheckPath, unless said otherwise.
inline constexpr std::string_view kOk =
    "HTTP/1.1 200 OK\r\nX-Auth-Result: ok\r\nContent-Length: 0\r\n\r\n";
inline constexpr std::string_view kOkAndClose =
    "HTTP/1.1 200 OK\r\nX-Auth-Result: ok\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
inline constexpr std::string_view kAlive =
    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";  // /livez
inline constexpr std::string_view kNoCredentials =
    "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"test\"\r\n"
    "X-Auth-Result: denied\r\nX-Auth-Reason: missing\r\nContent-Length: 0\r\n\r\n";
inline constexpr std::string_view kBadRequestAndClose =
    "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

inline std::string denied(std::string_view error, std::string_view description,
                          std::string_view reason) {
  return "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"test\", error=\"" +
         std::string(error) + "\", error_description=\"" + std::string(description) +
         "\"\r\nX-Auth-Result: denied\r\nX-Auth-Reason: " + std::string(reason) +
         "\r\nContent-Length: 0\r\n\r\n";
}
inline std::string invalid_token(std::string_view description, std::string_view reason) {
  return denied("invalid_token", description, reason);
}
inline const std::string& no_token_at_all() {
  static const std::string kText =
      denied("invalid_request", "The request carries something that is no token", "malformed");
  return kText;
}
inline const std::string& bad_signature() {
  static const std::string kText = invalid_token("The token signature is invalid", "bad_signature");
  return kText;
}
inline const std::string& expired() {
  static const std::string kText = invalid_token("The token has expired", "expired");
  return kText;
}

// Tokens for the server below. `subject` makes them distinct.
inline std::string token_that_ends(int64_t seconds_from_now, std::string_view subject) {
  return forge_claims("{\"sub\":\"" + std::string(subject) +
                      "\",\"exp\":" + std::to_string(time(nullptr) + seconds_from_now) + "}");
}
inline std::string good_token(std::string_view subject = "alice") {
  return token_that_ends(3600, subject);
}
inline std::string expired_token(std::string_view subject = "alice") {
  return token_that_ends(-1, subject);
}
inline std::string tampered_token(std::string_view subject = "alice") {
  std::string token = good_token(subject);
  char& c = token[token.size() - 10];  // within the signature
  c = c == 'A' ? 'B' : 'A';
  return token;
}

// A policy of this name that demands nothing but an end, and this scope.
inline serve::PolicyConfig test_policy(std::string_view name = "default",
                                       std::string_view scope = "") {
  PolicyBuilder demands;
  demands.ignore_iss().ignore_aud().ignore_typ().expect_exp();
  if (!scope.empty()) demands.expect_scope("scope", scope);
  serve::PolicyConfig config;
  config.name = name;
  config.demands = *demands.build();
  config.challenge = {.realm = "test", .scope = std::string(scope)};
  return config;
}

// All with the same key.
inline serve::PolicySet policies_of(std::vector<serve::PolicyConfig> configs) {
  serve::PolicySet policies;
  for (serve::PolicyConfig& config : configs) {
    policies.add(std::move(config), KeySet::of(*Key::hmac(Algorithm::kHs256, kSecret)));
  }
  return policies;
}

// These tests run twice: with SIMDJWT_TEST_IO=epoll, and without, on io_uring.
inline net::IoMode io_under_test() {
  return std::getenv("SIMDJWT_TEST_IO") == nullptr ? net::IoMode::kUring : net::IoMode::kEpoll;
}

inline serve::ServerListener listener_on(std::string_view address) {
  return {.socket = {.address = *net::SocketAddress::parse(address)}};
}

inline serve::ServerOptions test_options(net::ReactorOptions reactor = {}) {
  return {.listeners = {listener_on("127.0.0.1:0")}, .io = io_under_test(), .reactor = reactor};
}

class RunningServer {
 public:
  explicit RunningServer(const serve::ServerOptions& options = test_options(),
                         serve::PolicySet policies = policies_of({test_policy()}),
                         serve::DecisionLog* decision_log = nullptr) {
    auto server = serve::Server::create(options, std::move(policies), decision_log);
    if (!server.ok()) {
      ADD_FAILURE() << server.status();
      std::abort();
    }
    server_ = *std::move(server);
    server_->start([] { ADD_FAILURE() << "a reactor broke down"; });
  }
  ~RunningServer() { stop(); }

  [[nodiscard]] serve::Server& operator*() const { return *server_; }
  [[nodiscard]] uint16_t port() const { return server_->addresses().front().port(); }

  void stop() {
    if (std::exchange(is_stopped_, true)) return;
    EXPECT_TRUE(server_->stop().ok());
    EXPECT_EQ(server_->reactor_counters().completions_stale, 0);
  }
  // Only after stop().
  [[nodiscard]] net::ReactorCounters reactor_counters() const {
    return server_->reactor_counters();
  }
  [[nodiscard]] serve::CheckCounters check_counters() const { return server_->check_counters(); }

 private:
  std::unique_ptr<serve::Server> server_;
  bool is_stopped_ = false;
};

// Tests of this fixture are skipped where the kernel refuses io_uring, unless they run on epoll.
class ServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (io_under_test() == net::IoMode::kEpoll) return;
    if (const absl::Status status = net::check_io_uring(); !status.ok()) GTEST_SKIP() << status;
  }
};

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_E2E_RUNNING_SERVER_H_
