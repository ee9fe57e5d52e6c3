// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// UsageKeeper: takes in what threads have counted of a registry's servers and tokens, and saves it.

#ifndef SIMDJWT_TOOLS_DAEMON_USAGE_KEEPER_H_
#define SIMDJWT_TOOLS_DAEMON_USAGE_KEEPER_H_

#include <cstddef>

#include "net/clock.h"
#include "registry/node.h"
#include "registry/usage_book.h"

namespace simdjwt::daemon {

class UsageKeeper {
 public:
  // The registry outlives it. Reactors 0 to `num_threads` - 1 count.
  UsageKeeper(registry::Node& registry, size_t num_threads);

  [[nodiscard]] registry::UsageBook& book() noexcept { return book_; }

  // --- One thread ---

  // To be called ten times a second. Tells once of errors, and goes on counting.
  void keep();
  // When nobody counts any more: saves all, or tells that it cannot.
  void finish();

 private:
  bool save(const net::Instant& now);

  registry::Node& registry_;
  registry::UsageBook book_;
  bool is_saved_ = true;  // or could not be, the last time
};

}  // namespace simdjwt::daemon

#endif  // SIMDJWT_TOOLS_DAEMON_USAGE_KEEPER_H_
