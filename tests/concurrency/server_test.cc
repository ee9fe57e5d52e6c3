// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// A server whose policies and certificates are exchanged, and whose metrics are read, while clients
// ask; then it stops. By epoll: ThreadSanitizer does not see what a ring does. Meant for it.

#include "serve/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "e2e/client.h"
#include "e2e/running_server.h"
#include "e2e/secure_client.h"
#include "serve/exposition.h"
#include "serve/wires.h"
#include "support/certificates.h"
#include "support/temporary_directory.h"

namespace simdjwt {
namespace {

using namespace testing;

constexpr size_t kNumThreads = 2;

class ServerThreads : public ::testing::Test {
 protected:
  ServerThreads() {
    listeners_.resize(2);
    listeners_[0].socket.address = *net::SocketAddress::parse("127.0.0.1:0");
    listeners_[1].socket.address = listeners_[0].socket.address;
    listeners_[1].tls =
        net::TlsOptions{.certificate_file = path("cert.pem"), .key_file = path("key.pem")};
    wires_ = std::make_unique<serve::Wires>(listeners_, new_certificate());
    auto log =
        serve::DecisionLog::create({path("log"), 1.0}, kNumThreads, [](const std::string&) {});
    EXPECT_TRUE(log.ok()) << log.status();
    log_ = *std::move(log);
    auto server = serve::Server::create(
        {.listeners = {{.socket = listeners_[0].socket},
                       {.socket = listeners_[1].socket, .wire = wires_->factory(1)}},
         .io = net::IoMode::kEpoll,
         .num_threads = kNumThreads},
        policies_of({test_policy()}), log_.get());
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    server_->start([] { ADD_FAILURE() << "a reactor broke down"; });
  }

  [[nodiscard]] std::string path(const std::string& name) const { return directory_ / name; }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
    std::filesystem::permissions(path(name), std::filesystem::perms::owner_all);
  }
  serve::TlsContexts new_certificate() const {
    const Identity identity = authority_.issue("localhost");
    write("cert.pem", identity.certificate_pem());
    write("key.pem", identity.key_pem());
    std::vector<std::string> warnings;
    absl::StatusOr<serve::TlsContexts> contexts = serve::load_tls(listeners_, warnings);
    EXPECT_TRUE(contexts.ok()) << contexts.status();
    return *std::move(contexts);
  }
  [[nodiscard]] std::string metrics() const {
    return serve::expose({.metrics = server_->metrics(),
                          .log = *log_,
                          .listeners = {"plain", "tls"},
                          .reactors = server_->counters_by_reactor(),
                          .wires = {},
                          .key_sources = {},
                          .signature_cache_bytes = 0,
                          .version = "",
                          .commit = "",
                          .io = server_->io_mode(),
                          .kernels = ""});
  }
  // One answer after another from connections that `connect` makes; in the end, from one that the
  // server closes.
  template <class Connect>
  void ask(Connect connect) {
    const std::string good = request_with(good_token());
    const std::string bad = request_with(tampered_token());
    bool is_last = false;
    while (true) {
      auto client = connect();
      for (int i = 0; i < 10 || is_last; ++i) {
        const bool is_good = i % 3 != 0;
        const std::string answer = client.ask(is_good ? good : bad);
        if (answer != (is_good ? kOk : std::string_view(bad_signature()))) {
          EXPECT_TRUE(is_last) << answer;
          return;
        }
        ++num_answered_;
        if (!is_last && is_stopping_) {
          is_last = true;
          ++num_clients_ready_;
        }
      }
    }
  }

  const Identity authority_ = Identity::authority("test authority");
  const TemporaryDirectory directory_;
  std::vector<serve::ListenConfig> listeners_;
  std::unique_ptr<serve::Wires> wires_;
  std::unique_ptr<serve::DecisionLog> log_;
  std::unique_ptr<serve::Server> server_;
  std::atomic<int> num_answered_{0};
  std::atomic<bool> is_stopping_{false};
  std::atomic<size_t> num_clients_ready_{0};
};

TEST_F(ServerThreads, ExchangeAllTheyServeByWhileTheyServe) {
  std::vector<std::thread> clients;
  for (int i = 0; i < 2; ++i) {
    clients.emplace_back([this] { ask([this] { return Client(server_->addresses()[0]); }); });
  }
  clients.emplace_back([this] {
    ask([this] { return SecureClient(server_->addresses()[1].port(), {.trusted = &authority_}); });
  });
  for (int round = 0; round < 20; ++round) {
    const int goal = num_answered_ + 20;
    server_->publish(policies_of({test_policy(), test_policy("p" + std::to_string(round))}));
    if (round % 4 == 0) wires_->replace_tls(new_certificate());
    if (round % 4 == 1) {
      EXPECT_TRUE(log_->reopen().ok());
    }
    EXPECT_NE(metrics().find("simdjwt_connections"), std::string::npos);
    while (num_answered_ < goal && !HasFailure()) std::this_thread::yield();
  }
  is_stopping_ = true;
  while (num_clients_ready_ < clients.size() && !HasFailure()) std::this_thread::yield();
  EXPECT_TRUE(server_->stop().ok());
  for (std::thread& client : clients) client.join();
  EXPECT_GE(server_->check_counters().tokens_accepted, 200u);
  EXPECT_EQ(server_->reactor_counters().connections_open, 0u);
}

}  // namespace
}  // namespace simdjwt
