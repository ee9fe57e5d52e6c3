// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Readiness: whether new requests should be sent here.

#ifndef SIMDJWT_IO_SERVE_READINESS_H_
#define SIMDJWT_IO_SERVE_READINESS_H_

#include <mutex>
#include <string>
#include <utility>

namespace simdjwt::serve {

// Starting, then ready, then draining; meanwhile perhaps without the keys of a policy. A reload
// that fails changes nothing: what was loaded before still serves. Thread-safe.
class Readiness {
 public:
  void begin() { set_stage(""); }
  void end() { set_stage("draining: the server is shutting down"); }

  // What keeps policies from judging, in a line; empty for nothing.
  void set_lack(std::string line) {
    const std::lock_guard lock(mutex_);
    lack_ = std::move(line);
  }

  // One line; empty if it is ready.
  [[nodiscard]] std::string why_not() const {
    const std::lock_guard lock(mutex_);
    return stage_.empty() ? lack_ : stage_;
  }

 private:
  void set_stage(std::string line) {
    const std::lock_guard lock(mutex_);
    stage_ = std::move(line);
  }

  mutable std::mutex mutex_;
  std::string stage_ = "starting: configuration and keys are being loaded";
  std::string lack_;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_READINESS_H_
