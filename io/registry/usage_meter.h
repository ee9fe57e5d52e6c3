// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// UsageMeter: counts what happens at one server, in the threads that check its tokens.

#ifndef SIMDJWT_IO_REGISTRY_USAGE_METER_H_
#define SIMDJWT_IO_REGISTRY_USAGE_METER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "net/counter.h"
#include "registry/model.h"
#include "registry/usage_ring.h"

namespace simdjwt::registry {

// Outcomes are numbers of whoever checks; this one is that a token was accepted.
inline constexpr uint8_t kOutcomeAccepted = 0;
inline constexpr size_t kOutcomesMax = 32;

// Those of one thread.
struct UsageLane {
  UsageRing ring;
  net::Counter lost;  // uses that only the server's counters tell of: the ring was full
};

// Of one server.
class UsageMeter {
 public:
  UsageMeter(ServerId server, uint32_t number, std::span<const std::unique_ptr<UsageLane>> lanes)
      : server_(server), number_(number), lanes_(lanes), counters_(lanes.size()) {}

  // Each by this thread alone; wait-free, in memory of the thread's own. Once for each request, of
  // which `token` is the registry's token that it has shown, if it is known to be that.
  void count(size_t thread, uint8_t outcome, std::optional<TokenIndex> token) noexcept {
    counters_[thread].of[outcome].add();
    if (!token || number_ >= TokenUse::kMetersMax) return;
    UsageLane& lane = *lanes_[thread];
    if (!lane.ring.push({static_cast<uint32_t>(*token), number_, outcome})) lane.lost.add();
  }

  [[nodiscard]] ServerId server() const noexcept { return server_; }
  // In its book.
  [[nodiscard]] uint32_t number() const noexcept { return number_; }
  [[nodiscard]] uint64_t total(uint8_t outcome) const noexcept {
    uint64_t sum = 0;
    for (const Counters& counters : counters_) sum += counters.of[outcome].value();
    return sum;
  }

 private:
  struct alignas(64) Counters {
    std::array<net::Counter, kOutcomesMax> of;
  };
  const ServerId server_;
  const uint32_t number_;
  const std::span<const std::unique_ptr<UsageLane>> lanes_;
  std::vector<Counters> counters_;  // by thread
};

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_USAGE_METER_H_
