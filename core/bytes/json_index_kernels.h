// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The JSON index kernels by name, for json_index*.cc and their tests.

#ifndef SIMDJWT_CORE_BYTES_JSON_INDEX_KERNELS_H_
#define SIMDJWT_CORE_BYTES_JSON_INDEX_KERNELS_H_

#include "bytes/json_index.h"
#include "bytes/target.h"

namespace simdjwt::bytes {

extern const JsonIndexKernel kJsonIndexScalar;
#if SIMDJWT_X86_64
extern const JsonIndexKernel kJsonIndexAvx2;    // call only if cpu_features().avx2
extern const JsonIndexKernel kJsonIndexAvx512;  // call only if cpu_features().avx512

// Also that of AVX-512, whose wider registers would mostly be loaded for nothing.
bool match_avx2(const JsonPattern& pattern, size_t first, size_t end, std::string_view text,
                JsonMatch& match) noexcept;
#endif

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_CORE_BYTES_JSON_INDEX_KERNELS_H_
