// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// How many reactors there should be.

#ifndef SIMDJWT_IO_NET_CPUS_H_
#define SIMDJWT_IO_NET_CPUS_H_

#include <cstdint>

namespace simdjwt::net {

// The CPUs that this thread may run on: all of them, unless taskset, cpuset or CPUAffinity= said
// otherwise (sched_getaffinity(2)). At least 1.
[[nodiscard]] uint32_t num_usable_cpus();

}  // namespace simdjwt::net

#endif  // SIMDJWT_IO_NET_CPUS_H_
