// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// UringReactor: a reactor on a ring of its own. One system call a turn submits all that is to be
// done and waits for what has been.

#ifndef SIMDJWT_IO_NET_URING_REACTOR_H_
#define SIMDJWT_IO_NET_URING_REACTOR_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "net/reactor.h"
#include "net/ring.h"

namespace simdjwt::net {

// A slot's index is also its place in the ring's table of descriptors. The kernel gives that place
// to the next connection as soon as it is closed, while completions of the old one may be on their
// way, and then one client's bytes would be taken for another's. Therefore a slot is
// closed only when all its operations have completed, and each operation carries the slot's
// generation.
class UringReactor final : public Reactor {
 public:
  // Empties `parts`, unless it fails.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<Reactor>> create(Parts& parts);

 private:
  enum class Operation : uint8_t {
    kWake,
    kAccept,
    kCancelAccept,
    kReceive,
    kCancelReceive,
    kSend,
    kShutdown,
    kClose
  };

  // What the ring does for a slot.
  struct Work {
    uint32_t generation = 0;
    uint16_t num_buffers = 0;    // received in this turn
    uint8_t num_operations = 0;  // that the kernel has not completed yet
    bool is_receiving = false;
    bool is_multishot = false;   // the receive
    bool is_greedy = false;      // took more than its share; see update_receive()
    bool is_cancelling = false;  // the receive
    bool is_closing = false;     // waits until num_operations is 0
  };
  // And for a listener.
  struct Accept {
    bool is_armed = false;
    bool is_multishot = false;
    bool is_cancelling = false;
    // Of the client, if the listener needs it; then clients are accepted one at a time, as there is
    // but one place for it.
    sockaddr_storage peer = {};
    socklen_t peer_length = sizeof(peer);
  };

  UringReactor(Parts&& parts, Ring ring, BufferRing buffers);

  absl::Status start() override;
  absl::Status wait(uint64_t timeout_ms) override;
  void handle_events() override;
  void reuse_input() override { buffers_.give_back_all(); }
  void update_accept(uint32_t room) override;
  [[nodiscard]] bool is_accepting() const override;
  std::optional<uint32_t> install(UniqueFd client) override;
  bool send(uint32_t index, std::string_view bytes) override;
  void update_receive(uint32_t index, bool wants_input) override;
  void shut_down_write(uint32_t index) override;
  void close(uint32_t index) override;

  // --- Completions ---
  void handle(const io_uring_cqe& cqe);
  void handle_accept(const io_uring_cqe& cqe);
  void handle_receive(uint32_t index, const io_uring_cqe& cqe);
  void handle_send(uint32_t index, int result);

  // --- Submissions ---
  template <class Prepare>
  void submit(Operation operation, uint32_t generation, uint32_t index, Prepare prepare);
  template <class Prepare>
  void submit_for(uint32_t index, Operation operation, Prepare prepare);
  void await_wake();
  void accept(uint32_t listener, bool is_multishot);
  void cancel_accept(uint32_t listener);
  void receive(uint32_t index);
  void cancel_receive(uint32_t index);
  void shut_down(uint32_t index, int how);

  uint64_t wake_value_ = 0;
  std::vector<Work> work_;
  std::vector<Accept> accepts_;
  uint32_t install_at_ = 0;  // no place before it is free
  // Last, so that what the kernel writes to outlives it.
  Ring ring_;
  BufferRing buffers_;
};

}  // namespace simdjwt::net

#endif  // SIMDJWT_IO_NET_URING_REACTOR_H_
