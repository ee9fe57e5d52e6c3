// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Which instruction sets the CPU has and which kernels that selects.

#ifndef SIMDJWT_CPU_H_
#define SIMDJWT_CPU_H_

#include <string>
#include <string_view>

namespace simdjwt {

// What the CPU offers and the operating system lets us use (XCR0). Read once, at first use.
struct CpuFeatures {
  bool avx2 = false;         // AVX2, BMI1 and BMI2
  bool fma = false;          // fused multiply-add, with those
  bool sha_ni = false;       // SHA extensions with AVX
  bool clmul = false;        // PCLMULQDQ
  bool vclmul = false;       // the same on 256 bits (VPCLMULQDQ), with AVX2
  bool avx512 = false;       // AVX-512 F, BW, VL, DQ and VBMI
  bool avx512_ifma = false;  // AVX-512 IFMA with those
};

const CpuFeatures& cpu_features() noexcept;

// The kernels that a Scratch made now would use, separated by blanks: for instance
// "base64url/avx2 sha256/sha-ni-x3 sha512/avx2-x4 json/avx2 polyval/vclmul rsa/fma-x4". Allocates.
std::string active_kernels();

// All kernels this CPU can run, in the same form. Allocates.
std::string available_kernels();

// Makes every Scratch constructed from now on use the kernel of this name ("base64url/scalar");
// other families keep theirs. Returns false, and changes nothing, for a name that this CPU cannot
// run. For tests and benchmarks: all kernels give equal verdicts, and the default is the fastest
// measured. Thread-safe.
bool force_kernel(std::string_view name);

}  // namespace simdjwt

#endif  // SIMDJWT_CPU_H_
