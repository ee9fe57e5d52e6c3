// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Whether this is a build with AddressSanitizer or ThreadSanitizer, under which everything is ten
// times slower and memory figures mean nothing.

#ifndef SIMDJWT_TESTS_SUPPORT_SANITIZERS_H_
#define SIMDJWT_TESTS_SUPPORT_SANITIZERS_H_

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SIMDJWT_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SIMDJWT_SANITIZED 1
#endif
#endif
#ifndef SIMDJWT_SANITIZED
#define SIMDJWT_SANITIZED 0
#endif

namespace simdjwt::testing {
inline constexpr bool kSanitized = SIMDJWT_SANITIZED;
}

#endif  // SIMDJWT_TESTS_SUPPORT_SANITIZERS_H_
