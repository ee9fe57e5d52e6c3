// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What the daemon tells of the use of a registry's servers and tokens.

#include <gtest/gtest.h>

#include <chrono>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include "e2e/client.h"
#include "e2e/daemon.h"
#include "registry/store.h"

namespace simdjwt {
namespace {

using namespace testing;
using registry::Act;
using registry::IssuedToken;
using registry::Store;
using registry::TokenRequest;
using registry::UsageLine;
using registry::UsageQuery;

Act now() { return {"tester", time(nullptr)}; }

// A registry with the account alice, her servers "api" and "files", and tokens for the former.
class UsageChecksTest : public ::testing::Test {
 protected:
  UsageChecksTest() {
    files_.write("simdjwtd.toml",
                 "[[listen]]\naddress = \"127.0.0.1:0\"\n[server]\nthreads = 2\n"
                 "[registry]\npath = \"registry.db\"\n");
    for (const char* name : {"api", "files"}) {
      EXPECT_TRUE(store_.create_server(alice_, name, "", now()).ok());
    }
    EXPECT_TRUE(store_.set_authentication(alice_, "files", true, now()).ok());
  }

  IssuedToken make_token(std::optional<int64_t> expires = std::nullopt) {
    const TokenRequest request{.description = "a test's", .expires = expires, .servers = {"api"}};
    return store_.create_token(alice_, request, now()).value();
  }

  // A burst over a connection of its own, then all answers.
  static void ask(uint16_t port, std::string_view path, std::string_view token, int times) {
    Client client(port);
    std::string burst;
    const std::string field = "Authorization: Bearer " + std::string(token) + "\r\n";
    for (int i = 0; i < times; ++i) burst += request_of(token.empty() ? "" : field, path);
    client.send(burst);
    for (int i = 0; i < times; ++i) {
      ASSERT_TRUE(client.receive().starts_with("HTTP/1.1 "));
    }
  }

  // "200 accepted, 3 missing", or nothing.
  std::string usage(const UsageQuery& query) {
    std::string text;
    const auto lines = store_.usage(alice_, query);
    EXPECT_TRUE(lines.ok()) << lines.status();
    if (!lines.ok() || lines->empty()) return "";
    EXPECT_EQ(lines->size(), 1u);
    const UsageLine& line = lines->front();
    text = std::to_string(line.num_accepted) + " accepted";
    if (line.num_anonymous > 0) text += ", " + std::to_string(line.num_anonymous) + " anonymous";
    for (const auto& [reason, count] : line.rejected) {
      text += ", " + std::to_string(count) + ' ' + reason;
    }
    return text;
  }
  std::string of_server(const std::string& name) {
    return usage({.server = store_.find_server(alice_, name)->id});
  }
  std::string of_token(const IssuedToken& issued) {
    return usage({.by = UsageQuery::By::kToken, .token = issued.token.index});
  }
  std::optional<int64_t> last_used(const IssuedToken& issued) {
    return store_.find_token(alice_, issued.token.jti)->last_used;
  }
  // Until the daemon has saved that it was used, which takes it some seconds at most.
  bool await_use(const IssuedToken& issued) {
    for (const auto end = std::chrono::steady_clock::now() + Client::kPatience;
         std::chrono::steady_clock::now() < end;) {
      if (last_used(issued)) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
  }

  DaemonFiles files_;
  Store store_ = Store::create(files_.path("registry.db"), "https://id.example", now()).value();
  const registry::AccountId alice_ =
      store_.create_account("alice", registry::Accepts::kRegistered, {}, now())->id;
};

constexpr std::string_view kApi = "/check/nginx/api";
constexpr std::string_view kFiles = "/check/nginx/files";

TEST_F(UsageChecksTest, IsExactAfterACleanEnd) {
  const IssuedToken good = make_token();
  const IssuedToken revoked = make_token();
  const IssuedToken expiring = make_token(time(nullptr) + 1);
  ASSERT_TRUE(store_.revoke_token(alice_, revoked.token.jti, "", now()).ok());
  std::string forged = good.text;
  forged[forged.size() - 2] = forged[forged.size() - 2] == 'A' ? 'B' : 'A';
  const int64_t began = time(nullptr);
  Daemon daemon(files_);
  const uint16_t port = daemon.port();
  ASSERT_NE(port, 0) << daemon.output();
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&, port] {
      for (int round = 0; round < 5; ++round) {
        ask(port, kApi, good.text, 60);
        ask(port, kApi, revoked.text, 3);
        ask(port, kApi, forged, 2);
        ask(port, kApi, "", 1);
        ask(port, kFiles, good.text, 4);
      }
    });
  }
  for (std::thread& client : clients) client.join();
  while (time(nullptr) <= *expiring.token.expires) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  ask(port, kApi, expiring.text, 5);
  daemon.kill(SIGTERM);
  EXPECT_EQ(daemon.wait(), 0) << daemon.output();
  EXPECT_EQ(of_server("api"),
            "2400 accepted, 80 bad_signature, 5 expired, 40 missing, 120 revoked");
  EXPECT_EQ(of_server("files"), "0 accepted, 160 not_associated");
  EXPECT_EQ(of_token(good), "2400 accepted, 160 not_associated");
  EXPECT_EQ(of_token(revoked), "0 accepted, 120 revoked");
  EXPECT_EQ(of_token(expiring), "0 accepted, 5 expired");
  EXPECT_GE(last_used(good).value_or(0), began);
  EXPECT_EQ(last_used(revoked), std::nullopt);
}

TEST_F(UsageChecksTest, IsSavedWhileItServesAndStaysAfterItsDeath) {
  const IssuedToken first = make_token();
  const IssuedToken second = make_token();
  Daemon daemon(files_);
  const uint16_t port = daemon.port();
  ASSERT_NE(port, 0) << daemon.output();
  EXPECT_EQ(last_used(first), std::nullopt);
  ask(port, kApi, first.text, 7);
  ASSERT_TRUE(await_use(first)) << daemon.output();
  ask(port, kApi, second.text, 7);
  daemon.kill(SIGKILL);
  daemon.wait();
  EXPECT_EQ(of_token(first), "7 accepted") << "what was saved before";
  EXPECT_TRUE(store_.check_integrity().ok());
  Daemon next(files_);
  ASSERT_NE(next.port(), 0) << next.output();
  ask(next.port(), kApi, first.text, 3);
  next.kill(SIGTERM);
  EXPECT_EQ(next.wait(), 0) << next.output();
  EXPECT_EQ(of_token(first), "10 accepted");
}

TEST_F(UsageChecksTest, CountsWhoeverPassesAnOpenServer) {
  ASSERT_TRUE(store_.set_authentication(alice_, "files", false, now()).ok());
  Daemon daemon(files_);
  const uint16_t port = daemon.port();
  ASSERT_NE(port, 0) << daemon.output();
  ask(port, kFiles, "", 3);
  ask(port, kFiles, "no.such.token", 2);
  daemon.kill(SIGTERM);
  EXPECT_EQ(daemon.wait(), 0) << daemon.output();
  EXPECT_EQ(of_server("files"), "0 accepted, 5 anonymous");
}

}  // namespace
}  // namespace simdjwt
