// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/random.h"

#include <sys/random.h>

#include <cerrno>

#include "net/os_error.h"

namespace simdjwt::registry {

absl::Status fill_random(std::span<uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = getrandom(bytes.data(), bytes.size(), 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return net::os_error("getrandom", errno);
    bytes = bytes.subspan(static_cast<size_t>(n));
  }
  return absl::OkStatus();
}

}  // namespace simdjwt::registry
