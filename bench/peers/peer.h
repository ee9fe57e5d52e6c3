// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Peer: what people would use instead. One adapter per rival, in a file of its own that is built
// only where the rival's package is installed, and that does what the rival's documentation tells
// its users to do: the key is parsed once where the interface allows it, and where the library
// stops at the signature a few lines check the claims.

#ifndef SIMDJWT_BENCH_PEERS_PEER_H_
#define SIMDJWT_BENCH_PEERS_PEER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "simdjwt/key.h"

namespace simdjwt::bench {

// What a token must satisfy beside its signature, exp and nbf, without leeway.
struct Demand {
  std::string alg;  // "RS256"
  std::string key;  // the secret as it is, a public key in PEM
  std::string jwk;  // the same as a JWK
  std::string iss;
  std::string aud;
  int64_t now;  // some rivals read the system clock instead
};

class Peer {
 public:
  virtual ~Peer() = default;
  virtual bool accepts(const std::string& token) = 0;
};

using MakePeer = std::unique_ptr<Peer> (*)(const Demand& demand);

struct PeerEntry {
  std::string_view name;
  std::vector<Algorithm> algorithms;  // that it knows, of those that are measured
  MakePeer make;
};

// The rivals that were built, in no particular order.
inline std::vector<PeerEntry>& peers() {
  static std::vector<PeerEntry> entries;
  return entries;
}

// An adapter enters itself: `const PeerRegistration kRegistration{...};`
struct PeerRegistration {
  explicit PeerRegistration(PeerEntry entry) { peers().push_back(std::move(entry)); }
};

}  // namespace simdjwt::bench

#endif  // SIMDJWT_BENCH_PEERS_PEER_H_
