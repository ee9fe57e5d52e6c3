// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Readiness: whether new requests should be sent here.

#ifndef SIMDJWT_IO_SERVE_READINESS_H_
#define SIMDJWT_IO_SERVE_READINESS_H_

#include <atomic>
#include <string_view>

namespace simdjwt::serve {

// Starting, then ready, then draining. A reload that fails changes nothing: what was loaded before
// still serves. Thread-safe.
class Readiness {
 public:
  void begin() noexcept { why_not_.store(nullptr); }
  void end() noexcept { why_not_.store("draining: the server is shutting down"); }

  // One line; empty if it is ready.
  [[nodiscard]] std::string_view why_not() const noexcept {
    const char* line = why_not_.load();
    return line == nullptr ? std::string_view() : line;
  }

 private:
  std::atomic<const char*> why_not_{"starting: configuration and keys are being loaded"};
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_READINESS_H_
