// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Reactor: one thread, its listening sockets, and the connections accepted from them. What does not
// depend on how the kernel is asked is here; UringReactor and EpollReactor ask it.

#ifndef SIMDJWT_IO_NET_REACTOR_H_
#define SIMDJWT_IO_NET_REACTOR_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/clock.h"
#include "net/connection.h"
#include "net/counter.h"
#include "net/deadlines.h"
#include "net/peer_address.h"
#include "net/unique_fd.h"
#include "net/wire.h"

namespace simdjwt::net {

enum class IoMode : uint8_t {
  kAuto,  // io_uring, or epoll where the kernel refuses it
  kUring,
  kEpoll,
};

// A listening socket.
struct ReactorListener {
  UniqueFd socket;
  const WireFactory* wire = nullptr;  // outlives the reactor; null for plain text
  // Also accepted from by others: other reactors, or whoever the socket was inherited from. Such a
  // socket is closed at the end, but never shut down. These reactors must be of one kind: epoll's
  // make it nonblocking for all, and io_uring's undo that.
  bool is_shared = false;
  uint8_t id = 0;  // what Connection::listener() tells
  // Whether client_address() is to be known without a wire that asks for it. With io_uring, each
  // connection is then accepted by itself.
  bool asks_for_peer = false;

  [[nodiscard]] bool needs_peer() const noexcept {
    return asks_for_peer || (wire != nullptr && wire->needs_peer());
  }
};

struct ReactorOptions {
  // When they are reached, the one that was idle longest makes room, or, if all are busy, clients
  // wait in the kernel's backlog. Of several listeners, all but one keep a place reserved.
  // Connection::index() is less. RLIMIT_NOFILE may allow fewer.
  uint32_t num_connections_max = 4096;
  // That share the descriptors of the process, which connections take with epoll, with this one.
  // io_uring has a table for each.
  uint32_t num_reactors = 1;
  // A buffer should hold what a pipelining client sends at once: one that takes two costs half as
  // much again (measured with 16 requests of 425 bytes).
  unsigned num_buffers = 512;
  size_t buffer_bytes = 8192;
  unsigned num_submissions = 512;
  unsigned num_completions = 4096;
  Timeouts timeouts = {};
  std::chrono::milliseconds drain_limit{25'000};  // after stop(); whoever is left then is cut off
  // Told, once and by the reactor's thread, of an error that no client can cause. Or null.
  std::function<void(const std::string& sentence)> warn = nullptr;
};

// Of one listener, by its id.
struct ListenerCounters {
  Counter accepted;
  Counter idle;  // open ones, of which nothing is asked and to which nothing is owed
  Counter busy;  // the others
};

// What happened so far. May be read while the reactor runs.
struct ReactorCounters {
  Counter turns;
  Counter connections_open;
  Counter connections_accepted;
  Counter connections_refused;  // by the wire, for where they came from
  Counter heads_expired;        // a head, or the opening of a wire, took too long
  Counter bodies_expired;       // as did the rest of a request
  Counter idles_expired;        // nothing was asked
  Counter idles_evicted;        // nothing was asked, and another needed the place
  Counter writes_expired;       // the client did not take its answers
  Counter outputs_full;         // a client did not read, and its requests had to wait for that
  Counter postponements;        // requests that had to wait for others, see Connection::postpone
  Counter connections_cut_off;  // still open when drain_limit was over
  Counter accepts_failed;       // no descriptor or no memory was left; tried again
  Counter accepts_paused;       // num_connections_max were busy, and clients had to wait
  Counter bytes_received;
  Counter bytes_sent;
  // Of io_uring:
  Counter submissions;
  Counter completions;
  Counter receives_starved;       // no buffer was free
  Counter completions_stale;      // of a connection that is gone: 0, or the books are wrong
  Counter completions_overflown;  // turns that began with more completions than their queue holds
  std::vector<ListenerCounters> listeners = {};  // of as many ids as there are; their number stays

  ReactorCounters& operator+=(const ReactorCounters& other) noexcept;
};

// A turn: handle all events, give the protocol what arrived, flush its answers, then tell the
// kernel about every connection that changed. Each connection gets one send a turn, which saves a
// third of the CPU when requests are pipelined.
class Reactor {
 public:
  static constexpr size_t kListenersMax = 256;

  // Of IoMode::kAuto, mode() then tells what was chosen. `protocol` outlives the reactor and serves
  // no other. Fails with a sentence that names the cause. Thread-safe.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<Reactor>> create(
      IoMode io, std::vector<ReactorListener> listeners, Protocol& protocol,
      const ReactorOptions& options);

  virtual ~Reactor() = default;
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  // Serves until stop() was called and the last connection is gone. To be called once.
  [[nodiscard]] absl::Status run();

  // Accepts what has connected so far, lets every request that is under way be answered, closes.
  // Thread-safe, returns at once.
  void stop() noexcept;

  // Of the options, or as many as RLIMIT_NOFILE leaves room for.
  [[nodiscard]] uint32_t num_connections_max() const noexcept {
    return static_cast<uint32_t>(slots_.size());
  }
  // "io_uring/defer-taskrun", "epoll".
  [[nodiscard]] const std::string& mode() const noexcept { return mode_; }
  // Thread-safe.
  [[nodiscard]] const ReactorCounters& counters() const noexcept { return counters_; }

 protected:
  struct Parts {
    std::vector<ReactorListener> listeners;
    UniqueFd wake;
    Protocol& protocol;
    ReactorOptions options;  // with as many connections as there can be
  };
  Reactor(Parts parts, std::string mode);

  struct Slot {
    Connection connection;
    bool is_open = false;
    bool is_touched = false;  // listed in touched_
    bool is_sending = false;  // the kernel has not taken all yet
    bool is_listed = false;   // in postponed_
    bool is_output_full = false;
    bool is_evicted = false;  // counted in num_evicted_
    bool is_busy = false;     // as counted for its listener
  };

  // --- What a back end does ---
  // In the thread that will run it.
  [[nodiscard]] virtual absl::Status start() = 0;
  // Returns when there are events, or `timeout_ms` (kNever: not at all) are over.
  [[nodiscard]] virtual absl::Status wait(uint64_t timeout_ms) = 0;
  // Handles the events that wait() brought.
  virtual void handle_events() = 0;
  // No view into what was received is held any more.
  virtual void reuse_input() = 0;
  // Accepts from now on while there is room for so many connections more, or stops that. All
  // listeners but one may exceed the room by one connection.
  virtual void update_accept(uint32_t room) = 0;
  // Whether connections may still arrive although update_accept(0) was called.
  [[nodiscard]] virtual bool is_accepting() const = 0;
  // Finds a place for a connection that was accepted by accept_all().
  [[nodiscard]] virtual std::optional<uint32_t> install(UniqueFd client) = 0;
  // Sends. True if all was done that can be; otherwise sets is_sending, and clears it, touching the
  // connection, when there is more to do.
  [[nodiscard]] virtual bool send(uint32_t index, std::string_view bytes) = 0;
  // Receives from now on, or stops that. Called at the end of every turn that touched it.
  virtual void update_receive(uint32_t index, bool wants_input) = 0;
  virtual void shut_down_write(uint32_t index) = 0;
  // Ends what is under way and closes, then calls release(). Called whenever the connection was
  // touched, until then.
  virtual void close(uint32_t index) = 0;

  // --- What a back end reports ---
  // Something happened to this connection: at the end of the turn it will be settled.
  void touch(uint32_t index);
  void adopt(uint32_t index, uint8_t listener, const PeerAddress& peer);
  void received(uint32_t index, std::string_view bytes);
  void sent(uint32_t index, size_t num_bytes);
  void release(uint32_t index);
  void woken();
  // The connection cannot be received from or sent to, by this errno.
  void broken(uint32_t index, std::string_view operation, int error);
  // This errno came of accepting, and not because nobody waits. True if the next may be accepted at
  // once.
  bool accept_failed(int error);
  void pause_accept();
  // Accepts all that wait at this listener, which must not block, while there is room.
  void accept_all(uint8_t listener);

  const ReactorOptions options_;
  Protocol& protocol_;
  std::vector<ReactorListener> listeners_;  // none any more once they are shut
  UniqueFd wake_;                           // an eventfd, which stop() writes
  std::vector<Slot> slots_;
  ReactorCounters counters_;

 private:
  struct Idle {
    uint64_t since_ms;
    uint32_t index;
  };

  // --- A turn ---
  void resume_postponed();
  void settle_touched();
  void settle(uint32_t index);
  void expire();
  void update_accept();
  void shut_listeners();
  [[nodiscard]] ListenerCounters& counters_of(const Slot& slot) noexcept {
    return counters_.listeners[slot.connection.listener()];
  }
  void count_busy(Slot& slot, bool is_busy) noexcept;
  [[nodiscard]] uint32_t accept_room();
  [[nodiscard]] uint32_t num_free() const noexcept;
  void make_room();
  void find_idle();
  [[nodiscard]] uint64_t timeout_ms() const noexcept;

  std::string mode_;
  Deadlines deadlines_;
  std::vector<uint32_t> touched_;
  std::vector<uint32_t> postponed_;  // and indices of connections that are gone
  Instant now_{};
  uint64_t accept_again_ms_ = 0;    // after an error
  std::vector<Idle> longest_idle_;  // as of the last look, the longest at the end
  uint64_t find_idle_again_ms_ = 0;
  uint32_t num_evicted_ = 0;        // whose places are not free yet
  uint64_t drain_end_ms_ = kNever;  // when whoever is left is cut off
  bool is_full_ = false;            // and nobody is about to leave
  bool has_warned_ = false;
  bool is_draining_ = false;
  bool are_listeners_shut_ = false;
};

}  // namespace simdjwt::net

#endif  // SIMDJWT_IO_NET_REACTOR_H_
