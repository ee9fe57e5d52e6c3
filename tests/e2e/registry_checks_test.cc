// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The daemon beside a registry that others change while it serves.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <ctime>
#include <string>
#include <thread>

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

Act now() { return {"tester", time(nullptr)}; }

// A registry with the account alice and her server "api", and a configuration that names it.
class RegistryChecksTest : public ::testing::Test {
 protected:
  RegistryChecksTest() {
    write_config("");
    alice_ = store_.create_account("alice", registry::Accepts::kRegistered, {}, now())->id;
    EXPECT_TRUE(store_.create_server(alice_, "api", "", now()).ok());
  }

  void write_config(std::string_view more) {
    files_.write("simdjwtd.toml",
                 "[[listen]]\naddress = \"127.0.0.1:0\"\n[registry]\npath = \"registry.db\"\n"
                 "realm = \"test\"\nidentity_headers = { X-Jwt-Sub = \"sub\" }\n" +
                     std::string(more));
  }

  IssuedToken make_token(std::string server) {
    const TokenRequest request{.description = "a test's", .servers = {std::move(server)}};
    return store_.create_token(alice_, request, now()).value();
  }

  static std::string ask(Client& client, std::string_view path, std::string_view token) {
    return client.ask(request_of("Authorization: Bearer " + std::string(token) + "\r\n", path));
  }

  // Asks until the answer has `wanted` in it: the daemon looks for changes ten times a second.
  static std::string await(Client& client, std::string_view path, std::string_view token,
                           std::string_view wanted) {
    std::string answer;
    for (const auto end = std::chrono::steady_clock::now() + Client::kPatience;
         std::chrono::steady_clock::now() < end;) {
      answer = ask(client, path, token);
      if (answer.find(wanted) != std::string::npos) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_NE(answer.find(wanted), std::string::npos) << answer;
    return answer;
  }

  DaemonFiles files_;
  Store store_ = Store::create(files_.path("registry.db"), "https://id.example", now()).value();
  registry::AccountId alice_ = 0;
};

constexpr std::string_view kApi = "/check/nginx/api";

TEST_F(RegistryChecksTest, FollowsATokenFromItsIssueToItsRevocation) {
  const IssuedToken issued = make_token("api");
  Daemon daemon(files_);
  ASSERT_NE(daemon.port(), 0) << daemon.output();
  Client client(daemon.port());
  const std::string allowed = ask(client, kApi, issued.text);
  EXPECT_TRUE(allowed.starts_with("HTTP/1.1 200 ")) << allowed;
  EXPECT_NE(allowed.find("X-Jwt-Sub: alice\r\n"), std::string::npos) << allowed;
  EXPECT_TRUE(client.ask(request_of("", kApi)).starts_with("HTTP/1.1 401 "));

  // Another token, at another server, made while it serves.
  ASSERT_TRUE(store_.create_server(alice_, "files", "", now()).ok());
  const IssuedToken other = make_token("files");
  await(client, "/check/nginx/files", other.text, " 200 ");
  const std::string wrong = ask(client, "/check/nginx/files", issued.text);
  EXPECT_TRUE(wrong.starts_with("HTTP/1.1 401 ")) << wrong;
  EXPECT_NE(wrong.find("X-Auth-Reason: not_associated\r\n"), std::string::npos) << wrong;
  EXPECT_NE(wrong.find("error_description=\"The token is not for this server\""),
            std::string::npos);

  ASSERT_TRUE(store_.revoke_token(alice_, issued.token.jti, "lost", now()).ok());
  const std::string revoked = await(client, kApi, issued.text, "X-Auth-Reason: revoked");
  EXPECT_TRUE(revoked.starts_with("HTTP/1.1 401 ")) << revoked;
  const std::string verdict = ask(client, "/verify/api", issued.text);
  EXPECT_NE(verdict.find("\"verdict\":\"revoked\""), std::string::npos) << verdict;
  EXPECT_TRUE(ask(client, "/check/nginx/files", other.text).starts_with("HTTP/1.1 200 "));
}

TEST_F(RegistryChecksTest, TakesTokensOfKeysThatAreRotatedMeanwhile) {
  const IssuedToken by_secret = make_token("api");
  ASSERT_TRUE(store_.set_policy(alice_, {}, {}, now(), Algorithm::kEdDsa).ok());
  IssuedToken issued = make_token("api");
  Daemon daemon(files_);
  ASSERT_NE(daemon.port(), 0) << daemon.output();
  std::atomic<bool> is_over = false;
  std::atomic<int> num_asked = 0;
  const auto ask_all_the_time = [&](const std::string& token) {
    Client client(daemon.port());
    while (!is_over) {
      const std::string answer = ask(client, kApi, token);
      EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
      ++num_asked;
    }
  };
  Client client(daemon.port());
  for (int i = 0; i < 5; ++i) {
    is_over = false;
    std::thread old(ask_all_the_time, issued.text);
    std::thread oldest(ask_all_the_time, by_secret.text);
    // It stays good while the next key is in use.
    ASSERT_TRUE(store_.rotate_secret(alice_, 3600, now()).ok());
    issued = make_token("api");
    await(client, kApi, issued.text, " 200 ");
    const int before = num_asked;
    while (num_asked < before + 100) std::this_thread::yield();
    is_over = true;
    old.join();
    oldest.join();
  }
  const IssuedToken last = issued;
  ASSERT_TRUE(store_.rotate_secret(alice_, 0, now()).ok());
  await(client, kApi, last.text, " 401 ");
  await(client, kApi, by_secret.text, " 200 ");
}

TEST_F(RegistryChecksTest, KeepsARevocationThroughItsOwnDeath) {
  const IssuedToken kept = make_token("api");
  const IssuedToken revoked = make_token("api");
  {
    Daemon daemon(files_);
    ASSERT_NE(daemon.port(), 0) << daemon.output();
    Client client(daemon.port());
    EXPECT_TRUE(ask(client, kApi, revoked.text).starts_with("HTTP/1.1 200 "));
    ASSERT_TRUE(store_.revoke_token(alice_, revoked.token.jti, "", now()).ok());
    daemon.kill(SIGKILL);
    daemon.wait();
  }
  Daemon daemon(files_);
  ASSERT_NE(daemon.port(), 0) << daemon.output();
  Client client(daemon.port());
  EXPECT_TRUE(ask(client, kApi, revoked.text).starts_with("HTTP/1.1 401 "));
  EXPECT_TRUE(ask(client, kApi, kept.text).starts_with("HTTP/1.1 200 "));
}

TEST_F(RegistryChecksTest, LetsAllPassWhereAuthenticationIsOff) {
  Daemon daemon(files_);
  ASSERT_NE(daemon.port(), 0) << daemon.output();
  Client client(daemon.port());
  const std::string open = client.ask(request_of("", kApi));
  EXPECT_NE(open.find("X-Auth-Result: anonymous"), std::string::npos) << open << daemon.output();
  EXPECT_TRUE(ask(client, kApi, "no.such.token").starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(ask(client, "/verify/api", "no.such.token").starts_with("HTTP/1.1 401 "));
  const IssuedToken issued = make_token("api");  // turns it on
  await(client, kApi, "no.such.token", " 401 ");
  EXPECT_TRUE(ask(client, kApi, issued.text).starts_with("HTTP/1.1 200 "));
}

TEST_F(RegistryChecksTest, ServesPoliciesBesideAndStillAfterAReload) {
  files_.write("keys.json", R"({"kty":"oct","alg":"HS256","k":")" + base64url(kSecret) + "\"}");
  constexpr std::string_view kPolicy =
      "[policy.default]\njwks_file = \"keys.json\"\niss = false\naud = false\ntyp = false\n"
      "exp = \"optional\"\n";
  write_config(kPolicy);
  const IssuedToken issued = make_token("api");
  Daemon daemon(files_);
  ASSERT_NE(daemon.port(), 0) << daemon.output();
  Client client(daemon.port());
  const std::string theirs = forge_claims("{}");
  EXPECT_TRUE(ask(client, kApi, issued.text).starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(ask(client, kApi, theirs).starts_with("HTTP/1.1 401 "));
  EXPECT_TRUE(ask(client, kCheckPath, theirs).starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(ask(client, kCheckPath, issued.text).starts_with("HTTP/1.1 401 "));

  write_config(std::string(kPolicy) + "realm = \"reloaded\"\n");
  daemon.kill(SIGHUP);
  await(client, kCheckPath, "x.y.z", "realm=\"reloaded\"");
  EXPECT_TRUE(ask(client, kApi, issued.text).starts_with("HTTP/1.1 200 "));
}

TEST_F(RegistryChecksTest, RefusesAPolicyWithAServersName) {
  files_.write("keys.json", R"({"kty":"oct","alg":"HS256","k":")" + base64url(kSecret) + "\"}");
  write_config(
      "[policy.api]\njwks_file = \"keys.json\"\niss = false\naud = false\ntyp = false\n"
      "exp = \"optional\"\n");
  Daemon daemon(files_);
  EXPECT_EQ(daemon.wait(), 2);
  EXPECT_NE(daemon.output().find("have the names of policies: api"), std::string::npos)
      << daemon.output();
}

TEST_F(RegistryChecksTest, DoesNotStartWithoutItsRegistry) {
  files_.write("simdjwtd.toml",
               "[[listen]]\naddress = \"127.0.0.1:0\"\n[registry]\npath = \"missing.db\"\n");
  Daemon daemon(files_);
  EXPECT_NE(daemon.wait(), 0);
  EXPECT_NE(daemon.output().find("missing.db"), std::string::npos) << daemon.output();
}

}  // namespace
}  // namespace simdjwt
