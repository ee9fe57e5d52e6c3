// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "net/cpus.h"

#include <sched.h>

#include <algorithm>
#include <array>

namespace simdjwt::net {

uint32_t num_usable_cpus() {
  std::array<cpu_set_t, 16> cpus{};  // 16,384 of them; a set too small for the kernel is refused
  if (sched_getaffinity(0, sizeof(cpus), cpus.data()) != 0) return 1;
  return static_cast<uint32_t>(std::max(CPU_COUNT_S(sizeof(cpus), cpus.data()), 1));
}

}  // namespace simdjwt::net
