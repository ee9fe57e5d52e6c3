// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Connection: one client, as bytes in, bytes out and deadlines. Knows neither sockets nor HTTP: a
// reactor moves the bytes, a Wire may translate them, a Protocol gives them meaning.

#ifndef SIMDJWT_IO_NET_CONNECTION_H_
#define SIMDJWT_IO_NET_CONNECTION_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/clock.h"
#include "net/deadlines.h"
#include "net/peer_address.h"
#include "net/wire.h"

namespace simdjwt::net {

class Connection;

// What is spoken on the connections of one reactor. A turn of the reactor is
//
//   begin_turn()   receive() for all that arrived, in order   flush()
//
// and only flush() has to answer, so that the requests of all connections can be worked on at once.
class Protocol {
 public:
  virtual ~Protocol() = default;

  virtual void begin_turn(const Instant& now) = 0;

  // A new connection has taken this index.
  virtual void open(const Connection& connection) = 0;

  // It is gone, whoever ended it, and nothing of it comes any more: the next one may take its
  // index. Once for each open().
  virtual void close(const Connection& connection) = 0;

  // Consumes whole requests from the front of `bytes` and returns how many bytes they were; the
  // rest comes again with more behind it. Views into `bytes` may be held until flush(). Stops early
  // when the connection's output is full or after connection.postpone(), and calls
  // connection.finish() behind a last request.
  virtual size_t receive(Connection& connection, std::string_view bytes) = 0;

  // The rest of a request did not come in time.
  virtual void expire(Connection& connection) = 0;

  // Writes all answers; afterwards no view is held. May be called at any time.
  virtual void flush() = 0;

  // From now on every answer is its connection's last.
  virtual void drain() = 0;
};

struct Timeouts {
  std::chrono::milliseconds head{10'000};     // a request, first byte to last; or to open the wire
  std::chrono::milliseconds body{30'000};     // for the next piece of a body, or see Rest::kWhole
  std::chrono::milliseconds idle{3'600'000};  // between requests; longer than a proxy's pool has it
  std::chrono::milliseconds spare{1'000};     // so long idle, it may make room for another
  // For the client to take all that was sent at once, some 64 KiB: to take a little now and then
  // wins it no time.
  std::chrono::milliseconds write{10'000};
  std::chrono::milliseconds linger{1'000};  // for the client to close after we have
  std::chrono::milliseconds drain{500};     // for an idle client to speak once more at shutdown
};

// The life of a connection:
//
//   kOpen ---finish()---> kFinishing ---all output sent---> kLingering ---client closes---> kClosed
//     |                       |        (our FIN goes out)        |
//     +-----------------------+---- error, stalled client -------+-----------------------> kClosed
//
// In kLingering input is thrown away: closing at once would answer it with a reset, and that takes
// the last answer from under a slow reader (RFC 9112 section 9.6).
//
// With a wire, what arrives goes through it into kept_, and what is written waits in output_ as
// plain text until it can be sent: then all of it goes through the wire at once, in few large
// records, and in kFinishing the wire's farewell follows. Without one, neither costs more than
// asking for it.
class Connection {
 public:
  // Output that waits for the client beyond this stops the reading of its requests.
  static constexpr size_t kOutputBytesMax = 64 * 1024;
  // Input behind the last request that is read, to be thrown away; more stays in the kernel.
  static constexpr size_t kDiscardBytesMax = 64 * 1024;
  // Input of a postponed connection beyond this stays in the kernel.
  static constexpr size_t kPostponedBytesMax = 16 * 1024;

  // --- For the protocol ---
  [[nodiscard]] uint32_t index() const noexcept { return index_; }
  // Which of the reactor's listeners it came through.
  [[nodiscard]] uint8_t listener() const noexcept { return listener_; }
  // The client, as a trusted proxy names it, else the socket's peer; unknown if nobody asked.
  [[nodiscard]] const PeerAddress& client_address() const noexcept { return client_; }
  [[nodiscard]] bool output_full() const noexcept {
    return output_.size() + sending_.size() >= kOutputBytesMax;
  }
  void write(std::string_view bytes) { output_.append(bytes); }
  // No request follows the ones received so far.
  void finish() noexcept;
  // What is to come of the request at hand although all that came is consumed.
  enum class Rest : uint8_t {
    kNone,
    kPieces,  // the next piece within the time for a body, again and again
    kWhole,   // all within the time for a body
  };
  void expect(Rest rest) noexcept;
  // What receive() leaves over is work for a later turn, not for want of input: it comes again
  // unasked, when the connections that were postponed before have had their turn.
  void postpone() noexcept { is_postponed_ = true; }

  // --- For the reactor: events ---
  // `timeouts` outlives the connection. A null `wire` is plain text.
  void open(uint32_t index, uint8_t listener, const PeerAddress& peer, std::unique_ptr<Wire> wire,
            const Timeouts& timeouts, Instant now) noexcept;
  void receive(Protocol& protocol, std::string_view bytes, Instant now);
  void receive_end() noexcept;  // the client has closed its side
  void sent(Protocol& protocol, size_t num_bytes, Instant now);
  // Returns which time was over.
  enum class Expired : uint8_t { kNone, kHead, kBody, kIdle, kWrite, kLinger };
  Expired expire(Protocol& protocol, Instant now);
  void abort() noexcept;
  void drain(Instant now) noexcept;
  [[nodiscard]] bool is_postponed() const noexcept {
    return is_postponed_ && phase_ == Phase::kOpen;
  }
  // In a later turn than the one that postponed it. Returns whether anything was consumed: if not,
  // there is no use in asking others.
  bool resume(Protocol& protocol, Instant now);

  // --- For the reactor: what to do next, asked at the end of a turn ---
  enum class Step : uint8_t {
    kNone,
    kShutdownWrite,  // told once
    kClose,
  };
  [[nodiscard]] Step next_step(Instant now);
  // Whether input may still come in; otherwise it has to wait in the kernel.
  [[nodiscard]] bool wants_input() const noexcept;
  // What to send, asked after next_step(); unchanged until sent() tells of it, whatever is written
  // meanwhile.
  [[nodiscard]] std::string_view begin_send(Instant now);
  [[nodiscard]] uint64_t deadline_ms() const noexcept;
  // Since when nothing was asked and nothing is owed; kNever while a request is under way.
  [[nodiscard]] uint64_t idle_since_ms() const noexcept;

 private:
  enum class Phase : uint8_t { kOpen, kFinishing, kLingering, kClosed };

  void receive_through_wire(Protocol& protocol, std::string_view bytes, Instant now);
  [[nodiscard]] bool is_idle() const noexcept;
  void note_open(Instant now) noexcept;
  void end_input() noexcept;
  // Drops from kept_ what is consumed.
  void drop_read(Protocol& protocol);
  // Feeds what is kept to the protocol.
  void receive_kept(Protocol& protocol, Instant now);
  // Takes what is written through the wire.
  void encode();
  // Notes what the protocol left over, and how long the client has for the rest.
  void note_progress(size_t num_consumed, bool is_rest_pending, Instant now) noexcept;
  // Whether what the client has sent waits for us.
  [[nodiscard]] bool is_waiting() const noexcept { return is_parked_ || is_postponed_; }
  // Gives the client that long for more of a body, unless it is we who wait for our output to
  // drain.
  void note_body_progress(Instant now) noexcept;
  [[nodiscard]] uint64_t after(std::chrono::milliseconds time, Instant now) const noexcept {
    return now.steady_ms + static_cast<uint64_t>(time.count());
  }

  const Timeouts* timeouts_ = nullptr;
  std::unique_ptr<Wire> wire_;
  // Input that could not be consumed yet: half a request, or what must wait for output to drain.
  // Empty between requests, so that idle connections cost nothing. The first kept_read_ bytes are
  // consumed, but the protocol may still look at them until its next flush().
  std::string kept_;
  size_t kept_read_ = 0;
  std::string output_;   // written, not given to the kernel yet
  std::string encoded_;  // what the wire makes of output_, and its own part in the talk
  std::string sending_;  // the kernel's, until sent_ reaches its size
  size_t sent_ = 0;
  size_t discarded_ = 0;
  uint64_t head_deadline_ms_ = kNever;
  uint64_t write_deadline_ms_ = kNever;  // or, in kLingering, of the linger
  uint64_t idle_deadline_ms_ = kNever;
  std::chrono::milliseconds idle_timeout_{};  // shorter once the server drains
  uint32_t index_ = 0;
  PeerAddress client_;
  uint8_t listener_ = 0;
  Phase phase_ = Phase::kClosed;
  bool is_parked_ = false;  // kept_ waits for output to drain, not for the client, who is not late
  bool is_postponed_ = false;  // kept_ waits for resume(); likewise
  Rest rest_ = Rest::kNone;
  bool is_opening_ = false;  // the wire; until then there is nobody to answer to
  bool input_ended_ = false;
  bool client_closed_ = false;
};

}  // namespace simdjwt::net

#endif  // SIMDJWT_IO_NET_CONNECTION_H_
