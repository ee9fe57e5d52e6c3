// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "net/reactor.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "e2e/client.h"
#include "e2e/running_server.h"
#include "net/listener.h"

namespace simdjwt::net {
namespace {

using namespace std::chrono_literals;
using testing::Client;
using testing::io_under_test;

// Answers each line with who asks: "<listener> <client address>".
class WhoAmI final : public Protocol {
 public:
  void begin_turn(const Instant& /*now*/) override {}
  void open(const Connection& connection) override { open_.push_back(connection.index()); }
  void close(const Connection& connection) override {
    EXPECT_EQ(std::erase(open_, connection.index()), 1u);
    ++num_closed_;
  }
  size_t receive(Connection& connection, std::string_view bytes) override {
    const size_t end = bytes.rfind('\n');
    if (end == std::string_view::npos) return 0;
    for (auto lines = std::count(bytes.begin(), bytes.end(), '\n'); lines > 0; --lines) {
      connection.write(std::to_string(connection.listener()) + ' ' +
                       connection.client_address().to_string() + "\r\n\r\n");
    }
    if (is_draining_) connection.finish();
    return end + 1;
  }
  void expire(Connection& /*connection*/) override {}
  void flush() override {}
  void drain() override { is_draining_ = true; }

  // Of the reactor's thread.
  [[nodiscard]] const std::vector<uint32_t>& open_connections() const { return open_; }
  [[nodiscard]] size_t num_closed() const { return num_closed_; }

 private:
  std::vector<uint32_t> open_;
  size_t num_closed_ = 0;
  bool is_draining_ = false;
};

// Changes nothing, but wants to know who connects.
class Plain final : public Wire {
 public:
  State receive(std::string_view& bytes, const Results& results) override {
    results.plain.append(std::exchange(bytes, {}));
    return State::kOpen;
  }
  bool send(std::string_view plain, std::string& output) override {
    output.append(plain);
    return true;
  }
  void close(std::string& /*output*/) override {}
};
class PlainFactory final : public WireFactory {
 public:
  explicit PlainFactory(PeerAddress::Family admitted) : admitted_(admitted) {}
  [[nodiscard]] bool needs_peer() const noexcept override { return true; }
  [[nodiscard]] bool admits(const PeerAddress& peer) const noexcept override {
    return peer.family == admitted_;
  }
  [[nodiscard]] std::unique_ptr<Wire> make() const override { return std::make_unique<Plain>(); }

 private:
  PeerAddress::Family admitted_;
};

ListenerGroup group_on(const std::string& address, size_t num_reactors = 1) {
  auto group = ListenerGroup::listen({.address = *SocketAddress::parse(address)}, num_reactors);
  EXPECT_TRUE(group.ok()) << group.status();
  return *std::move(group);
}
std::string abstract_name(const std::string& suffix) {
  return "unix:@simdjwt_reactor_test_" + std::to_string(getpid()) + suffix;
}

class Running {
 public:
  Running(std::vector<ReactorListener> listeners, const ReactorOptions& options = {}) {
    auto reactor = Reactor::create(io_under_test(), std::move(listeners), protocol_, options);
    EXPECT_TRUE(reactor.ok()) << reactor.status();
    reactor_ = *std::move(reactor);
    thread_ = std::thread([this] { EXPECT_TRUE(reactor_->run().ok()); });
  }
  ~Running() {
    reactor_->stop();
    join();
  }
  void stop() { reactor_->stop(); }
  void join() {
    if (thread_.joinable()) thread_.join();
  }
  [[nodiscard]] const ReactorCounters& counters() const { return reactor_->counters(); }
  // After join().
  [[nodiscard]] const WhoAmI& protocol() const { return protocol_; }

 private:
  WhoAmI protocol_;
  std::unique_ptr<Reactor> reactor_;
  std::thread thread_;
};

// `listeners` may be a list of moved ones, which initializer lists do not allow.
template <class... Listeners>
std::vector<ReactorListener> list_of(Listeners... listeners) {
  std::vector<ReactorListener> list;
  (list.push_back(std::move(listeners)), ...);
  return list;
}

class ReactorTest : public testing::ServerTest {};

TEST_F(ReactorTest, TellsWhichListenerAConnectionCameThrough) {
  ListenerGroup tcp = group_on("127.0.0.1:0");
  ListenerGroup tcp6 = group_on("[::1]:0");
  ListenerGroup abstract = group_on(abstract_name(""));
  Running running(list_of(ReactorListener{.socket = std::move(tcp.sockets(0)[0]), .id = 0},
                          ReactorListener{.socket = std::move(tcp6.sockets(0)[0]), .id = 1},
                          ReactorListener{.socket = std::move(abstract.sockets(0)[0]), .id = 200}));
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(Client(tcp.addresses()[0]).ask("\n"), "0 unknown\r\n\r\n");
    EXPECT_EQ(Client(tcp6.addresses()[0]).ask("\n"), "1 unknown\r\n\r\n");
    EXPECT_EQ(Client(abstract.addresses()[0]).ask("\n"), "200 unknown\r\n\r\n");
  }
}

TEST_F(ReactorTest, TellsWhoConnectedWhereThatIsNeeded) {
  const PlainFactory ipv4(PeerAddress::Family::kIpv4);
  const PlainFactory unix_only(PeerAddress::Family::kUnix);
  ListenerGroup tcp = group_on("127.0.0.1:0");
  ListenerGroup abstract = group_on(abstract_name(""));
  Running running(list_of(
      ReactorListener{.socket = std::move(tcp.sockets(0)[0]), .wire = &ipv4},
      ReactorListener{.socket = std::move(abstract.sockets(0)[0]), .wire = &unix_only, .id = 1}));
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<Client>(tcp.addresses()[0]));
    clients.push_back(std::make_unique<Client>(abstract.addresses()[0]));
  }
  for (size_t i = 0; i < clients.size(); i += 2) {
    EXPECT_EQ(clients[i]->ask("\n"),
              "0 " + SocketAddress::of(clients[i]->fd()).to_string() + "\r\n\r\n");
    EXPECT_EQ(clients[i + 1]->ask("\n"), "1 unix\r\n\r\n");
  }
}

TEST_F(ReactorTest, ClosesWhoeverIsNotAdmitted) {
  const PlainFactory ipv6(PeerAddress::Family::kIpv6);
  ListenerGroup tcp = group_on("127.0.0.1:0");
  ListenerGroup open = group_on("127.0.0.1:0");
  Running running(list_of(ReactorListener{.socket = std::move(tcp.sockets(0)[0]), .wire = &ipv6},
                          ReactorListener{.socket = std::move(open.sockets(0)[0]), .id = 1}));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Client(tcp.addresses()[0]).ask("\n"), "");
  EXPECT_EQ(Client(open.addresses()[0]).ask("\n"), "1 unknown\r\n\r\n");
  EXPECT_EQ(running.counters().connections_refused, 10);
}

// There is room for one client at a time, as two listeners keep a place each. Whichever listener
// the others have come to, they are served in the end.
TEST_F(ReactorTest, StarvesNoListenerWhenItIsFull) {
  ListenerGroup first = group_on("127.0.0.1:0");
  ListenerGroup second = group_on("127.0.0.1:0");
  ListenerGroup third = group_on(abstract_name(""));
  Running running(list_of(ReactorListener{.socket = std::move(first.sockets(0)[0])},
                          ReactorListener{.socket = std::move(second.sockets(0)[0]), .id = 1},
                          ReactorListener{.socket = std::move(third.sockets(0)[0]), .id = 2}),
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

// Two reactors at one unix socket: when one ends, the other still has its listener.
TEST_F(ReactorTest, LeavesASharedListenerToTheOthers) {
  ListenerGroup group = group_on(abstract_name(""), 2);
  ASSERT_TRUE(group.is_shared());
  const auto listener = [&group](size_t reactor) {
    return list_of(
        ReactorListener{.socket = std::move(group.sockets(reactor)[0]), .is_shared = true});
  };
  Running first(listener(0));
  {
    Running second(listener(1));
    for (int i = 0; i < 50; ++i) {
      ASSERT_EQ(Client(group.addresses()[0]).ask("\n"), "0 unknown\r\n\r\n");
    }
  }
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(Client(group.addresses()[0]).ask("\n"), "0 unknown\r\n\r\n");
  }
}

TEST_F(ReactorTest, CutsOffWhoeverIsLeftWhenTheDrainIsOver) {
  ListenerGroup tcp = group_on("127.0.0.1:0");
  Running running(list_of(ReactorListener{.socket = std::move(tcp.sockets(0)[0])}),
                  {.timeouts = {.head = 1h, .idle = 1h, .write = 1h, .linger = 1h, .drain = 1h},
                   .drain_limit = 200ms});
  Client half(tcp.addresses()[0]);
  Client idle(tcp.addresses()[0]);
  EXPECT_EQ(idle.ask("\n"), "0 unknown\r\n\r\n");
  half.send("\nhalf");
  EXPECT_EQ(half.receive(), "0 unknown\r\n\r\n");
  running.stop();
  EXPECT_EQ(half.receive(), "");
  EXPECT_EQ(idle.receive(), "");
  running.join();
  EXPECT_EQ(running.counters().connections_cut_off, 2);
  EXPECT_EQ(running.counters().connections_open, 0);
}

TEST_F(ReactorTest, CountsWhileItRuns) {
  ListenerGroup tcp = group_on("127.0.0.1:0");
  Running running(list_of(ReactorListener{.socket = std::move(tcp.sockets(0)[0])}));
  Client client(tcp.addresses()[0]);
  std::string answers = client.ask("\n\n");
  answers += client.receive();
  answers += client.ask("x\n");
  EXPECT_EQ(running.counters().connections_open, 1);
  EXPECT_EQ(running.counters().connections_accepted, 1);
  EXPECT_EQ(running.counters().bytes_received, 4);
  while (running.counters().bytes_sent < answers.size()) std::this_thread::sleep_for(1ms);
  client.close();
  while (running.counters().connections_open > 0) std::this_thread::sleep_for(1ms);
}

TEST_F(ReactorTest, TellsWhenAConnectionIsGone) {
  ListenerGroup tcp = group_on("127.0.0.1:0");
  Running running(list_of(ReactorListener{.socket = std::move(tcp.sockets(0)[0])}));
  Client closes(tcp.addresses()[0]);
  Client resets(tcp.addresses()[0]);
  Client stays(tcp.addresses()[0]);
  for (Client* client : {&closes, &resets, &stays}) EXPECT_NE(client->ask("\n"), "");
  closes.close();
  resets.reset();
  while (running.counters().connections_open > 1) std::this_thread::sleep_for(1ms);
  running.stop();
  running.join();
  EXPECT_EQ(running.protocol().num_closed(), 3);
  EXPECT_TRUE(running.protocol().open_connections().empty());
}

// A process that was forked and has not yet become another program holds all our sockets.
TEST_F(ReactorTest, IsDoneWithAConnectionThatAChildProcessStillHolds) {
  ListenerGroup tcp = group_on("127.0.0.1:0");
  Running running(list_of(ReactorListener{.socket = std::move(tcp.sockets(0)[0])}));
  Client first(tcp.addresses()[0]);
  EXPECT_EQ(first.ask("\n"), "0 unknown\r\n\r\n");
  const pid_t child = fork();
  if (child == 0) {
    pause();
    _exit(0);
  }
  first.shutdown_write();  // to close would tell nobody: the child holds this end, too
  // Each comes to where the one before was.
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(Client(tcp.addresses()[0]).ask("\n"), "0 unknown\r\n\r\n");
  }
  const uint64_t turns = running.counters().turns;
  std::this_thread::sleep_for(50ms);
  EXPECT_LT(running.counters().turns - turns, 10);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  while (running.counters().connections_open != 0) std::this_thread::sleep_for(1ms);
}

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
TEST_F(ReactorTest, SharesTheDescriptorsThatConnectionsTake) {
  const FewDescriptors few;
  const auto room = [](uint32_t wanted, uint32_t num_reactors) {
    WhoAmI protocol;
    ListenerGroup tcp = group_on("127.0.0.1:0");
    auto reactor = Reactor::create(
        io_under_test(), list_of(ReactorListener{.socket = std::move(tcp.sockets(0)[0])}), protocol,
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
TEST_F(ReactorTest, OutlivesTheWantOfDescriptors) {
  ListenerGroup tcp = group_on("127.0.0.1:0");
  Running running(list_of(ReactorListener{.socket = std::move(tcp.sockets(0)[0])}));
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

TEST_F(ReactorTest, WantsAPlaceForEachListener) {
  WhoAmI protocol;
  EXPECT_FALSE(Reactor::create(io_under_test(), {}, protocol, {}).ok());
  EXPECT_FALSE(Reactor::create(io_under_test(), list_of(ReactorListener{}, ReactorListener{}),
                               protocol, {.num_connections_max = 1})
                   .ok());
}

}  // namespace
}  // namespace simdjwt::net
