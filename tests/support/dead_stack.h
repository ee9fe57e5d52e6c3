// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What code leaves behind on the stack.

#ifndef SIMDJWT_TESTS_SUPPORT_DEAD_STACK_H_
#define SIMDJWT_TESTS_SUPPORT_DEAD_STACK_H_

#include <gtest/gtest.h>
#include <pthread.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "support/sanitizers.h"

namespace simdjwt::testing {

// Sanitized code keeps locals elsewhere, and copies of them in registers spilled to the stack.
inline constexpr const char* kOtherStack = "sanitizers lay out the stack in their own way";

// Runs `work` on a stack of our own and returns what it left there.
template <class Work>
std::string dead_stack_of(Work work) {
  constexpr size_t kStackBytes = 256 * 1024;
  std::string stack(kStackBytes + 4096, '\0');
  const auto address = reinterpret_cast<uintptr_t>(stack.data());
  char* aligned = stack.data() + (4096 - address % 4096);
  pthread_attr_t attributes;
  pthread_t thread;
  EXPECT_EQ(pthread_attr_init(&attributes), 0);
  EXPECT_EQ(pthread_attr_setstack(&attributes, aligned, kStackBytes), 0);
  const auto run = [](void* argument) -> void* {
    (*static_cast<Work*>(argument))();
    return nullptr;
  };
  EXPECT_EQ(pthread_create(&thread, &attributes, run, &work), 0);
  EXPECT_EQ(pthread_join(thread, nullptr), 0);
  pthread_attr_destroy(&attributes);
  return stack;
}

// Whether any eight consecutive bytes of `secret` are found in `memory`.
inline bool holds_part_of(std::string_view memory, std::string_view secret) {
  for (size_t i = 0; i + 8 <= secret.size(); ++i) {
    if (memory.find(secret.substr(i, 8)) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_SUPPORT_DEAD_STACK_H_
