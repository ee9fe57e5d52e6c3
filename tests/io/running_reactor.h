// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// RunningReactor: one reactor in a thread, and a protocol of the plainest kind.

#ifndef SIMDJWT_TESTS_IO_RUNNING_REACTOR_H_
#define SIMDJWT_TESTS_IO_RUNNING_REACTOR_H_

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "e2e/running_server.h"
#include "net/listener.h"
#include "net/reactor.h"

namespace simdjwt::net {

// Answers each line with who asks: "<listener> <client address>".
class WhoAmI : public Protocol {
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

inline ListenerGroup group_on(const std::string& address, size_t num_reactors = 1) {
  auto group = ListenerGroup::listen({.address = *SocketAddress::parse(address)}, num_reactors);
  EXPECT_TRUE(group.ok()) << group.status();
  return *std::move(group);
}
// The group's one socket.
inline ReactorListener only_of(ListenerGroup& group, uint8_t id = 0,
                               const WireFactory* wire = nullptr) {
  return {.socket = std::move(group.sockets(0)[0]), .wire = wire, .id = id};
}
inline std::string abstract_name(const std::string& suffix) {
  return "unix:@simdjwt_reactor_test_" + std::to_string(getpid()) + suffix;
}

// Made to wait, it runs from start() on: whatever has come by then, it finds in one turn.
enum class Start : bool { kAtOnce, kLater };

template <class P = WhoAmI>
class RunningReactor {
 public:
  RunningReactor(std::vector<ReactorListener> listeners, const ReactorOptions& options = {},
                 Start start_it = Start::kAtOnce) {
    auto reactor =
        Reactor::create(testing::io_under_test(), std::move(listeners), protocol_, options);
    EXPECT_TRUE(reactor.ok()) << reactor.status();
    reactor_ = *std::move(reactor);
    if (start_it == Start::kAtOnce) start();
  }
  ~RunningReactor() {
    if (!thread_.joinable()) return;
    reactor_->stop();
    join();
  }
  void start() {
    thread_ = std::thread([this] { EXPECT_TRUE(reactor_->run().ok()); });
  }
  void stop() { reactor_->stop(); }
  void join() {
    if (thread_.joinable()) thread_.join();
  }
  [[nodiscard]] const ReactorCounters& counters() const { return reactor_->counters(); }
  // To be looked at when it is joined.
  [[nodiscard]] const P& protocol() const { return protocol_; }

 private:
  P protocol_;
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
using Running = RunningReactor<>;

}  // namespace simdjwt::net

#endif  // SIMDJWT_TESTS_IO_RUNNING_REACTOR_H_
