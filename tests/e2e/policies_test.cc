// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Many policies at once, and policies that are replaced while they serve.

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "e2e/client.h"
#include "e2e/running_server.h"

namespace simdjwt {
namespace {

using namespace testing;
using serve::PolicyConfig;
using serve::PolicySet;

using PoliciesTest = ServerTest;

std::string secret_of(size_t tenant) { return std::string(kSecret) + std::to_string(tenant); }

std::string name_of(size_t tenant) { return "tenant-" + std::to_string(tenant); }

// Each with a key and a realm of its own.
PolicySet tenants(size_t num_tenants) {
  PolicySet policies;
  for (size_t i = 0; i < num_tenants; ++i) {
    PolicyConfig config = test_policy(name_of(i));
    config.challenge.realm = name_of(i);
    config.identity_headers = {{"X-Sub", "sub"}};
    policies.add(std::move(config), KeySet::of(*Key::hmac(Algorithm::kHs256, secret_of(i))));
  }
  return policies;
}

std::string request_to(size_t tenant, const std::string& token) {
  return request_of("Authorization: Bearer " + token + "\r\n", "/check/haproxy/" + name_of(tenant));
}

std::string accepted(const std::string& sub) {
  return "HTTP/1.1 200 OK\r\nX-Auth-Result: ok\r\nContent-Length: 0\r\nX-Sub: " + sub + "\r\n\r\n";
}

std::string rejected(size_t tenant) {
  return "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"" + name_of(tenant) +
         "\", error=\"invalid_token\", error_description=\"The token signature is invalid\"\r\n"
         "X-Auth-Result: denied\r\nX-Auth-Reason: bad_signature\r\nContent-Length: 0\r\n\r\n";
}

// More policies in a burst than a batch has groups, and more requests than it has room.
TEST_F(PoliciesTest, AnswersABurstOverManyPoliciesInOrder) {
  constexpr size_t kTenants = 40;
  RunningServer server(test_options(), tenants(kTenants));
  for (const size_t num_tenants : {size_t{1}, size_t{2}, size_t{16}, size_t{17}, kTenants}) {
    std::string requests;
    std::string answers;
    for (size_t i = 0; i < 600; ++i) {
      const size_t tenant = i * 7 % num_tenants;
      const size_t signer = i % 5 == 0 ? tenant + 1 : tenant;  // another tenant's key
      const std::string sub = "user-" + std::to_string(i);
      requests += request_to(tenant, forge(kHeader, R"({"sub":")" + sub + R"(","exp":9999999999})",
                                           secret_of(signer)));
      answers += signer == tenant ? accepted(sub) : rejected(tenant);
      if (i % 50 == 0) {
        requests += request_of("", "/livez");
        answers += kAlive;
      }
    }
    Client client(server.port());
    std::thread sender([&client, &requests] {
      EXPECT_TRUE(client.send(requests));
      client.shutdown_write();
    });
    EXPECT_EQ(client.receive_all(), answers) << num_tenants;
    sender.join();
  }
}

TEST_F(PoliciesTest, CountsUnderEachName) {
  RunningServer server(test_options(), tenants(2));
  Client client(server.port());
  const std::string token = forge(kHeader, R"({"exp":9999999999})", secret_of(1));
  EXPECT_EQ(client.ask(request_to(0, token)), rejected(0));
  EXPECT_EQ(client.ask(request_to(1, token)), accepted("-"));
  EXPECT_EQ(client.ask(request_to(1, token)), accepted("-"));
  client.close();
  server.stop();
  const auto& zero = (*server).metrics().policy(name_of(0)).of(0);
  const auto& one = (*server).metrics().policy(name_of(1)).of(0);
  EXPECT_EQ(zero.accepted.value(), 0);
  EXPECT_EQ(zero.rejected[static_cast<size_t>(serve::Reason::kBadSignature)].value(), 1);
  EXPECT_EQ(one.accepted.value(), 2);
}

// --- Replacing them ---

// One key after another; each generation accepts its own tokens alone, and says in its realm which
// it is.
PolicySet generation(size_t number) {
  PolicyConfig config = test_policy();
  config.challenge.realm = name_of(number);
  PolicySet policies;
  policies.add(std::move(config), KeySet::of(*Key::hmac(Algorithm::kHs256, secret_of(number))));
  return policies;
}

TEST_F(PoliciesTest, ServesTheNewOnesOnceTheyArePublished) {
  RunningServer server(test_options(), generation(0));
  Client client(server.port());
  for (size_t i = 0; i < 20; ++i) {
    const std::string request = request_with(forge(kHeader, R"({"exp":9999999999})", secret_of(i)));
    EXPECT_EQ(client.ask(request), kOk);
    (*server).publish(generation(i + 1));
    EXPECT_EQ(client.ask(request), rejected(i + 1));
  }
  (*server).publish(PolicySet());
  EXPECT_TRUE(client.ask(request_with("x")).starts_with("HTTP/1.1 404 "));
}

constexpr size_t kGenerations = 200;

// Every answer is one of a whole generation, none is lost, and none is of an older one than before.
TEST_F(PoliciesTest, ReplacesThemWholeUnderLoad) {
  serve::ServerOptions options = test_options();
  options.num_threads = 2;
  RunningServer server(options, generation(0));
  std::atomic<bool> is_over{false};
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&is_over, port = server.port()] {
      Client client(port);
      const std::string token = forge(kHeader, R"({"exp":9999999999})", secret_of(kGenerations));
      std::string burst;
      for (int n = 0; n < 8; ++n) burst += request_with(token);
      size_t newest = 0;
      for (bool is_last = false; !is_last;) {
        is_last = is_over;
        ASSERT_TRUE(client.send(burst));
        for (int n = 0; n < 8; ++n) {
          const std::string answer = client.receive();
          size_t number = kGenerations;
          if (answer != kOk) {
            const size_t at = answer.find("tenant-");
            ASSERT_NE(at, std::string::npos) << answer;
            number = std::stoul(answer.substr(at + 7));
            ASSERT_EQ(answer, rejected(number));
            ASSERT_LT(number, kGenerations);
          }
          ASSERT_GE(number, newest);
          newest = number;
        }
      }
      EXPECT_EQ(newest, kGenerations);
    });
  }
  for (size_t i = 1; i <= kGenerations; ++i) {
    (*server).publish(generation(i));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  is_over = true;
  for (std::thread& client : clients) client.join();
}

}  // namespace
}  // namespace simdjwt
