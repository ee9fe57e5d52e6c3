// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "net/proxy_wire.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "net/proxy_header.h"

namespace simdjwt::net {
namespace {

class ProxyWire final : public Wire {
 public:
  ProxyWire(const WireFactory* next, WireCounters& counters) : next_(next), counters_(counters) {}

  State receive(std::string_view& bytes, const Results& results) override;
  bool send(std::string_view /*plain*/, std::string& /*output*/) override { return false; }
  void close(std::string& /*output*/) override {}
  std::unique_ptr<Wire> next() override { return next_ == nullptr ? nullptr : next_->make(); }

 private:
  const WireFactory* next_;
  WireCounters& counters_;
  std::string arrived_;
};

Wire::State ProxyWire::receive(std::string_view& bytes, const Results& results) {
  const size_t num_before = arrived_.size();
  arrived_.append(bytes.substr(0, ProxyHeader::kBytesMax - num_before));
  const ProxyHeader header = parse_proxy_header(arrived_);
  if (header.outcome == ProxyHeader::Outcome::kComplete) {
    counters_.opened.fetch_add(1, std::memory_order_relaxed);
    bytes.remove_prefix(header.num_bytes - num_before);
    if (header.client) results.client = *header.client;
    return State::kDone;
  }
  bytes = {};
  if (header.outcome == ProxyHeader::Outcome::kIncomplete) return State::kOpening;
  counters_.failed.fetch_add(1, std::memory_order_relaxed);
  return State::kFailed;
}

}  // namespace

bool ProxyFactory::admits(const PeerAddress& peer) const noexcept {
  const bool is_trusted =
      std::any_of(trusted_.begin(), trusted_.end(),
                  [&peer](const PeerRange& range) { return range.contains(peer); });
  if (!is_trusted) tally().refused.fetch_add(1, std::memory_order_relaxed);
  return is_trusted;
}

std::unique_ptr<Wire> ProxyFactory::make() const {
  return std::make_unique<ProxyWire>(next_, tally());
}

}  // namespace simdjwt::net
