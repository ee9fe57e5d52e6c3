// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Peer: what people would use instead. One adapter per rival, in a file of its own that is built
// only where the rival's package is installed, and that does what the rival's documentation tells
// its users to do: the secret is parsed once where the interface allows it, and where the library
// stops at the signature a few lines check the claims.

#ifndef SIMDJWT_BENCH_PEERS_PEER_H_
#define SIMDJWT_BENCH_PEERS_PEER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace simdjwt::bench {

// What a token must satisfy beside its HS256 signature, exp and nbf, without leeway.
struct Demand {
  std::string secret;
  std::string iss;
  std::string aud;
  int64_t now;  // some rivals read the system clock instead
};

class Peer {
 public:
  virtual ~Peer() = default;
  virtual bool accepts(const std::string& token) = 0;
};

struct PeerEntry {
  std::string_view name;  // "libjwt/hs256"
  std::unique_ptr<Peer> (*make)(const Demand& demand);
};

// The rivals that were built, in no particular order.
inline std::vector<PeerEntry>& peers() {
  static std::vector<PeerEntry> entries;
  return entries;
}

// An adapter enters itself: `const PeerRegistration kRegistration{...};`
struct PeerRegistration {
  explicit PeerRegistration(PeerEntry entry) { peers().push_back(entry); }
};

}  // namespace simdjwt::bench

#endif  // SIMDJWT_BENCH_PEERS_PEER_H_
