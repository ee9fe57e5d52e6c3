// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// FailureLimiter: how often somebody may try secrets that are none.

#ifndef SIMDJWT_IO_SERVE_FAILURE_LIMITER_H_
#define SIMDJWT_IO_SERVE_FAILURE_LIMITER_H_

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "net/peer_address.h"

namespace simdjwt::serve {

// So many in a minute from each IPv4 address and each /64 of IPv6. Then nothing is looked up for
// them until the minute is over. Remembers a bounded number of them, and forgets one for another:
// this keeps load off, the secrets are too long to be guessed. Unix sockets are not limited, whose
// peer is a proxy.
class FailureLimiter {
 public:
  static constexpr int64_t kSeconds = 60;
  static constexpr size_t kClientsMax = 4096;

  // 0: no limit.
  explicit FailureLimiter(uint32_t failures_max) : failures_max_(failures_max) {}

  // For how many seconds the client has to wait; 0: it may try.
  [[nodiscard]] int64_t seconds_to_wait(const net::PeerAddress& client, int64_t now) const;
  void note_failure(const net::PeerAddress& client, int64_t now);

 private:
  struct Failures {
    int64_t since;
    uint32_t count;
  };
  void make_room(int64_t now);

  const uint32_t failures_max_;
  absl::flat_hash_map<std::string, Failures> clients_;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_FAILURE_LIMITER_H_
