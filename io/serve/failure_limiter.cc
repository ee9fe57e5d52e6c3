// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/failure_limiter.h"

namespace simdjwt::serve {
namespace {

// Empty for those that are not limited.
std::string key_of(const net::PeerAddress& client) {
  const auto* const ip = reinterpret_cast<const char*>(client.ip.data());
  switch (client.family) {
    case net::PeerAddress::Family::kIpv4:
      return std::string(ip, 4);
    case net::PeerAddress::Family::kIpv6:
      return std::string(ip, 8);
    default:
      return "";
  }
}

}  // namespace

int64_t FailureLimiter::seconds_to_wait(const net::PeerAddress& client, int64_t now) const {
  const auto found = clients_.find(key_of(client));
  if (found == clients_.end() || found->second.count < failures_max_) return 0;
  const int64_t end = found->second.since + kSeconds;
  return end > now ? end - now : 0;
}

void FailureLimiter::note_failure(const net::PeerAddress& client, int64_t now) {
  const std::string key = key_of(client);
  if (failures_max_ == 0 || key.empty()) return;
  if (!clients_.contains(key)) make_room(now);
  Failures& failures = clients_.try_emplace(key, Failures{now, 0}).first->second;
  if (failures.since + kSeconds <= now) failures = {now, 0};
  ++failures.count;
}

void FailureLimiter::make_room(int64_t now) {
  if (clients_.size() < kClientsMax) return;
  absl::erase_if(clients_,
                 [now](const auto& client) { return client.second.since + kSeconds <= now; });
  if (clients_.size() >= kClientsMax) clients_.erase(clients_.begin());
}

}  // namespace simdjwt::serve
