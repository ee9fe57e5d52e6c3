// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// How what is no key, and what nobody may sign, is refused.

#ifndef SIMDJWT_CORE_JOSE_INVALID_H_
#define SIMDJWT_CORE_JOSE_INVALID_H_

#include <absl/status/status.h>

#include <string>
#include <utility>

namespace simdjwt::jose {

inline absl::Status invalid(std::string message) {
  return absl::InvalidArgumentError(std::move(message));
}

}  // namespace simdjwt::jose

#endif  // SIMDJWT_CORE_JOSE_INVALID_H_
