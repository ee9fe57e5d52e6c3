// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Makes asymmetric signatures, right and wrong, under headers that no Signer would write.

#ifndef SIMDJWT_TESTS_SUPPORT_SIGNATURE_FORGE_H_
#define SIMDJWT_TESTS_SUPPORT_SIGNATURE_FORGE_H_

#include <openssl/evp.h>
#include <simdjwt/verifier.h>

#include <string>
#include <string_view>
#include <vector>

#include "support/asymmetric_keys.h"
#include "support/judge.h"

namespace simdjwt::testing {

// The header of a token for this algorithm, and nothing more.
std::string header_of(Algorithm algorithm);

// A token of these bytes with a right signature of `key`, whose private half is there. The header
// is not looked at.
std::string forge_signed(std::string_view header, std::string_view payload, const Key& key);

// A token's signature, decoded; and the token with another.
std::string signature_of(std::string_view token);
std::string with_signature(std::string_view token, std::string_view signature);

// The private half, for what libcrypto can do with it. Lives as long as the key.
EVP_PKEY* private_evp_key(const Key& key);

// What an RSA key makes of a block as long as its modulus, whatever the block holds.
std::string rsa_private_operation(const Key& key, std::string_view block);

// Of two big-endian numbers of equal width; what does not fit is lost.
std::string sum(std::string_view a, std::string_view b);
std::string difference(std::string_view a, std::string_view b);

// The order of the curve's base point, in full width.
std::string group_order(Algorithm algorithm);

// The verdict of one verifier: singly, in a batch, and with a cache of signatures, at first sight
// and when it was seen before. RSA signatures are asked for by each kernel, in all lanes of it and
// beside the last one that was right. Any difference fails the running test. As signatures take
// long, it asks less often than Judge does.
class SignatureJudge {
 public:
  explicit SignatureJudge(Key key);
  explicit SignatureJudge(KeySet keys);

  // Of a key that all may know.
  SignatureJudge(std::string_view jwk, Algorithm algorithm)
      : SignatureJudge(make_jwk_key(public_jwk(jwk), algorithm)) {}

  Verdict operator()(std::string_view token);

 private:
  void expect_in_batches(std::string_view token, Verdict expected);

  Verifier verifier_;
  Verifier remembering_;
  std::vector<KernelScratch> scratches_;  // the default, and those of each kernel for RSA
  std::string right_;
};

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_SUPPORT_SIGNATURE_FORGE_H_
