// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Sees every allocation of the program that it is linked into: counts them, looks into blocks just
// before they are freed, and lets them fail.

#ifndef SIMDJWT_TESTS_SUPPORT_HEAP_WATCH_H_
#define SIMDJWT_TESTS_SUPPORT_HEAP_WATCH_H_

#include <cstddef>
#include <string_view>

namespace simdjwt::testing {

// Allocations that this thread has made so far: malloc and its kin, operator new among them.
size_t num_allocations() noexcept;

// Called with every block that this thread is about to free, until it is set to null. Must not
// allocate.
using FreeWatcher = void (*)(std::string_view block);
void watch_frees(FreeWatcher watcher) noexcept;

// While set, every allocation of this thread fails, but for so many that come first. Under
// sanitizers that cannot be had: then this returns false and does nothing.
bool fail_allocations(bool fail, size_t but_for = 0) noexcept;

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_SUPPORT_HEAP_WATCH_H_
