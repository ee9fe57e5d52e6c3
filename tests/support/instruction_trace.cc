// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "support/instruction_trace.h"

#include <gtest/gtest.h>

#if defined(__x86_64__)
#include <signal.h>
#include <ucontext.h>
#include <x86intrin.h>
#endif

namespace simdjwt::testing {

#if defined(__x86_64__)

namespace {

constexpr uint64_t kTrapFlag = 1 << 8;

// The handler must not allocate.
constexpr size_t kInstructionsMax = 1 << 20;
std::vector<uintptr_t> addresses;

void on_trap(int /*signal*/, siginfo_t* /*info*/, void* context) {
  const auto& registers = static_cast<const ucontext_t*>(context)->uc_mcontext.gregs;
  if (addresses.size() < kInstructionsMax) {
    addresses.push_back(static_cast<uintptr_t>(registers[REG_RIP]));
  }
}

}  // namespace

std::vector<uintptr_t> trace_instructions(absl::FunctionRef<void()> body) {
  addresses.clear();
  addresses.reserve(kInstructionsMax);
  struct sigaction before;
  struct sigaction ours = {};
  ours.sa_sigaction = on_trap;
  ours.sa_flags = SA_SIGINFO;
  EXPECT_EQ(sigaction(SIGTRAP, &ours, &before), 0);
  __writeeflags(__readeflags() | kTrapFlag);
  body();
  __writeeflags(__readeflags() & ~kTrapFlag);
  EXPECT_EQ(sigaction(SIGTRAP, &before, nullptr), 0);
  EXPECT_LT(addresses.size(), kInstructionsMax) << "more than can be recorded";
  return addresses;
}

#else

std::vector<uintptr_t> trace_instructions(absl::FunctionRef<void()> /*body*/) { return {}; }

#endif

}  // namespace simdjwt::testing
