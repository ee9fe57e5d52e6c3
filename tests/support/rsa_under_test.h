// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The kernels of RSA that a test program is for.

#ifndef SIMDJWT_TESTS_SUPPORT_RSA_UNDER_TEST_H_
#define SIMDJWT_TESTS_SUPPORT_RSA_UNDER_TEST_H_

#include <ostream>
#include <string>
#include <vector>

#include "bytes/rsa_kernels.h"

namespace simdjwt::bytes {

// The kernel's name in the names of its tests.
inline void PrintTo(const RsaKernel* kernel, std::ostream* out) {
  std::string name(kernel->name.substr(kernel->name.find('/') + 1));
  for (char& c : name) c = c == '-' ? '_' : c;
  *out << name;
}

}  // namespace simdjwt::bytes

namespace simdjwt::testing {

// Under emulation, the kernel that is compiled into the program against it; else those of this CPU.
inline std::vector<const bytes::RsaKernel*> rsa_kernels_under_test() {
#if defined(SIMDJWT_EMULATED_ISA)
  return {&bytes::kRsaIfma};
#else
  std::vector<const bytes::RsaKernel*> kernels;
  for (const bytes::RsaKernel* kernel : bytes::available_rsa_kernels()) {
    if (kernel->power != nullptr) kernels.push_back(kernel);
  }
  return kernels;
#endif
}

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_SUPPORT_RSA_UNDER_TEST_H_
