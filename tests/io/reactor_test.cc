// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "net/reactor.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "e2e/client.h"
#include "io/running_reactor.h"

namespace simdjwt::net {
namespace {

using namespace std::chrono_literals;
using testing::Client;
using testing::io_under_test;

class ReactorTest : public testing::ServerTest {};

TEST_F(ReactorTest, TellsWhichListenerAConnectionCameThrough) {
  ListenerGroup tcp = group_on("127.0.0.1:0");
  ListenerGroup tcp6 = group_on("[::1]:0");
  ListenerGroup abstract = group_on(abstract_name(""));
  Running running(list_of(only_of(tcp, 0), only_of(tcp6, 1), only_of(abstract, 200)));
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
  Running running(list_of(only_of(tcp, 0, &ipv4), only_of(abstract, 1, &unix_only)));
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
  Running running(list_of(only_of(tcp, 0, &ipv6), only_of(open, 1)));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Client(tcp.addresses()[0]).ask("\n"), "");
  EXPECT_EQ(Client(open.addresses()[0]).ask("\n"), "1 unknown\r\n\r\n");
  EXPECT_EQ(running.counters().connections_refused, 10);
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
  Running running(list_of(only_of(tcp)),
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
  Running running(list_of(only_of(tcp)));
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
  Running running(list_of(only_of(tcp)));
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
  Running running(list_of(only_of(tcp)));
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

TEST_F(ReactorTest, WantsAPlaceForEachListener) {
  WhoAmI protocol;
  EXPECT_FALSE(Reactor::create(io_under_test(), {}, protocol, {}).ok());
  EXPECT_FALSE(Reactor::create(io_under_test(), list_of(ReactorListener{}, ReactorListener{}),
                               protocol, {.num_connections_max = 1})
                   .ok());
}

}  // namespace
}  // namespace simdjwt::net
