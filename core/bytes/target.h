// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Function target attributes. Kernels carry them function by function: with per-file -m flags,
// inline functions of the standard library would be compiled for the newer CPU too, and the linker
// may keep that copy.

#ifndef SIMDJWT_CORE_BYTES_TARGET_H_
#define SIMDJWT_CORE_BYTES_TARGET_H_

#if defined(__x86_64__)
#define SIMDJWT_X86_64 1
#endif

// SIMDJWT_EMULATED_ISA is set only by tests that compile a kernel against a portable emulation of
// its intrinsics, in order to prove it on CPUs without them.
#if defined(SIMDJWT_X86_64) && !defined(SIMDJWT_EMULATED_ISA)
#define SIMDJWT_TARGET_AVX2 __attribute__((target("avx2,bmi,bmi2")))
#define SIMDJWT_TARGET_FMA __attribute__((target("fma,avx2,bmi,bmi2")))
#define SIMDJWT_TARGET_SHA_NI __attribute__((target("sha,avx")))
#define SIMDJWT_TARGET_CLMUL __attribute__((target("pclmul")))
#define SIMDJWT_TARGET_VCLMUL __attribute__((target("vpclmulqdq,pclmul,avx2")))
#define SIMDJWT_TARGET_AVX512 \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx2,bmi,bmi2")))
#define SIMDJWT_TARGET_IFMA \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512ifma,avx2,bmi,bmi2")))
#else
#define SIMDJWT_TARGET_AVX2
#define SIMDJWT_TARGET_FMA
#define SIMDJWT_TARGET_SHA_NI
#define SIMDJWT_TARGET_CLMUL
#define SIMDJWT_TARGET_VCLMUL
#define SIMDJWT_TARGET_AVX512
#define SIMDJWT_TARGET_IFMA
#endif

#endif  // SIMDJWT_CORE_BYTES_TARGET_H_
