// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What the kernel refused, as a status.

#ifndef SIMDJWT_IO_NET_OS_ERROR_H_
#define SIMDJWT_IO_NET_OS_ERROR_H_

#include <absl/status/status.h>

#include <cstring>
#include <string>
#include <string_view>

namespace simdjwt::net {

// "eventfd: Too many open files", of an errno. Always kUnavailable: absl::ErrnoToStatus() would
// make kInvalidArgument of some, which here means that what people wrote is wrong.
[[nodiscard]] inline absl::Status os_error(std::string_view what, int error) {
  return absl::UnavailableError(std::string(what).append(": ").append(std::strerror(error)));
}

}  // namespace simdjwt::net

#endif  // SIMDJWT_IO_NET_OS_ERROR_H_
