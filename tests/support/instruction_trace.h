// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What a piece of code executes, instruction by instruction: where two runs of it execute the same,
// and look nothing up in tables, they take the same time. No clock says that as surely.

#ifndef SIMDJWT_TESTS_SUPPORT_INSTRUCTION_TRACE_H_
#define SIMDJWT_TESTS_SUPPORT_INSTRUCTION_TRACE_H_

#include <absl/functional/function_ref.h>

#include <cstdint>
#include <vector>

namespace simdjwt::testing {

// The addresses of all instructions that `body` executes, in order, between the same few before and
// behind it: the processor traps at each of them. Not from two threads at once. Empty on CPUs other
// than x86-64.
std::vector<uintptr_t> trace_instructions(absl::FunctionRef<void()> body);

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_SUPPORT_INSTRUCTION_TRACE_H_
