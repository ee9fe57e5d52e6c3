// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The server under clients that are many, slow, rude or in a hurry.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "e2e/client.h"
#include "e2e/running_server.h"
#include "support/resident_memory.h"
#include "support/sanitizers.h"

namespace simdjwt {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

using EnduranceTest = ServerTest;

// Asks `count` times over `client` and expects the answers of this worker, which differ from those
// of its neighbours: even ones bring good tokens, odd ones tampered ones.
void ask_as(Client& client, size_t worker, int count) {
  const bool is_good = worker % 2 == 0;
  const std::string subject = "worker" + std::to_string(worker);
  const std::string request = request_with(is_good ? good_token(subject) : tampered_token(subject));
  for (int i = 0; i < count; ++i) {
    ASSERT_EQ(client.ask(request), is_good ? kOk : std::string_view(bad_signature()));
  }
}

template <class Work>
void in_threads(size_t num_threads, Work work) {
  std::vector<std::thread> threads;
  for (size_t i = 0; i < num_threads; ++i) threads.emplace_back([&work, i] { work(i); });
  for (std::thread& thread : threads) thread.join();
}

// Slots go from client to client as fast as can be, and each leaves in another way: an old
// connection's bytes must never be taken for its successor's.
TEST_F(EnduranceTest, NeverMixesClientsThatShareASlot) {
  RunningServer server(test_options({.num_connections_max = 4}));
  in_threads(8, [&server](size_t worker) {
    const std::string bad = request_with(tampered_token());
    for (int round = 0; round < 60; ++round) {
      Client client(server.port());
      ask_as(client, worker, 1 + round % 2);
      switch (round % 5) {
        case 0:  // half a request left behind
          client.send(bad.substr(0, bad.size() / 2));
          break;
        case 1:  // a whole one whose answer nobody will read
          client.send(bad);
          break;
        case 2:
          client.send(bad + bad.substr(0, 10));
          client.reset();
          break;
        case 3:
          client.shutdown_write();
          EXPECT_EQ(client.receive_all(), "");
          break;
        default:
          break;
      }
    }
  });
  server.stop();
  EXPECT_EQ(server.reactor_counters().connections_accepted, 8 * 60);
}

TEST_F(EnduranceTest, ServesClientsBeyondTheCapWhenOthersLeave) {
  RunningServer server(test_options({.num_connections_max = 4}));
  std::vector<std::unique_ptr<Client>> clients;
  for (size_t i = 0; i < 12; ++i) clients.push_back(std::make_unique<Client>(server.port()));
  for (size_t i = 0; i < 4; ++i) ask_as(*clients[i], i, 1);
  clients[4]->send(request_with(good_token()));
  std::this_thread::sleep_for(50ms);
  char byte;
  EXPECT_EQ(::recv(clients[4]->fd(), &byte, 1, MSG_DONTWAIT), -1) << "served beyond the cap";
  for (size_t i = 0; i < 8; ++i) {
    clients[i]->close();
    if (i == 0) {
      EXPECT_EQ(clients[4]->receive(), kOk);
    }
    ask_as(*clients[i + 4], i + 4, 2);
  }
  server.stop();
  EXPECT_EQ(server.reactor_counters().connections_accepted, 12);
}

TEST_F(EnduranceTest, AnswersAllWhenReceiveBuffersRunOut) {
  RunningServer server(test_options({.num_buffers = 2, .buffer_bytes = 256}));
  std::vector<std::unique_ptr<Client>> clients;
  for (size_t i = 0; i < 32; ++i) clients.push_back(std::make_unique<Client>(server.port()));
  std::string requests;
  std::string answers;
  for (int i = 0; i < 20; ++i) {
    requests += request_with(good_token()) + request_with(tampered_token());
    answers += std::string(kOk) + bad_signature();
  }
  for (auto& client : clients) {
    client->send(requests);
    client->shutdown_write();
  }
  for (auto& client : clients) EXPECT_EQ(client->receive_all(), answers);
  server.stop();
  if (io_under_test() == net::IoMode::kUring) {
    EXPECT_GT(server.reactor_counters().receives_starved, 0);
  }
}

TEST_F(EnduranceTest, AnswersAllWhenCompletionsOverflow) {
  RunningServer server(test_options({.num_submissions = 8, .num_completions = 8}));
  in_threads(32, [&server](size_t worker) {
    Client client(server.port());
    ask_as(client, worker, 50);
  });
  server.stop();
  if (io_under_test() == net::IoMode::kUring) {
    EXPECT_GT(server.reactor_counters().completions_overflown, 0);
  }
}

TEST_F(EnduranceTest, ServesFromTwoThreads) {
  serve::ServerOptions options = test_options();
  options.num_threads = 2;
  RunningServer server(options);
  in_threads(16, [&server](size_t worker) {
    for (int round = 0; round < 10; ++round) {
      Client client(server.port());
      ask_as(client, worker, 20);
    }
  });
  server.stop();
  EXPECT_EQ(server.check_counters().tokens_accepted, 8 * 200);
  EXPECT_EQ(server.check_counters().tokens_rejected, 8 * 200);
}

TEST_F(EnduranceTest, VerifiesTheRequestsOfATurnTogether) {
  RunningServer server;
  Client client(server.port());
  std::string requests;
  for (int i = 0; i < 16; ++i) requests += request_with(good_token());
  client.send(requests);
  client.shutdown_write();
  client.receive_all();
  server.stop();
  EXPECT_EQ(server.check_counters().tokens_accepted, 16);
  EXPECT_LE(server.check_counters().batches, 4);
}

// --- Slow clients ---

net::ReactorOptions impatient() {
  net::ReactorOptions options;
  options.timeouts = {
      .head = 300ms, .idle = 600ms, .write = 500ms, .linger = 200ms, .drain = 200ms};
  return options;
}

TEST_F(EnduranceTest, CutsOffAHeadThatDripsIn) {
  RunningServer server(test_options(impatient()));
  Client client(server.port());
  const auto begin = steady_clock::now();
  const std::string request = request_with(good_token());
  size_t num_sent = 0;
  char byte;
  while (num_sent < request.size() && ::recv(client.fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) != 1) {
    client.send(request.substr(num_sent++, 1));
    std::this_thread::sleep_for(20ms);
  }
  EXPECT_EQ(client.receive_all(),
            "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  EXPECT_GE(steady_clock::now() - begin, 300ms);
  EXPECT_LT(num_sent, request.size() / 2) << "every byte won it more time";
  EXPECT_EQ(server.reactor_counters().heads_expired, 1);
}

TEST_F(EnduranceTest, ClosesIdleConnections) {
  RunningServer server(test_options(impatient()));
  Client fresh(server.port());
  Client used(server.port());
  EXPECT_EQ(used.ask(request_with(good_token())), kOk);
  EXPECT_EQ(fresh.receive_all(), "");
  EXPECT_EQ(used.receive_all(), "");
  EXPECT_FALSE(fresh.was_reset() || used.was_reset());
  EXPECT_EQ(server.reactor_counters().idles_expired, 2);
}

TEST_F(EnduranceTest, KeepsBusyConnectionsBeyondTheirIdleTime) {
  RunningServer server(test_options(impatient()));
  Client client(server.port());
  for (int i = 0; i < 10; ++i) {
    ASSERT_EQ(client.ask(request_with(good_token())), kOk);
    std::this_thread::sleep_for(150ms);
  }
}

// A client that asks and asks and never reads gets what fits into the pipe, then no more attention,
// then closed; what it costs meanwhile is bounded.
TEST_F(EnduranceTest, BoundsAndClosesAClientThatDoesNotRead) {
  RunningServer server(test_options(impatient()));
  std::string requests;
  for (int i = 0; i < 64; ++i) requests += request_of("");  // long answers to short requests
  Client client(server.port());
  const timeval patience{.tv_sec = 3, .tv_usec = 0};
  setsockopt(client.fd(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  const size_t resident_before = resident_bytes();
  const auto begin = steady_clock::now();
  size_t num_sent = 0;
  while (num_sent < size_t{256} << 20 && client.send(requests)) num_sent += requests.size();
  EXPECT_LT(num_sent, size_t{256} << 20) << "the server reads on and on";
  EXPECT_LT(steady_clock::now() - begin, 3s) << "the server stalls, but does not close";
  if (!kSanitized) {  // whose own memory would be counted
    EXPECT_LT(resident_bytes() - resident_before, size_t{8} << 20);
  }
  EXPECT_EQ(server.reactor_counters().writes_expired, 1);
  Client other(server.port());
  EXPECT_EQ(other.ask(request_with(good_token())), kOk);
}

// The same amount, read at last: every answer is there and in its place.
TEST_F(EnduranceTest, HoldsRequestsBackUntilTheirAnswersAreRead) {
  RunningServer server;
  Client client(server.port());
  const std::string good = request_with(good_token());
  const std::string bad = request_with(tampered_token());
  constexpr int kNumRequests = 60'000;
  std::thread sender([&] {
    for (int i = 0; i < kNumRequests; ++i) client.send(i % 3 == 0 ? bad : good);
    client.shutdown_write();
  });
  std::this_thread::sleep_for(300ms);
  for (int i = 0; i < kNumRequests; ++i) {
    const std::string answer = client.receive();
    if (answer != (i % 3 == 0 ? std::string_view(bad_signature()) : kOk)) {
      ADD_FAILURE() << "answer " << i << " is " << answer;
      break;
    }
  }
  sender.join();
}

// --- Stopping ---

// Clients that ask without pause get every answer; the last one says that it is the last.
TEST_F(EnduranceTest, LosesNoRequestWhenItStops) {
  RunningServer server(test_options({.timeouts = {.drain = 10s}}));
  std::atomic<int> num_answered{0};
  std::thread clients([&] {
    in_threads(8, [&](size_t worker) {
      Client client(server.port());
      const std::string request = request_with(good_token("worker" + std::to_string(worker)));
      while (true) {
        const std::string answer = client.ask(request);
        if (answer == kOkAndClose) break;
        ASSERT_EQ(answer, kOk) << "a request was lost";
        ++num_answered;
      }
      EXPECT_EQ(client.receive_all(), "");
    });
  });
  while (num_answered < 1000) std::this_thread::sleep_for(1ms);
  server.stop();
  clients.join();
}

TEST_F(EnduranceTest, FinishesAHalfSentRequestWhenItStops) {
  RunningServer server;
  Client client(server.port());
  const std::string request = request_with(good_token());
  client.send(request.substr(0, 20));
  std::thread stopper([&] { server.stop(); });
  std::this_thread::sleep_for(100ms);
  client.send(request.substr(20));
  EXPECT_EQ(client.receive_all(), kOkAndClose);
  stopper.join();
}

TEST_F(EnduranceTest, ServesWhoeverHadConnectedWhenItStops) {
  RunningServer server(test_options({.timeouts = {.drain = 10s}}));
  std::vector<std::unique_ptr<Client>> clients;
  for (size_t i = 0; i < 32; ++i) clients.push_back(std::make_unique<Client>(server.port()));
  std::thread stopper([&] { server.stop(); });
  for (auto& client : clients) client->send(request_with(good_token()));
  for (auto& client : clients) {
    const std::string answer = client->receive_all();
    EXPECT_TRUE(answer == kOk || answer == kOkAndClose) << answer;  // before the stop, or after
  }
  stopper.join();
}

TEST_F(EnduranceTest, StopsSoonWithIdleClients) {
  RunningServer server(test_options(impatient()));
  Client idle(server.port());
  EXPECT_EQ(idle.ask(request_of("", "/livez")), kAlive);
  const auto begin = steady_clock::now();
  std::thread stopper([&] { server.stop(); });
  EXPECT_EQ(idle.receive_all(), "");
  EXPECT_FALSE(idle.was_reset());
  idle.close();
  stopper.join();
  EXPECT_LT(steady_clock::now() - begin, 2s);
}

TEST_F(EnduranceTest, FreesItsAddressWhenItStops) {
  serve::ServerOptions options = test_options();
  for (int round = 0; round < 5; ++round) {
    RunningServer server(options);
    options.listeners = {listener_on("127.0.0.1:" + std::to_string(server.port()))};
    Client client(server.port());
    EXPECT_EQ(client.ask(request_of("", "/livez")), kAlive);
    client.close();
  }
}

}  // namespace
}  // namespace simdjwt
