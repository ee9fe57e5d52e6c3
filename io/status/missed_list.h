// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// MissedList: how those who judge tell those who fetch which status list they lack.

#ifndef SIMDJWT_IO_STATUS_MISSED_LIST_H_
#define SIMDJWT_IO_STATUS_MISSED_LIST_H_

#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "net/unique_fd.h"
#include "status/status_reference.h"

namespace simdjwt::status {

// Has room for one URI. While it waits to be taken all others are dropped, so that a flood of
// tokens with made-up URIs costs one write() a list, and a load of a shared cache line each: a
// token whose list was dropped brings it up again when it comes again.
class MissedList {
 public:
  // `wake` is an eventfd, which may be shared by many.
  explicit MissedList(std::shared_ptr<const net::UniqueFd> wake) : wake_(std::move(wake)) {}

  // Thread-safe; never waits. For URIs of at most kUriBytesMax.
  void tell(std::string_view uri) noexcept {
    State state = State::kEmpty;
    if (state_.load(std::memory_order_relaxed) != state) return;
    // Acquire pairs with the release in take(): what was there has been read before this writes.
    if (!state_.compare_exchange_strong(state, State::kBeingWritten, std::memory_order_acquire)) {
      return;
    }
    size_ = uri.copy(uri_.data(), uri_.size());
    state_.store(State::kFull, std::memory_order_release);
    (void)eventfd_write(wake_->get(), 1);
  }

  // By one thread. Allocates.
  [[nodiscard]] std::optional<std::string> take() {
    if (state_.load(std::memory_order_acquire) != State::kFull) return std::nullopt;
    std::string uri(uri_.data(), size_);
    state_.store(State::kEmpty, std::memory_order_release);
    return uri;
  }

 private:
  enum class State : uint8_t { kEmpty, kBeingWritten, kFull };

  const std::shared_ptr<const net::UniqueFd> wake_;
  std::atomic<State> state_{State::kEmpty};
  size_t size_ = 0;  // of the owner of the state: who writes it, then who takes it
  UriRoom uri_;
};

}  // namespace simdjwt::status

#endif  // SIMDJWT_IO_STATUS_MISSED_LIST_H_
