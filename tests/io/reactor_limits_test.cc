// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Reactors that are short of places, descriptors or buffers, and clients that take more than their
// share or none at all.

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "e2e/client.h"
#include "io/running_reactor.h"

namespace simdjwt::net {
namespace {

using namespace std::chrono_literals;
using testing::Client;
using testing::io_under_test;

class ReactorLimitsTest : public testing::ServerTest {};

// --- Places ---

// There is room for one client at a time, as two listeners keep a place each. Whichever listener
// the others have come to, they are served in the end.
TEST_F(ReactorLimitsTest, StarvesNoListenerWhenItIsFull) {
  ListenerGroup first = group_on("127.0.0.1:0");
  ListenerGroup second = group_on("127.0.0.1:0");
  ListenerGroup third = group_on(abstract_name(""));
  Running running(list_of(only_of(first), only_of(second, 1), only_of(third, 2)),
                  {.num_connections_max = 3});
  for (int round = 0; round < 20; ++round) {
    std::vector<std::unique_ptr<Client>> clients;
    std::vector<pollfd> waiting;
    for (const ListenerGroup* group : {&first, &second, &third, &first, &second, &third}) {
      clients.push_back(std::make_unique<Client>(group->addresses()[0]));
      clients.back()->send("\n");
      waiting.push_back({.fd = clients.back()->fd(), .events = POLLIN, .revents = 0});
    }
    for (size_t num_served = 0; num_served < clients.size();) {
      ASSERT_GT(poll(waiting.data(), waiting.size(), 20'000), 0) << "somebody was forgotten";
      for (size_t i = 0; i < clients.size(); ++i) {
        if (waiting[i].fd < 0 || waiting[i].revents == 0) continue;
        EXPECT_EQ(clients[i]->receive(), std::to_string(i % 3) + " unknown\r\n\r\n");
        clients[i]->close();
        waiting[i].fd = -1;
        ++num_served;
      }
    }
  }
  EXPECT_GT(running.counters().accepts_paused, 0);
  EXPECT_EQ(running.counters().accepts_failed, 0);
  EXPECT_EQ(running.counters().connections_accepted, 20 * 6);
}

// Whoever was idle longest makes room, but nobody who is being served.
TEST_F(ReactorLimitsTest, ClosesTheConnectionThatWasIdleLongestWhenItIsFull) {
  ListenerGroup tcp = group_on("127.0.0.1:0");
  Running running(list_of(only_of(tcp)),
                  {.num_connections_max = 5, .timeouts = {.head = 1h, .spare = 50ms}});
  std::vector<Client> clients;
  for (int i = 0; i < 12; ++i) {
    clients.emplace_back(tcp.addresses()[0]);
    EXPECT_EQ(clients.back().ask(i == 1 ? "\nhalf" : "\n"), "0 unknown\r\n\r\n") << i;
    std::this_thread::sleep_for(20ms);  // so that they differ in age
  }
  for (const size_t i : std::vector<size_t>{0, 2, 3, 4, 5, 6}) {
    EXPECT_EQ(clients[i].receive(), "") << i << " was idle longer than the last ones";
    EXPECT_FALSE(clients[i].was_reset()) << i;
  }
  for (const size_t i : std::vector<size_t>{1, 10, 11}) {
    EXPECT_EQ(clients[i].ask("\n"), "0 unknown\r\n\r\n") << i;
  }
  EXPECT_GE(running.counters().idles_evicted, 7);
  EXPECT_EQ(running.counters().idles_expired, 0);
}

TEST_F(ReactorLimitsTest, ClosesNobodyWhoHasJustComeOrIsBeingServed) {
  ListenerGroup tcp = group_on("127.0.0.1:0");
  Running running(list_of(only_of(tcp)),
                  {.num_connections_max = 3, .timeouts = {.head = 1h, .spare = 1h}});
  std::vector<Client> clients;
  for (int i = 0; i < 4; ++i) clients.emplace_back(tcp.addresses()[0]);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(clients[i].ask("\n"), "0 unknown\r\n\r\n");
  clients[3].send("\n");
  std::this_thread::sleep_for(250ms);
  char byte;
  EXPECT_EQ(::recv(clients[3].fd(), &byte, 1, MSG_DONTWAIT), -1) << "there is no room for it";
  EXPECT_LT(running.counters().turns, 40) << "it waits, and does not spin";
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(clients[i].ask("\n"), "0 unknown\r\n\r\n");
  clients[1].close();
  EXPECT_EQ(clients[3].receive(), "0 unknown\r\n\r\n");
  EXPECT_EQ(running.counters().idles_evicted, 0);
  EXPECT_GT(running.counters().accepts_paused, 0);
}

// More clients than there are places, all of them there when the reactor first looks.
TEST_F(ReactorLimitsTest, ResetsNobodyWhenMoreComeAtOnceThanThereIsRoomFor) {
  constexpr size_t kNumPlaces = 1500;
  constexpr size_t kNumClients = 2000;
  rlimit limit;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < kNumPlaces + kNumClients + 200) GTEST_SKIP() << "RLIMIT_NOFILE";
  if (allowed_backlog() < static_cast<int>(kNumClients)) GTEST_SKIP() << "net.core.somaxconn";
  ListenerGroup tcp = group_on("127.0.0.1:0");
  Running running(list_of(only_of(tcp)), {.num_connections_max = kNumPlaces}, Start::kLater);
  std::vector<Client> clients;
  for (size_t i = 0; i < kNumClients; ++i) {
    clients.emplace_back(tcp.addresses()[0]);
    clients.back().send("\n");
  }
  running.start();
  for (Client& client : clients) {
    ASSERT_EQ(client.receive(), "0 unknown\r\n\r\n");
    client.close();
  }
  EXPECT_EQ(running.counters().accepts_failed, 0);
}

// Whatever the kernel says of those who have left, with their address asked for.
TEST_F(ReactorLimitsTest, AcceptsTheNextWhenSomebodyHasLeftBeforeHisTurn) {
  const PlainFactory ipv4(PeerAddress::Family::kIpv4);
  ListenerGroup tcp = group_on("127.0.0.1:0");
  ListenerGroup other = group_on("127.0.0.1:0");
  Running running(list_of(only_of(tcp, 0, &ipv4), only_of(other, 1)), {}, Start::kLater);
  for (int i = 0; i < 50; ++i) Client(tcp.addresses()[0]).reset();
  Client last(tcp.addresses()[0]);
  Client elsewhere(other.addresses()[0]);
  running.start();
  EXPECT_EQ(last.ask("\n"), "0 " + SocketAddress::of(last.fd()).to_string() + "\r\n\r\n");
  EXPECT_EQ(elsewhere.ask("\n"), "1 unknown\r\n\r\n");
  for (int i = 0; i < 200; ++i) {
    for (int rude = 0; rude < 5; ++rude) Client(tcp.addresses()[0]).reset();
    Client client(tcp.addresses()[0]);
    EXPECT_EQ(client.ask("\n"), "0 " + SocketAddress::of(client.fd()).to_string() + "\r\n\r\n");
  }
  EXPECT_EQ(running.counters().accepts_failed, 0) << "all listeners pause after that";
}

// --- Descriptors and memory ---

// Allows this process no more than 256 descriptors, until it is gone.
class FewDescriptors {
 public:
  FewDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    rlimit few = before_;
    few.rlim_cur = 256;
    setrlimit(RLIMIT_NOFILE, &few);
  }
  ~FewDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

// And uses up all of them.
class NoDescriptors {
 public:
  NoDescriptors() {
    for (int fd; (fd = dup(STDERR_FILENO)) >= 0;) descriptors_.emplace_back(fd);
  }

 private:
  FewDescriptors few_;
  std::vector<UniqueFd> descriptors_;
};

// 128 are left for files and listeners; a ring has its own table, which may be as large.
TEST_F(ReactorLimitsTest, SharesTheDescriptorsThatConnectionsTake) {
  const FewDescriptors few;
  const auto room = [](uint32_t wanted, uint32_t num_reactors) {
    WhoAmI protocol;
    ListenerGroup tcp = group_on("127.0.0.1:0");
    auto reactor = Reactor::create(io_under_test(), list_of(only_of(tcp)), protocol,
                                   {.num_connections_max = wanted, .num_reactors = num_reactors});
    EXPECT_TRUE(reactor.ok()) << reactor.status();
    return reactor.ok() ? (*reactor)->num_connections_max() : 0;
  };
  const bool is_epoll = io_under_test() == IoMode::kEpoll;
  EXPECT_EQ(room(4096, 1), is_epoll ? 128 : 256);
  EXPECT_EQ(room(4096, 4), is_epoll ? 32 : 256);
  EXPECT_EQ(room(20, 4), 20);
}

// io_uring needs none for a connection; by epoll, clients wait, and the thread does not spin.
TEST_F(ReactorLimitsTest, OutlivesTheWantOfDescriptors) {
  ListenerGroup tcp = group_on("127.0.0.1:0");
  Running running(list_of(only_of(tcp)));
  Client before(tcp.addresses()[0]);
  EXPECT_EQ(before.ask("\n"), "0 unknown\r\n\r\n");
  std::vector<UniqueFd> sockets;
  for (int i = 0; i < 8; ++i) sockets.emplace_back(::socket(AF_INET, SOCK_STREAM, 0));
  const auto answer_of = [](const UniqueFd& fd) {
    char buffer[64];
    const ssize_t n = ::recv(fd.get(), buffer, sizeof(buffer), 0);
    return std::string(buffer, static_cast<size_t>(std::max<ssize_t>(n, 0)));
  };
  {
    const NoDescriptors none;
    const uint64_t turns = running.counters().turns;
    for (const UniqueFd& fd : sockets) {
      ASSERT_EQ(::connect(fd.get(), tcp.addresses()[0].data(), tcp.addresses()[0].length()), 0);
      ASSERT_EQ(::send(fd.get(), "\n", 1, 0), 1);
    }
    if (io_under_test() == IoMode::kEpoll) {
      while (running.counters().accepts_failed < 4) std::this_thread::sleep_for(1ms);
      EXPECT_LT(running.counters().turns - turns, 20);
    }
    EXPECT_EQ(before.ask("\n"), "0 unknown\r\n\r\n") << "those who are in must not notice";
  }
  for (const UniqueFd& fd : sockets) EXPECT_EQ(answer_of(fd), "0 unknown\r\n\r\n");
}

// The calling thread is refused this system call from now on, or that kind of it whose second
// argument this is.
void deny(uint32_t system_call, uint32_t error, std::optional<uint32_t> second_argument = {}) {
  std::vector<sock_filter> filter = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, system_call, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  if (second_argument) {
    filter.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[1])));
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, *second_argument, 1, 0));
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  }
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error));
  const sock_fprog program{.len = static_cast<uint16_t>(filter.size()), .filter = filter.data()};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  EXPECT_EQ(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

// From the first "!" on, epoll takes no more sockets, as when fs.epoll.max_user_watches is reached.
class WithoutNewWatches : public WhoAmI {
 public:
  size_t receive(Connection& connection, std::string_view bytes) override {
    if (bytes.front() == '!') deny(SYS_epoll_ctl, ENOSPC, EPOLL_CTL_ADD);
    return WhoAmI::receive(connection, bytes);
  }
};
TEST_F(ReactorLimitsTest, TriesAgainWhenEpollDoesNotTakeItsListener) {
  if (io_under_test() != IoMode::kEpoll) GTEST_SKIP() << "epoll only";
  ListenerGroup tcp = group_on("127.0.0.1:0");
  RunningReactor<WithoutNewWatches> running(list_of(only_of(tcp)), {.num_connections_max = 2});
  Client stays(tcp.addresses()[0]);
  EXPECT_EQ(stays.ask("\n"), "0 unknown\r\n\r\n");
  Client leaves(tcp.addresses()[0]);  // full: nobody listens any more
  EXPECT_EQ(leaves.ask("!\n"), "0 unknown\r\n\r\n");
  leaves.close();
  while (running.counters().accepts_failed < 3) std::this_thread::sleep_for(1ms);
  EXPECT_LT(running.counters().turns, 30) << "it spins";
  EXPECT_EQ(stays.ask("\n"), "0 unknown\r\n\r\n");
}

// From the first "!" on, the system has no room for another open file.
class WithoutFiles : public WhoAmI {
 public:
  size_t receive(Connection& connection, std::string_view bytes) override {
    if (bytes.front() == '!') deny(SYS_accept4, ENFILE);
    return WhoAmI::receive(connection, bytes);
  }
};
TEST_F(ReactorLimitsTest, DoesNotSpinWhereTheSystemHasNoRoomForFiles) {
  if (io_under_test() != IoMode::kEpoll) GTEST_SKIP() << "io_uring calls no accept4()";
  ListenerGroup tcp = group_on("127.0.0.1:0");
  RunningReactor<WithoutFiles> running(list_of(only_of(tcp)), {.drain_limit = 100ms});
  Client inside(tcp.addresses()[0]);
  EXPECT_EQ(inside.ask("!\n"), "0 unknown\r\n\r\n");
  Client outside(tcp.addresses()[0]);
  while (running.counters().accepts_failed < 3) std::this_thread::sleep_for(1ms);
  EXPECT_LT(running.counters().turns, 30) << "it spins";
  EXPECT_EQ(inside.ask("\n"), "0 unknown\r\n\r\n");
  EXPECT_EQ(running.counters().connections_accepted, 1);
}

class WithBrokenReceive : public WhoAmI {
 public:
  void begin_turn(const Instant& /*now*/) override {
    if (!std::exchange(is_denied_, true)) deny(SYS_recvfrom, EINVAL);
  }

 private:
  bool is_denied_ = false;
};
TEST_F(ReactorLimitsTest, TellsOnceOfErrorsThatNoClientCanCause) {
  if (io_under_test() != IoMode::kEpoll) GTEST_SKIP() << "io_uring calls no recvfrom()";
  std::vector<std::string> warnings;
  ListenerGroup tcp = group_on("127.0.0.1:0");
  {
    RunningReactor<WithBrokenReceive> running(
        list_of(only_of(tcp)),
        {.warn = [&warnings](const std::string& sentence) { warnings.push_back(sentence); }});
    for (int i = 0; i < 3; ++i) EXPECT_EQ(Client(tcp.addresses()[0]).ask("\n"), "");
  }
  EXPECT_EQ(warnings, std::vector<std::string>(
                          {"a connection was cut off, and more may be: recv: Invalid argument"}));
}
TEST_F(ReactorLimitsTest, TellsNothingOfClientsThatBreakOff) {
  std::vector<std::string> warnings;
  ListenerGroup tcp = group_on("127.0.0.1:0");
  {
    Running running(list_of(only_of(tcp)), {.warn = [&warnings](const std::string& sentence) {
                      warnings.push_back(sentence);
                    }});
    for (int i = 0; i < 20; ++i) {
      Client client(tcp.addresses()[0]);
      if (i % 2 == 0) {
        EXPECT_EQ(client.ask("\n"), "0 unknown\r\n\r\n");
      }
      client.send("\n");
      client.reset();
    }
  }
  EXPECT_EQ(warnings, std::vector<std::string>());
}

// --- Buffers ---

// How much each turn brought.
class Weighing : public WhoAmI {
 public:
  void begin_turn(const Instant& /*now*/) override { turns_.push_back(0); }
  size_t receive(Connection& connection, std::string_view bytes) override {
    turns_.back() += bytes.size();
    return WhoAmI::receive(connection, bytes);
  }
  [[nodiscard]] const std::vector<size_t>& turns() const { return turns_; }

 private:
  std::vector<size_t> turns_;
};

// All that a client has sent is there when the reactor first looks, so that once it gets more than
// its share.
TEST_F(ReactorLimitsTest, TakesOfAClientItsShareAndNoMore) {
  constexpr size_t kBufferBytes = 512;
  constexpr size_t kShareBytes = 32 * kBufferBytes;
  constexpr int kNumLines = 240;
  ListenerGroup unix_socket = group_on(abstract_name("_share"));
  RunningReactor<Weighing> running(list_of(only_of(unix_socket)),
                                   {.num_buffers = 64, .buffer_bytes = kBufferBytes},
                                   Start::kLater);
  Client greedy(unix_socket.addresses()[0]);
  const std::string line = std::string(kBufferBytes - 1, 'x') + '\n';
  std::string lines;
  for (int i = 0; i < kNumLines; ++i) lines += line;
  ASSERT_TRUE(greedy.send(lines));
  Client modest(unix_socket.addresses()[0]);
  running.start();
  EXPECT_EQ(modest.ask("\n"), "0 unknown\r\n\r\n");
  for (int i = 0; i < kNumLines; ++i) ASSERT_EQ(greedy.receive(), "0 unknown\r\n\r\n");
  EXPECT_EQ(greedy.ask("\n"), "0 unknown\r\n\r\n");
  running.stop();
  greedy.close();
  modest.close();
  running.join();
  const std::vector<size_t>& turns = running.protocol().turns();
  EXPECT_LE(
      std::count_if(turns.begin(), turns.end(), [](size_t bytes) { return bytes > kShareBytes; }),
      io_under_test() == IoMode::kEpoll ? 0 : 1);
}

}  // namespace
}  // namespace simdjwt::net
