// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// EpollReactor: a reactor for where io_uring is refused, as it is in most containers. Three system
// calls for a request on its own; as many for a burst of pipelined ones.

#ifndef SIMDJWT_IO_NET_EPOLL_REACTOR_H_
#define SIMDJWT_IO_NET_EPOLL_REACTOR_H_

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "net/reactor.h"

namespace simdjwt::net {

// Level-triggered: edges would save nothing measurable, and ask for reading until EAGAIN, which is
// one call more.
class EpollReactor final : public Reactor {
 public:
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<Reactor>> create(Parts& parts);

 private:
  // What epoll knows of a slot.
  struct Watch {
    UniqueFd fd;
    uint32_t events = 0;  // waited for; 0 if it does not know the socket
  };

  EpollReactor(Parts&& parts, UniqueFd epoll);

  absl::Status start() override;
  absl::Status wait(uint64_t timeout_ms) override;
  void handle_events() override;
  void reuse_input() override { input_used_ = 0; }
  void update_accept(uint32_t room) override;
  [[nodiscard]] bool is_accepting() const override { return is_accepting_; }
  std::optional<uint32_t> install(UniqueFd client) override;
  bool send(uint32_t index, std::string_view bytes) override;
  void update_receive(uint32_t index, bool wants_input) override;
  void shut_down_write(uint32_t index) override;
  void close(uint32_t index) override;

  // Waits for these events of a connection; 0: for none, and epoll no longer knows it. False if
  // there is no memory for it.
  [[nodiscard]] bool watch(uint32_t index, uint32_t events);
  void handle(uint32_t index, uint32_t events);
  void receive(uint32_t index);

  static constexpr size_t kEventsMax = 512;  // of a turn

  UniqueFd epoll_;
  std::vector<Watch> watches_;
  std::vector<uint32_t> free_;  // slots; the last one freed is the next one taken
  std::array<epoll_event, kEventsMax> events_;
  size_t num_events_ = 0;
  // What was received in this turn: that of all connections, one behind the other, as the protocol
  // looks at all of it at once.
  std::vector<char> input_;
  size_t input_used_ = 0;
  bool is_accepting_ = false;
};

}  // namespace simdjwt::net

#endif  // SIMDJWT_IO_NET_EPOLL_REACTOR_H_
