// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Owners of libcrypto's objects.

#ifndef SIMDJWT_CORE_JOSE_EVP_H_
#define SIMDJWT_CORE_JOSE_EVP_H_

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <memory>

namespace simdjwt::jose {

template <auto kFree>
struct OpensslFree {
  template <class T>
  void operator()(T* object) const noexcept {
    kFree(object);
  }
};

template <class T, auto kFree>
using OpensslPtr = std::unique_ptr<T, OpensslFree<kFree>>;

using EvpKey = OpensslPtr<EVP_PKEY, EVP_PKEY_free>;
using EvpKeyContext = OpensslPtr<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using EvpDigestContext = OpensslPtr<EVP_MD_CTX, EVP_MD_CTX_free>;
using BigNumber = OpensslPtr<BIGNUM, BN_clear_free>;

// Leaves the thread's error queue as it was: libcrypto notes down there what it fails at, and the
// next user of the thread (a TLS connection, say) would take our failures for its own.
class ErrorQueueGuard {
 public:
  ErrorQueueGuard() noexcept : is_first_(ERR_set_mark() == 0) {}
  ~ErrorQueueGuard() { ERR_pop_to_mark(); }
  ErrorQueueGuard(const ErrorQueueGuard&) = delete;
  ErrorQueueGuard& operator=(const ErrorQueueGuard&) = delete;

  // Whether libcrypto has failed since for want of memory, as its first note says; where others'
  // lie below, that cannot be seen, but the last one.
  [[nodiscard]] bool is_out_of_memory() const noexcept {
    const unsigned long note = is_first_ ? ERR_peek_error() : ERR_peek_last_error();
    return ERR_GET_REASON(note) == ERR_R_MALLOC_FAILURE;
  }

 private:
  const bool is_first_;  // nothing lay in the queue before
};

}  // namespace simdjwt::jose

#endif  // SIMDJWT_CORE_JOSE_EVP_H_
