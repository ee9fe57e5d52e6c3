// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Clients that come through TLS and the PROXY protocol: libssl's in this process, curl and openssl
// as people run them.

#include "serve/wires.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "e2e/client.h"
#include "e2e/running_server.h"
#include "e2e/secure_client.h"
#include "support/certificates.h"
#include "support/temporary_directory.h"

namespace simdjwt {
namespace {

using namespace testing;
using namespace std::chrono_literals;

constexpr std::string_view kProxyHeader = "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n";

// What the test's own programs print.
std::string output_of(const std::string& command) {
  std::string output;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  std::array<char, 4096> buffer;
  for (size_t n; (n = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    output.append(buffer.data(), n);
  }
  pclose(pipe);
  return output;
}

bool is_installed(const std::string& program) {
  return output_of("command -v " + program).find('/') != std::string::npos;
}

class WiresTest : public ServerTest {
 protected:
  WiresTest() {
    write("ca.pem", authority_.certificate_pem());
    identify(authority_.issue("localhost"));
  }

  [[nodiscard]] std::string path(const std::string& name) const { return directory_ / name; }
  void write(const std::string& name, std::string_view text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    std::filesystem::permissions(path(name), std::filesystem::perms::owner_all);
  }
  void identify(const Identity& identity) const {
    write("cert.pem", identity.certificate_pem());
    write("key.pem", identity.key_pem());
  }

  // Listeners of which the one under test is the first.
  void use_tls() {
    listen_.tls =
        net::TlsOptions{.certificate_file = path("cert.pem"), .key_file = path("key.pem")};
  }
  void trust(std::string_view range) {
    listen_.proxy_protocol_from.push_back(*net::PeerRange::parse(range));
  }
  serve::TlsContexts load_tls() const {
    std::vector<std::string> warnings;
    absl::StatusOr<serve::TlsContexts> contexts = serve::load_tls({listen_}, warnings);
    EXPECT_TRUE(contexts.ok()) << contexts.status();
    return *std::move(contexts);
  }
  uint16_t start(net::ReactorOptions reactor = {}) {
    wires_ = std::make_unique<serve::Wires>(std::vector{listen_}, load_tls());
    serve::ServerOptions options = test_options(reactor);
    options.listeners.front().wire = wires_->factory(0);
    server_ = std::make_unique<RunningServer>(options);
    return server_->port();
  }

  const Identity authority_ = Identity::authority("test authority");
  const TemporaryDirectory directory_;
  serve::ListenConfig listen_;
  std::unique_ptr<serve::Wires> wires_;
  std::unique_ptr<RunningServer> server_;
};

// --- TLS ---

TEST_F(WiresTest, AnswersOverTls) {
  use_tls();
  const uint16_t port = start();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    SecureClient client(port, {.trusted = &authority_, .version = version});
    ASSERT_TRUE(client.is_open()) << client.tls().error();
    EXPECT_EQ(client.ask(request_with(good_token())), kOk);
    EXPECT_EQ(client.ask(request_with(tampered_token())), bad_signature());
    EXPECT_EQ(client.ask(request_of("")), kNoCredentials);
  }
}

TEST_F(WiresTest, AnswersThousandsOfPipelinedRequestsOverTls) {
  use_tls();
  SecureClient client(start());
  const std::string good = request_with(good_token());
  const std::string bad = request_with(tampered_token());
  std::string requests;
  for (int i = 0; i < 1000; ++i) requests += good + bad;
  client.tls().write(requests);
  const std::string records = client.tls().output();
  std::thread writer([&client, &records] { client.socket().send(records); });
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(client.receive(), kOk) << i;
    EXPECT_EQ(client.receive(), bad_signature()) << i;
  }
  writer.join();
}

TEST_F(WiresTest, AnswersClientsWhoseBytesComeOneByOne) {
  use_tls();
  trust("127.0.0.1");
  SecureClient client(start(), {}, kProxyHeader, 1);
  EXPECT_EQ(client.ask(request_with(good_token())), kOk);
}

TEST_F(WiresTest, SaysFarewellBehindTheLastAnswer) {
  use_tls();
  const uint16_t port = start();
  SecureClient last(port);
  last.write(request_of("Connection: close\r\nAuthorization: Bearer " + good_token() + "\r\n"));
  EXPECT_EQ(last.receive_all(), kOkAndClose);
  EXPECT_TRUE(last.has_farewell());

  SecureClient leaving(port);
  leaving.write(request_with(good_token()));
  leaving.say_farewell();
  EXPECT_EQ(leaving.receive_all(), kOk);
  EXPECT_TRUE(leaving.has_farewell());
}

TEST_F(WiresTest, FinishesWhatIsUnderWayOverTls) {
  use_tls();
  SecureClient client(start({.timeouts = {.drain = 50ms}}));
  EXPECT_EQ(client.ask(request_with(good_token())), kOk);
  server_->stop();
  EXPECT_EQ(client.receive_all(), "");
  EXPECT_TRUE(client.has_farewell());
}

TEST_F(WiresTest, SurvivesWhatIsNoTls) {
  use_tls();
  const uint16_t port = start();
  Client plain(port);
  plain.send(request_with(good_token()));
  EXPECT_TRUE(plain.receive_all().starts_with("HTTP/1.1 400 Bad Request\r\n"));
  Client garbage(port);
  garbage.send(std::string(10'000, '\xff'));
  garbage.receive_all();
  Client leaver(port);
  leaver.send("\x16\x03\x01");
  leaver.reset();
  SecureClient client(port);
  EXPECT_EQ(client.ask(request_with(good_token())), kOk);
  server_->stop();
  EXPECT_EQ(wires_->tls(0)->counters().opened, 1);
  EXPECT_EQ(wires_->tls(0)->counters().failed, 2);
}

TEST_F(WiresTest, ClosesOnWhoeverDoesNotShakeHandsInTime) {
  use_tls();
  const uint16_t port = start({.timeouts = {.head = 50ms}});
  Client silent(port);
  EXPECT_EQ(silent.receive_all(), "");
  Client slow(port);
  slow.send("\x16\x03\x01\x02");
  EXPECT_EQ(slow.receive_all(), "");
  server_->stop();
  EXPECT_EQ(server_->reactor_counters().heads_expired.value(), 2);
}

TEST_F(WiresTest, WantsClientCertificatesWhereTheyAreRequired) {
  use_tls();
  listen_.tls->client_ca_file = path("ca.pem");
  const uint16_t port = start();
  const Identity friendly = authority_.issue("client");
  const Identity stranger = Identity::authority("somebody else").issue("client");
  SecureClient known(port, {.identity = &friendly});
  EXPECT_EQ(known.ask(request_with(good_token())), kOk);
  SecureClient unknown(port, {.identity = &stranger});
  EXPECT_EQ(unknown.ask(request_with(good_token())), "");
  SecureClient anonymous(port);
  EXPECT_EQ(anonymous.ask(request_with(good_token())), "");
}

TEST_F(WiresTest, TakesNewCertificatesWhileItServes) {
  use_tls();
  const uint16_t port = start();
  std::atomic<bool> is_over{false};
  std::vector<std::thread> clients;
  for (int i = 0; i < 2; ++i) {
    clients.emplace_back([&] {
      SecureClient faithful(port, {.trusted = &authority_});
      const std::string request = request_with(good_token());
      do {
        SecureClient passing(port, {.trusted = &authority_});
        EXPECT_EQ(passing.ask(request), kOk) << passing.tls().error();
        EXPECT_EQ(faithful.ask(request), kOk);
      } while (!is_over);
    });
  }
  for (int i = 0; i < 20; ++i) {
    identify(authority_.issue("localhost"));
    wires_->replace_tls(load_tls());
  }
  is_over = true;
  for (std::thread& client : clients) client.join();
  server_->stop();
  EXPECT_EQ(wires_->tls(0)->counters().failed, 0);
}

// Under a sanitizer, whatever were left behind would be seen.
TEST_F(WiresTest, LeavesNothingBehindOfManyConnections) {
  use_tls();
  const uint16_t port = start();
  const std::string request = request_with(good_token());
  constexpr int kRounds = 10;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<std::unique_ptr<SecureClient>> clients;
    for (int i = 0; i < 20; ++i) clients.push_back(std::make_unique<SecureClient>(port));
    for (size_t i = 0; i < clients.size(); ++i) {
      EXPECT_EQ(clients[i]->ask(request), kOk);
      if (i % 3 == 0) clients[i]->say_farewell();
      if (i % 3 == 1) clients[i]->socket().reset();
    }
  }
  server_->stop();
  EXPECT_EQ(wires_->tls(0)->counters().opened, 20 * kRounds);
  EXPECT_EQ(server_->reactor_counters().connections_open.value(), 0);
}

// --- The PROXY protocol ---

TEST_F(WiresTest, AnswersBehindAProxyHeader) {
  trust("127.0.0.0/8");
  const uint16_t port = start();
  Client client(port);
  EXPECT_EQ(client.ask(std::string(kProxyHeader) + request_with(good_token())), kOk);
  EXPECT_EQ(client.ask(request_with(good_token())), kOk);
  Client slow(port);
  for (const char c : kProxyHeader) slow.send({&c, 1});
  EXPECT_EQ(slow.ask(request_with(good_token())), kOk);
}

TEST_F(WiresTest, AnswersTlsBehindAProxyHeader) {
  use_tls();
  trust("127.0.0.1");
  const uint16_t port = start();
  SecureClient client(port, {.trusted = &authority_}, kProxyHeader);
  EXPECT_TRUE(client.is_open()) << client.tls().error();
  EXPECT_EQ(client.ask(request_with(good_token())), kOk) << client.tls().error();
  SecureClient naked(port);
  EXPECT_FALSE(naked.is_open());
}

TEST_F(WiresTest, RefusesWhoeverLeavesTheHeaderOut) {
  trust("127.0.0.1");
  const uint16_t port = start();
  Client client(port);
  client.send(request_with(good_token()));
  EXPECT_EQ(client.receive_all(), "");
  server_->stop();
  EXPECT_EQ(wires_->proxy(0)->counters().failed, 1);
  EXPECT_EQ(server_->check_counters().requests, 0);
}

TEST_F(WiresTest, RefusesHeadersOfPeersItDoesNotTrust) {
  trust("192.0.2.0/24");
  const uint16_t port = start();
  Client liar(port);
  liar.send(std::string(kProxyHeader) + request_with(good_token()));
  EXPECT_EQ(liar.receive_all(), "");
  server_->stop();
  EXPECT_EQ(wires_->proxy(0)->counters().refused, 1);
  EXPECT_EQ(server_->reactor_counters().connections_refused.value(), 1);
  EXPECT_EQ(server_->check_counters().requests, 0);
}

TEST_F(WiresTest, TakesASecondHeaderForTheRequestItIsNot) {
  trust("127.0.0.1");
  Client client(start());
  EXPECT_EQ(client.ask(std::string(kProxyHeader) + std::string(kProxyHeader)), kBadRequestAndClose);
}

// --- Programs that people use ---

TEST_F(WiresTest, AnswersCurl) {
  if (!is_installed("curl")) GTEST_SKIP() << "no curl";
  use_tls();
  trust("127.0.0.1");
  listen_.tls->client_ca_file = path("ca.pem");
  const Identity identity = authority_.issue("client");
  write("client.pem", identity.certificate_pem());
  write("client.key", identity.key_pem());
  const std::string url = "https://localhost:" + std::to_string(start()) + std::string(kCheckPath);
  const std::string curl =
      "curl --silent --show-error --max-time 20 --ipv4 --output /dev/null "
      "--write-out '%{http_code} %{http_version}' --haproxy-protocol --header "
      "'Authorization: Bearer " +
      good_token() + "' --cacert " + path("ca.pem") + ' ';
  const std::string known = "--cert " + path("client.pem") + " --key " + path("client.key") + ' ';
  EXPECT_EQ(output_of(curl + known + url), "200 1.1");
  EXPECT_EQ(output_of(curl + known + "--tls-max 1.2 " + url + ' ' + url), "200 1.1200 1.1");
  EXPECT_EQ(output_of(curl + known + "--tlsv1.3 --http2 " + url), "200 1.1");
  EXPECT_EQ(output_of(curl + known + "--http1.0 " + url), "200 1.1");
  EXPECT_NE(output_of(curl + url).find("000"), std::string::npos);
}

TEST_F(WiresTest, AnswersOpenssl) {
  if (!is_installed("openssl")) GTEST_SKIP() << "no openssl";
  use_tls();
  const std::string port = std::to_string(start());
  write("request",
        request_of("Connection: close\r\nAuthorization: Bearer " + good_token() + "\r\n"));
  const std::string s_client = "openssl s_client -CAfile " + path("ca.pem") +
                               " -verify_return_error -ign_eof -connect 127.0.0.1:" + port + ' ';
  const std::string request = " < " + path("request");
  for (const char* version : {"-tls1_2", "-tls1_3"}) {
    const std::string output = output_of(s_client + version + request);
    EXPECT_NE(output.find("HTTP/1.1 200 OK\r\n"), std::string::npos) << output;
    EXPECT_NE(output.find("Compression: NONE"), std::string::npos);
  }
  EXPECT_EQ(output_of(s_client + "-tls1_1 -cipher DEFAULT@SECLEVEL=0" + request).find("HTTP/1.1"),
            std::string::npos);
  // "R" asks for renegotiation.
  EXPECT_NE(
      output_of("(printf 'R\\n'; sleep 1) | openssl s_client -tls1_2 -connect 127.0.0.1:" + port)
          .find("no renegotiation"),
      std::string::npos);
}

}  // namespace
}  // namespace simdjwt
