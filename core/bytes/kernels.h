// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The kernels in force: the last (fastest) of each family that the CPU can run, unless one is
// forced.

#ifndef SIMDJWT_CORE_BYTES_KERNELS_H_
#define SIMDJWT_CORE_BYTES_KERNELS_H_

#include "bytes/base64url.h"
#include "bytes/json_index.h"
#include "bytes/polyval.h"
#include "bytes/rsa.h"
#include "bytes/sha2.h"

namespace simdjwt::bytes {

struct Kernels {
  const Base64urlKernel* base64url;
  const Sha2Kernel<Sha256>* sha256;
  const Sha2Kernel<Sha512>* sha512;
  const JsonIndexKernel* json;
  const PolyvalKernel* polyval;
  const RsaKernel* rsa;
};

// What active_kernels() in <simdjwt/cpu.h> names. Thread-safe.
Kernels selected_kernels();

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_CORE_BYTES_KERNELS_H_
