// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Random bytes fit for keys.

#ifndef SIMDJWT_IO_REGISTRY_RANDOM_H_
#define SIMDJWT_IO_REGISTRY_RANDOM_H_

#include <absl/status/status.h>

#include <cstdint>
#include <span>

namespace simdjwt::registry {

// From the kernel; waits until it has been seeded once since the machine started.
[[nodiscard]] absl::Status fill_random(std::span<uint8_t> bytes);

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_RANDOM_H_
