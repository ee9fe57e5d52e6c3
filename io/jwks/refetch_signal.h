// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// RefetchSignal: how those who verify tell those who fetch that a key is missing.

#ifndef SIMDJWT_IO_JWKS_REFETCH_SIGNAL_H_
#define SIMDJWT_IO_JWKS_REFETCH_SIGNAL_H_

#include <sys/eventfd.h>

#include <atomic>
#include <memory>
#include <utility>

#include "net/unique_fd.h"

namespace simdjwt::jwks {

// Of one source. Once raised it stays so until a fetch for it begins, so that a flood of tokens
// with made-up kids costs one write() a fetch, and a load of a shared cache line each.
class RefetchSignal {
 public:
  // `wake` is an eventfd, which may be shared by many signals.
  explicit RefetchSignal(std::shared_ptr<const net::UniqueFd> wake) : wake_(std::move(wake)) {}

  // Thread-safe; never waits.
  void raise() noexcept {
    if (is_raised() || is_raised_.exchange(true, std::memory_order_acq_rel)) return;
    (void)eventfd_write(wake_->get(), 1);
  }

  [[nodiscard]] bool is_raised() const noexcept {
    return is_raised_.load(std::memory_order_acquire);
  }
  void clear() noexcept { is_raised_.store(false, std::memory_order_release); }

 private:
  const std::shared_ptr<const net::UniqueFd> wake_;
  std::atomic<bool> is_raised_{false};
};

}  // namespace simdjwt::jwks

#endif  // SIMDJWT_IO_JWKS_REFETCH_SIGNAL_H_
