// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/random.h"

#include <sys/random.h>

#include <cerrno>
#include <string_view>

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

void spell_base64url(std::span<char> chars, std::span<const uint8_t> bytes) noexcept {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  size_t out = 0;
  for (size_t i = 0; i + 3 <= bytes.size(); i += 3) {
    const uint32_t bits =
        uint32_t{bytes[i]} << 16 | uint32_t{bytes[i + 1]} << 8 | uint32_t{bytes[i + 2]};
    for (int shift = 18; shift >= 0; shift -= 6) chars[out++] = kAlphabet[bits >> shift & 63];
  }
}

}  // namespace simdjwt::registry
