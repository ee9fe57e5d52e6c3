// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "daemon/usage_keeper.h"

#include <spdlog/spdlog.h>

#include <string>

#include "serve/outcome.h"

namespace simdjwt::daemon {

UsageKeeper::UsageKeeper(registry::Node& registry, size_t num_threads)
    : registry_(registry), book_(num_threads, serve::outcome_names()) {}

void UsageKeeper::keep() {
  const net::Instant now = net::read_clocks();
  book_.collect(now);
  if (book_.is_due(now)) save(now);
}

void UsageKeeper::finish() {
  const net::Instant now = net::read_clocks();
  book_.collect(now);
  while (!book_.is_saved() && save(now)) {
  }
}

bool UsageKeeper::save(const net::Instant& now) {
  const absl::Status status =
      registry_.use([&](registry::Store& store) { return book_.save(store, now); });
  if (!status.ok() && is_saved_) {
    spdlog::error("usage is counted but not saved: {}", std::string(status.message()));
  }
  return is_saved_ = status.ok();
}

}  // namespace simdjwt::daemon
