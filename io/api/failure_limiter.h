// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// FailureLimiter: how often somebody may try admin tokens that are none.

#ifndef SIMDJWT_IO_API_FAILURE_LIMITER_H_
#define SIMDJWT_IO_API_FAILURE_LIMITER_H_

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "net/peer_address.h"

namespace simdjwt::api {

// Ten in a minute from each IPv4 address, each /64 of IPv6, and all unix sockets together. Then
// nothing is looked up for them until the minute is over. Remembers a bounded number of them, and
// forgets one for another: nobody is kept out for good, and nobody can guess 264 bits.
class FailureLimiter {
 public:
  static constexpr int kFailuresMax = 10;
  static constexpr int64_t kSeconds = 60;
  static constexpr size_t kClientsMax = 1024;

  // For how many seconds the client has to wait; 0: it may try.
  [[nodiscard]] int64_t seconds_to_wait(const net::PeerAddress& client, int64_t now) const;
  void note_failure(const net::PeerAddress& client, int64_t now);

 private:
  struct Failures {
    int64_t since;
    int count;
  };
  void make_room(int64_t now);

  absl::flat_hash_map<std::string, Failures> clients_;
};

}  // namespace simdjwt::api

#endif  // SIMDJWT_IO_API_FAILURE_LIMITER_H_
