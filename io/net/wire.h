// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Wire: what lies between the bytes of a socket and those of the protocol, such as TLS.

#ifndef SIMDJWT_IO_NET_WIRE_H_
#define SIMDJWT_IO_NET_WIRE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/peer_address.h"

namespace simdjwt::net {

// Of one connection. A plain connection has none, and pays for none.
class Wire {
 public:
  enum class State : uint8_t {
    kOpening,  // the client still owes a header or a handshake
    kOpen,
    kDone,    // there is no more to do here: the bytes that were left are for next()
    kEnded,   // the client has said that nothing follows
    kFailed,  // the client broke the rules; the output, if any, tells it so
  };

  // What receive() appends to or fills in.
  struct Results {
    std::string& plain;   // for the protocol
    std::string& output;  // for the socket
    PeerAddress& client;  // if the client turns out to be another than the socket's peer
  };

  virtual ~Wire() = default;

  // Takes what arrived off the front of `bytes`: all of it, save in kDone. Not to be called again
  // after kDone, kEnded or kFailed. Results may have grown in every state.
  virtual State receive(std::string_view& bytes, const Results& results) = 0;

  // Appends to `output` what carries `plain`. Only after kOpen. False if the wire has failed, and
  // then the answer is lost.
  virtual bool send(std::string_view plain, std::string& output) = 0;

  // Appends a farewell, if there is one, if it is the time for it, and once.
  virtual void close(std::string& output) = 0;

  // After kDone: what takes over, or null if the rest is plain.
  virtual std::unique_ptr<Wire> next() { return nullptr; }
};

// Over all wires of a factory, by all threads: once a connection, so that nobody feels the sharing.
struct WireCounters {
  std::atomic<uint64_t> opened{0};
  std::atomic<uint64_t> failed{0};   // broke the rules, before or after they opened
  std::atomic<uint64_t> refused{0};  // clients who may not connect from where they are
};

// Makes the wires of one listener. Thread-safe; outlives its wires.
class WireFactory {
 public:
  WireFactory() = default;
  WireFactory(const WireFactory&) = delete;
  WireFactory& operator=(const WireFactory&) = delete;
  virtual ~WireFactory() = default;

  // Whether admits() has to be asked, which costs a system call for each connection.
  [[nodiscard]] virtual bool needs_peer() const noexcept { return false; }
  // Whether a client may connect from there; otherwise it is to be closed without a word.
  [[nodiscard]] virtual bool admits(const PeerAddress& /*peer*/) const noexcept { return true; }
  // Never null: that would be plain text where something else was asked for.
  [[nodiscard]] virtual std::unique_ptr<Wire> make() const = 0;

  [[nodiscard]] const WireCounters& counters() const noexcept { return counters_; }

 protected:
  // To count in, which changes nothing about what the factory makes.
  [[nodiscard]] WireCounters& tally() const noexcept { return counters_; }

 private:
  mutable WireCounters counters_;
};

}  // namespace simdjwt::net

#endif  // SIMDJWT_IO_NET_WIRE_H_
