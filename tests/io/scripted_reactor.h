// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// ScriptedReactor: the turns of a reactor without a kernel; what arrives in each is the test's say.

#ifndef SIMDJWT_TESTS_IO_SCRIPTED_REACTOR_H_
#define SIMDJWT_TESTS_IO_SCRIPTED_REACTOR_H_

#include <sys/eventfd.h>

#include <algorithm>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/reactor.h"

namespace simdjwt::testing {

// Clients take what is sent to them in the next turn; the reactor hears of it before anything else
// of that turn, or after.
class ScriptedReactor final : public net::Reactor {
 public:
  // What happens in a turn. Returns whether another turn follows that has events; run() then goes
  // on while there is postponed work.
  using Turn = std::function<bool(ScriptedReactor& reactor)>;

  ScriptedReactor(net::Protocol& protocol, uint32_t num_connections_max, Turn turn)
      : Reactor(parts(protocol, num_connections_max), "scripted"),
        turn_(std::move(turn)),
        clients_(num_connections_max) {}

  // --- In a turn ---
  void connect(uint32_t index) { adopt(index, 0, {}); }
  void give(uint32_t index, std::string_view bytes) {
    inputs_.emplace_back(bytes);  // stays in place until the turn is over
    touch(index);
    received(index, inputs_.back());
  }
  // --- At any time ---
  void hear_of_sends_last() { hears_of_sends_last_ = true; }
  // All that a client was sent, and the most of it at once.
  [[nodiscard]] std::string& output(uint32_t index) { return clients_[index].output; }
  [[nodiscard]] size_t largest_send(uint32_t index) const { return clients_[index].largest_send; }
  [[nodiscard]] size_t num_turns() const { return counters_.turns.value(); }

 private:
  static Parts parts(net::Protocol& protocol, uint32_t num_connections_max) {
    Parts parts{{}, net::UniqueFd(eventfd(0, EFD_CLOEXEC)), protocol, {}};
    parts.listeners.push_back({.socket = net::UniqueFd(eventfd(0, EFD_CLOEXEC))});
    parts.options.num_connections_max = num_connections_max;
    return parts;
  }

  absl::Status start() override { return absl::OkStatus(); }
  absl::Status wait(uint64_t timeout_ms) override {
    is_busy_ = timeout_ms == 0;
    return absl::OkStatus();
  }
  void handle_events() override {
    if (!hears_of_sends_last_) complete_sends();
    if (has_events_) {
      has_events_ = turn_(*this);
    } else if (!is_busy_) {
      leave();
    }
    if (hears_of_sends_last_) complete_sends();
  }
  void complete_sends() {
    for (uint32_t i = 0; i < slots_.size(); ++i) {
      if (!std::exchange(slots_[i].is_sending, false)) continue;
      is_busy_ = true;
      touch(i);
      sent(i, clients_[i].num_bytes_sent);
    }
  }
  // All clients.
  void leave() {
    for (uint32_t i = 0; i < slots_.size(); ++i) {
      if (!slots_[i].is_open) continue;
      slots_[i].connection.abort();
      touch(i);
    }
    woken();
  }
  void reuse_input() override { inputs_.clear(); }
  void update_accept(uint32_t /*room*/) override {}
  [[nodiscard]] bool is_accepting() const override { return false; }
  [[nodiscard]] std::optional<uint32_t> install(net::UniqueFd /*client*/) override {
    return std::nullopt;
  }
  [[nodiscard]] bool send(uint32_t index, std::string_view bytes) override {
    Client& client = clients_[index];
    client.output += bytes;
    client.num_bytes_sent = bytes.size();
    client.largest_send = std::max(client.largest_send, bytes.size());
    slots_[index].is_sending = true;
    return false;
  }
  void update_receive(uint32_t /*index*/, bool /*wants_input*/) override {}
  void shut_down_write(uint32_t /*index*/) override {}
  void close(uint32_t index) override { release(index); }

  struct Client {
    std::string output;
    size_t num_bytes_sent = 0;
    size_t largest_send = 0;
  };

  const Turn turn_;
  std::vector<Client> clients_;
  std::list<std::string> inputs_;
  bool has_events_ = true;
  bool is_busy_ = false;
  bool hears_of_sends_last_ = false;
};

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_IO_SCRIPTED_REACTOR_H_
