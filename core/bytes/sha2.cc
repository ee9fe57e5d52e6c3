// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The baseline kernels, and the choice among all of them.

// OpenSSL 3 deprecates SHA256_Update and its siblings in favour of EVP. They remain the only public
// way to start a hash from a saved state without a context duplication, which alone costs more than
// three blocks.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "bytes/sha2.h"

#include <openssl/sha.h>
#include <simdjwt/cpu.h>

#include <algorithm>
#include <cstring>

#include "bytes/sha2_kernels.h"

namespace simdjwt::bytes {

// Whole blocks go straight from the caller's memory into libcrypto's block function: with `num` at
// 0 the context buffers nothing, and the message length in Nl and Nh would be read by SHA256_Final
// only.
void compress_openssl(const Sha2Lane<Sha256>* lane, size_t num_blocks) noexcept {
  const size_t from_data = std::min(num_blocks, lane->data_blocks);
  SHA256_CTX context;
  static_assert(sizeof(context.h) == sizeof(*lane->state));
  std::memcpy(context.h, lane->state, sizeof(context.h));
  context.Nl = context.Nh = context.num = 0;
  SHA256_Update(&context, lane->data, from_data * Sha256::kBlockBytes);
  SHA256_Update(&context, lane->tail, (num_blocks - from_data) * Sha256::kBlockBytes);
  std::memcpy(lane->state, context.h, sizeof(context.h));
}

void compress_openssl(const Sha2Lane<Sha512>* lane, size_t num_blocks) noexcept {
  const size_t from_data = std::min(num_blocks, lane->data_blocks);
  SHA512_CTX context;
  static_assert(sizeof(context.h) == sizeof(*lane->state));
  std::memcpy(context.h, lane->state, sizeof(context.h));
  context.Nl = context.Nh = context.num = 0;
  SHA512_Update(&context, lane->data, from_data * Sha512::kBlockBytes);
  SHA512_Update(&context, lane->tail, (num_blocks - from_data) * Sha512::kBlockBytes);
  std::memcpy(lane->state, context.h, sizeof(context.h));
}

const Sha2Kernel<Sha256> kSha256Openssl = {"sha256/openssl", compress_openssl, nullptr, 1, 2};
const Sha2Kernel<Sha512> kSha512Openssl = {"sha512/openssl", compress_openssl, nullptr, 1, 2};

namespace {

// The kernels of one hash in the order in which they were added.
template <class Hash>
class KernelList {
 public:
  void add(const Sha2Kernel<Hash>& kernel) { kernels_[num_kernels_++] = &kernel; }
  std::span<const Sha2Kernel<Hash>* const> view() const { return {kernels_.data(), num_kernels_}; }

 private:
  std::array<const Sha2Kernel<Hash>*, 3> kernels_{};
  size_t num_kernels_ = 0;
};

KernelList<Sha256> list_sha256_kernels() {
  KernelList<Sha256> list;
  list.add(kSha256Openssl);
#if defined(SIMDJWT_X86_64)
  if (cpu_features().avx512) list.add(kSha256Avx512);
  if (cpu_features().sha_ni) list.add(kSha256ShaNi);
#endif
  return list;
}

KernelList<Sha512> list_sha512_kernels() {
  KernelList<Sha512> list;
  list.add(kSha512Openssl);
#if defined(SIMDJWT_X86_64)
  if (cpu_features().avx2) list.add(kSha512Avx2);
  if (cpu_features().avx512) list.add(kSha512Avx512);
#endif
  return list;
}

}  // namespace

std::span<const Sha2Kernel<Sha256>* const> available_sha256_kernels() {
  static const KernelList<Sha256> list = list_sha256_kernels();
  return list.view();
}

std::span<const Sha2Kernel<Sha512>* const> available_sha512_kernels() {
  static const KernelList<Sha512> list = list_sha512_kernels();
  return list.view();
}

}  // namespace simdjwt::bytes
