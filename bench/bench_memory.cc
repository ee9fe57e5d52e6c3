// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What a verifier with 10,000 HMAC keys costs in memory. A program of its own, because the freed
// memory of earlier benchmarks would hide the growth. Prints one line; exit status 1 if a key does
// not verify.

#include <cstdio>
#include <string>
#include <vector>

#include "resident_memory.h"
#include "simdjwt/simdjwt.h"

namespace {

using namespace simdjwt;
using bench::resident_bytes;

constexpr size_t kNumKeys = 10'000;
constexpr std::string_view kClaims = R"({"exp":4000000000})";

// Key `index`: a secret of 48 bytes and a kid in the form of a UUID, 36 characters.
Key make_key(size_t index) {
  char kid[37];
  std::snprintf(kid, sizeof kid, "7f3c2a10-0000-4000-8000-%012zu", index);
  std::string secret = kid;
  secret.resize(48, 's');
  return *Key::hmac(Algorithm::kHs256, secret, {.kid = kid});
}

Verifier make_verifier() {
  KeySetBuilder keys;
  for (size_t i = 0; i < kNumKeys; ++i) keys.add(make_key(i));
  return Verifier(*keys.build(),
                  *PolicyBuilder().ignore_iss().ignore_aud().ignore_typ().expect_exp().build());
}

}  // namespace

int main() {
  const size_t before = resident_bytes();
  const Verifier verifier = make_verifier();
  Scratch scratch;
  const size_t after = resident_bytes();

  for (size_t i = 0; i < kNumKeys; i += 997) {
    const std::string token = *Signer::create(make_key(i))->sign_claims(kClaims);
    if (!verifier.verify(token, scratch, 1'800'000'000)) {
      std::fprintf(stderr, "key %zu does not verify its token\n", i);
      return 1;
    }
  }
  constexpr double kMiB = 1024.0 * 1024.0;
  std::printf("memory: %zu HMAC keys and a scratch add %.2f MiB to a process of %.2f MiB\n",
              kNumKeys, static_cast<double>(after - before) / kMiB,
              static_cast<double>(before) / kMiB);
}
