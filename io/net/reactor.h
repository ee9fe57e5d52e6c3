// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Reactor: one thread, one ring, one listening socket, and the connections accepted from it.

#ifndef SIMDJWT_IO_NET_REACTOR_H_
#define SIMDJWT_IO_NET_REACTOR_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "net/clock.h"
#include "net/connection.h"
#include "net/deadlines.h"
#include "net/ring.h"
#include "net/unique_fd.h"

namespace simdjwt::net {

struct ReactorOptions {
  uint32_t num_connections_max = 4096;  // more wait in the kernel's backlog
  // A buffer should hold what a pipelining client sends at once: one that takes two costs half as
  // much again (measured with 16 requests of 425 bytes).
  unsigned num_buffers = 512;
  size_t buffer_bytes = 8192;
  unsigned num_submissions = 512;
  unsigned num_completions = 4096;
  Timeouts timeouts = {};
};

// What happened, to be read after run() has returned.
struct ReactorCounters {
  uint64_t connections_accepted = 0;
  uint64_t connections_expired = 0;  // by one of the timeouts
  uint64_t receives_starved = 0;     // no buffer was free
  uint64_t accepts_failed = 0;
  uint64_t completions_stale = 0;  // of a connection that is gone: 0, or the books are wrong
  uint64_t turns = 0;
};

// A turn: handle all completions, give the protocol what arrived, flush its answers, tell the
// kernel about every connection that changed; then one system call submits all that and waits. Each
// connection gets one send a turn, which saves a third of the CPU when requests are pipelined.
//
// A slot's index is also its place in the ring's table of descriptors. The kernel gives that place
// to the next connection as soon as it is closed, while completions of the old one may be on their
// way, and then one client's bytes would be taken for another's. Therefore a slot is
// closed only when all its operations have completed, and each operation carries the slot's
// generation.
class Reactor {
 public:
  // `protocol` outlives the reactor and serves no other. Thread-safe.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<Reactor>> create(
      UniqueFd listener, Protocol& protocol, const ReactorOptions& options);

  // Serves until stop() was called and the last connection is gone. To be called once.
  [[nodiscard]] absl::Status run();

  // Accepts what has connected so far, lets every request that is under way be answered, closes.
  // Thread-safe, returns at once.
  void stop() noexcept;

  [[nodiscard]] std::string_view mode() const noexcept { return ring_.mode(); }
  [[nodiscard]] const ReactorCounters& counters() const noexcept { return counters_; }

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

  struct Slot {
    Connection connection;
    uint32_t generation = 0;
    uint8_t num_operations = 0;  // that the kernel has not completed yet
    bool is_open = false;
    bool is_touched = false;  // listed in touched_
    bool is_receiving = false;
    bool is_cancelling = false;  // the receive
    bool is_sending = false;
    bool is_closing = false;  // waits until num_operations is 0
  };

  Reactor(UniqueFd listener, UniqueFd wake, Protocol& protocol, const ReactorOptions& options,
          Ring ring, BufferRing buffers);

  // --- A turn ---
  [[nodiscard]] bool wait();
  void handle(const io_uring_cqe& cqe);
  void settle(uint32_t index);

  // --- Completions ---
  void handle_wake();
  void handle_accept(const io_uring_cqe& cqe);
  void handle_receive(Slot& slot, const io_uring_cqe& cqe);
  void handle_send(Slot& slot, int result);

  // --- Submissions ---
  template <class Prepare>
  void submit(Operation operation, uint32_t generation, uint32_t index, Prepare prepare);
  template <class Prepare>
  void submit_for(uint32_t index, Operation operation, Prepare prepare);
  void await_wake();
  void update_accept();
  void receive(uint32_t index);
  void cancel_receive(uint32_t index);
  void send(uint32_t index, std::string_view bytes);
  void shut_down(uint32_t index, int how);
  void begin_close(uint32_t index);
  void close(uint32_t index);

  void adopt(uint32_t index);
  void adopt_backlog();
  void touch(uint32_t index);

  Protocol& protocol_;
  const ReactorOptions options_;
  UniqueFd listener_;
  UniqueFd wake_;  // an eventfd: stop() writes it, the ring reads it
  uint64_t wake_value_ = 0;
  // Before ring_, so that it outlives it: what the kernel still writes to must exist.
  std::vector<Slot> slots_;
  Deadlines deadlines_;
  std::vector<uint32_t> touched_;
  Ring ring_;
  BufferRing buffers_;
  Instant now_{};
  uint64_t accept_again_ms_ = 0;  // after an error
  uint32_t num_open_ = 0;
  bool is_accepting_ = false;
  bool is_accept_multishot_ = false;
  bool is_cancelling_accept_ = false;
  bool is_draining_ = false;
  bool is_listener_shut_ = false;
  ReactorCounters counters_;
};

}  // namespace simdjwt::net

#endif  // SIMDJWT_IO_NET_REACTOR_H_
