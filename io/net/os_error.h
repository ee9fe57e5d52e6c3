// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What the kernel refused, as a status.

#ifndef SIMDJWT_IO_NET_OS_ERROR_H_
#define SIMDJWT_IO_NET_OS_ERROR_H_

#include <absl/status/status.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

namespace simdjwt::net {

// "eventfd: Too many open files", of an errno. Always kUnavailable: absl::ErrnoToStatus() would
// make kInvalidArgument of some, which here means that what people wrote is wrong.
[[nodiscard]] inline absl::Status os_error(std::string_view what, int error) {
  return absl::UnavailableError(std::string(what).append(": ").append(std::strerror(error)));
}

// Whether an error of accept(), recv() or send() says that the peer is gone, or cannot be reached:
// nothing that we could mend, and nothing that the next peer would meet.
[[nodiscard]] inline bool is_of_peer(int error) noexcept {
  switch (error) {
    case ECONNABORTED:
    case ECONNREFUSED:
    case ECONNRESET:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENETDOWN:
    case ENETRESET:
    case ENETUNREACH:
    case ENONET:
    case ENOPROTOOPT:
    case ENOTCONN:
    case EPIPE:
    case EPROTO:
    case ESHUTDOWN:
    case ETIMEDOUT:
      return true;
    default:
      return false;
  }
}

}  // namespace simdjwt::net

#endif  // SIMDJWT_IO_NET_OS_ERROR_H_
