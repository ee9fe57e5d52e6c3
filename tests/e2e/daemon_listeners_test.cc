// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What the program listens on, what becomes of it when the program ends, and how many may come.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "e2e/client.h"
#include "e2e/daemon.h"
#include "e2e/running_server.h"
#include "net/listener.h"
#include "support/resident_memory.h"
#include "support/sanitizers.h"

namespace simdjwt {
namespace {

using namespace testing;
using namespace std::chrono_literals;

using DaemonListenersTest = ServerTest;

// The addresses of several [[listen]] sections.
std::string sections(const std::vector<std::string>& addresses) {
  std::string text;
  for (const std::string& address : addresses) {
    text += (text.empty() ? "" : "\"\n[[listen]]\naddress = \"") + address;
  }
  return text;
}

net::SocketAddress address_of(const std::string& text) { return *net::SocketAddress::parse(text); }

void expect_service(const net::SocketAddress& address) {
  Client client(address);
  EXPECT_EQ(client.ask(request_with(good_token())), kOk) << address.to_string();
  EXPECT_EQ(client.ask(request_with(tampered_token())), bad_signature()) << address.to_string();
}

TEST_F(DaemonListenersTest, ListensOnSeveralAddressesAtOnce) {
  const DaemonFiles directory;
  const std::string path = directory.path("check.sock");
  const std::string abstract = "unix:@simdjwtd_test_" + std::to_string(getpid());
  const DaemonFiles files(sections({"127.0.0.1:0", "[::1]:0", "unix:" + path, abstract}),
                          "[server]\nthreads = 2\n");
  Daemon daemon(files);
  ASSERT_NE(daemon.port(), 0) << daemon.output();
  EXPECT_NE(daemon.output().find(", unix:" + path + ", " + abstract + "; threads: 2"),
            std::string::npos)
      << daemon.output();
  for (int i = 0; i < 10; ++i) {
    expect_service(address_of("127.0.0.1:" + std::to_string(daemon.port())));
    expect_service(address_of("unix:" + path));
    expect_service(address_of(abstract));
  }
  daemon.kill(SIGTERM);
  EXPECT_EQ(daemon.wait(), 0);
  EXPECT_NE(access(path.c_str(), F_OK), 0) << "the socket's file stayed";
}

TEST_F(DaemonListenersTest, TakesItsSocketOverFromOneThatWasKilled) {
  const DaemonFiles directory;
  const std::string path = directory.path("check.sock");
  const DaemonFiles files(sections({"127.0.0.1:0", "unix:" + path}));
  for (int round = 0; round < 3; ++round) {
    Daemon daemon(files);
    ASSERT_NE(daemon.port(), 0) << daemon.output();
    std::atomic<bool> is_over{false};
    Client client(address_of("unix:" + path));
    std::thread busy([&] {
      while (!is_over && client.ask(request_with(good_token())) == kOk) {
      }
    });
    expect_service(address_of("unix:" + path));
    daemon.kill(SIGKILL);
    EXPECT_EQ(daemon.wait(), -1);
    is_over = true;
    busy.join();
    EXPECT_EQ(access(path.c_str(), F_OK), 0);
  }
}

// Clients that connect again when told that an answer was the last never miss one, whichever of the
// two programs it comes from.
TEST_F(DaemonListenersTest, LosesNoRequestWhenASuccessorTakesItsUnixSocket) {
  const DaemonFiles directory;
  const std::string path = directory.path("check.sock");
  const DaemonFiles files(sections({"127.0.0.1:0", "unix:" + path}));
  auto daemon = std::make_unique<Daemon>(files);
  ASSERT_NE(daemon->port(), 0) << daemon->output();
  std::atomic<bool> is_over{false};
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&] {
      while (!is_over) {
        Client client(address_of("unix:" + path));
        std::string answer;
        // Before the successor listens there may be nobody; but whoever is, answers.
        if (!client.send(request_with(good_token()))) continue;
        while ((answer = client.receive()) == kOk && !is_over)
          client.send(request_with(good_token()));
        EXPECT_TRUE(answer == kOk || answer == kOkAndClose) << answer;
      }
    });
  }
  for (int round = 0; round < 3; ++round) {
    std::this_thread::sleep_for(50ms);
    daemon->kill(SIGTERM);
    EXPECT_EQ(daemon->wait(), 0);
    daemon = std::make_unique<Daemon>(files);
    ASSERT_NE(daemon->port(), 0) << daemon->output();
  }
  is_over = true;
  for (std::thread& client : clients) client.join();
}

// --- Sockets handed over ---

// Makes the sockets descriptors 3, 4, ... as systemd does.
void hand_over(const std::vector<int>& sockets, const char* names) {
  std::vector<int> safe;  // out of the way of each other
  for (const int fd : sockets) safe.push_back(fcntl(fd, F_DUPFD, 100));
  for (size_t i = 0; i < safe.size(); ++i) dup2(safe[i], static_cast<int>(3 + i));
  setenv("LISTEN_PID", std::to_string(getpid()).c_str(), 1);
  setenv("LISTEN_FDS", std::to_string(sockets.size()).c_str(), 1);
  setenv("LISTEN_FDNAMES", names, 1);
}

TEST_F(DaemonListenersTest, ServesSocketsThatWereHandedOverAndLeavesThemOpen) {
  auto tcp = net::ListenerGroup::listen({.address = address_of("127.0.0.1:0")}, 1);
  auto local = net::ListenerGroup::listen(
      {.address = address_of("unix:@simdjwtd_test_" + std::to_string(getpid()))}, 1);
  ASSERT_TRUE(tcp.ok() && local.ok());
  const std::vector<int> sockets = {local->sockets(0)[0].get(), tcp->sockets(0)[0].get()};
  const DaemonFiles files(sections({"systemd:check", "systemd:local"}), "[server]\nthreads = 2\n");
  for (int round = 0; round < 3; ++round) {
    // Connects while nobody serves: the socket holds whoever does until somebody comes.
    Client early(tcp->addresses()[0]);
    early.send(request_with(good_token()));
    Daemon daemon({"--config", files.config(), io_option()},
                  [&sockets] { hand_over(sockets, "local:check"); });
    ASSERT_EQ(daemon.port(), tcp->addresses()[0].port()) << daemon.output();
    EXPECT_EQ(early.receive(), kOk);
    expect_service(tcp->addresses()[0]);
    expect_service(local->addresses()[0]);
    early.close();
    daemon.kill(SIGTERM);
    EXPECT_EQ(daemon.wait(), 0);
  }
}

TEST_F(DaemonListenersTest, SaysThatNoSocketWasHandedOver) {
  const DaemonFiles files("systemd:check");
  Daemon daemon(files);
  EXPECT_EQ(daemon.wait(), 1);
  EXPECT_NE(daemon.output().find("cannot take over systemd:check: no sockets were handed over"),
            std::string::npos)
      << daemon.output();
}

// --- Many clients ---

TEST_F(DaemonListenersTest, HoldsTenThousandIdleConnectionsIn64Mebibytes) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer's own memory would be counted";
  constexpr size_t kNumClients = 10'000;
  rlimit limit;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < kNumClients + 200) GTEST_SKIP() << "RLIMIT_NOFILE allows too few clients";
  const DaemonFiles files("127.0.0.1:0", "[limits]\nconnections = 10100\nidle_seconds = 600\n");
  Daemon daemon(files);
  ASSERT_NE(daemon.port(), 0) << daemon.output();
  std::vector<Client> clients;
  for (size_t i = 0; i < kNumClients; ++i) clients.emplace_back(daemon.port());
  const std::string request = request_with(good_token());
  for (Client& client : clients) client.send(request);
  size_t num_good = 0;
  for (Client& client : clients) num_good += client.receive() == kOk;
  EXPECT_EQ(num_good, kNumClients);
  EXPECT_GT(resident_bytes(daemon.pid()), 0);
  EXPECT_LT(resident_bytes(daemon.pid()), size_t{64} << 20);
  RecordProperty("resident_kib", static_cast<int>(resident_bytes(daemon.pid()) >> 10));
}

}  // namespace
}  // namespace simdjwt
