// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include <simdjwt/cpu.h>

#include <cstdint>

#include "bytes/target.h"

#if SIMDJWT_X86_64
#include <cpuid.h>
#endif

namespace simdjwt {
namespace {

#if SIMDJWT_X86_64

// Which register files the operating system saves on a context switch. Without them set, the CPU's
// own flags mean nothing: the first wide instruction would fault.
constexpr uint32_t kXcr0Avx = 0x06;     // XMM and YMM
constexpr uint32_t kXcr0Avx512 = 0xe6;  // and ZMM, its upper sixteen, and the mask registers

// The low half. Not _xgetbv(): that wants the file compiled with -mxsave.
uint32_t read_xcr0() {
  uint32_t low;
  uint32_t high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

constexpr bool has_all(uint32_t flags, uint32_t wanted) { return (flags & wanted) == wanted; }

CpuFeatures detect() {
  // Names and bits of CPUID leaf 1 (ECX) and leaf 7 (EBX, ECX) are those of <cpuid.h>.
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0) return {};
  const unsigned leaf1_ecx = ecx;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) return {};
  const uint32_t xcr0 = has_all(leaf1_ecx, bit_OSXSAVE) ? read_xcr0() : 0;

  CpuFeatures features;
  features.clmul = has_all(leaf1_ecx, bit_PCLMUL);
  const bool avx = has_all(xcr0, kXcr0Avx) && has_all(leaf1_ecx, bit_AVX);
  features.sha_ni = avx && has_all(ebx, bit_SHA);
  features.avx2 = avx && has_all(ebx, bit_AVX2 | bit_BMI | bit_BMI2);
  features.fma = features.avx2 && has_all(leaf1_ecx, bit_FMA);
  features.vclmul = features.clmul && features.avx2 && has_all(ecx, bit_VPCLMULQDQ);
  features.avx512 = features.avx2 && has_all(xcr0, kXcr0Avx512) &&
                    has_all(ebx, bit_AVX512F | bit_AVX512BW | bit_AVX512VL | bit_AVX512DQ) &&
                    has_all(ecx, bit_AVX512VBMI);
  features.avx512_ifma = features.avx512 && has_all(ebx, bit_AVX512IFMA);
  return features;
}

#else

CpuFeatures detect() { return {}; }

#endif

}  // namespace

const CpuFeatures& cpu_features() noexcept {
  static const CpuFeatures features = detect();
  return features;
}

}  // namespace simdjwt
