// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Corpus: the tokens that the benchmarks verify. Signed by OpenSSL and encoded apart from core, so
// that an error of ours cannot hide in its own tokens. The seed is fixed: every run, and every
// machine, sees the same bytes, but for asymmetric keys, and signatures under them.

#ifndef SIMDJWT_BENCH_CORPUS_H_
#define SIMDJWT_BENCH_CORPUS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "simdjwt/key.h"
#include "simdjwt/verdict.h"

namespace simdjwt::bench {

inline constexpr size_t kNumTokens = 10'000;
// Of an asymmetric algorithm, where to sign or verify one may take a millisecond.
inline constexpr size_t kNumSlowTokens = 500;
inline constexpr std::string_view kIss = "id.example";
inline constexpr std::string_view kAud = "api-v1";

// When the tokens are judged. Rivals that insist on the system clock must agree, so iat and nbf lie
// in 2023 and exp in 2096.
inline constexpr int64_t kNow = 1'800'000'000;
inline constexpr int64_t kFirstExp = 4'000'000'000;  // token i expires at kFirstExp + i

// Of HMAC keys: 64 bytes for HS512, 48 for the others. All keys of a corpus have the same.
std::string_view secret(Algorithm algorithm);

// The kid of key `index` < kNumKeys, two characters: "aa", "ab", ...
inline constexpr size_t kNumKeys = 1000;
std::string kid_of(size_t index);

// Issuer `index`: ten characters, as kIss has; of its HMAC key, 48 bytes.
std::string issuer_of(size_t index);
std::string secret_of_issuer(size_t index);

// base64url without padding, by OpenSSL.
std::string base64url(std::string_view data);

// Distinct tokens that all deserve the same verdict: kNumTokens, or kNumSlowTokens.
struct Corpus {
  Corpus(Algorithm alg, size_t key_count, size_t issuer_count, Verdict deserved,
         std::vector<std::string> distinct_tokens);
  Corpus(const Corpus&) = delete;  // views point into tokens
  Corpus& operator=(const Corpus&) = delete;

  const Algorithm algorithm;
  const size_t num_keys;     // token i is signed with key i % num_keys
  const size_t num_issuers;  // 0: all are of kIss
  const Verdict verdict;
  const std::vector<std::string> tokens;
  const std::vector<std::string_view> views;
};

// What is wrong with a rejected token.
enum class Flaw : uint8_t {
  kBadSignature,  // one character of the signature differs
  kExpired,       // exp was in 2020; rightly signed
  kMalformed,     // a '+' in the last third of the claims, where only a full scan finds it
};

// The tokens of all headline figures: header alg, typ, kid; claims iss, sub, aud, jti, iat, nbf,
// exp, scope, in 194 bytes; 311 characters signed, 355 in all for HS256. As in the tokens of one
// issuer, the header is always the same and so is the order of the claims; sub and scope vary in
// length. Built once.
const Corpus& valid_tokens(Algorithm algorithm);

// HS256 tokens that differ in more, so that nothing remembered of earlier ones helps. Built once.
enum class Variety : uint8_t {
  kShuffled,  // the claims of each token stand in an order of their own
  kManyKeys,  // kNumKeys keys, and headers, take turns
};
const Corpus& varied_tokens(Variety variety);

// The same of `num_issuers` issuers, which take turns with long strides. The key of issuer i has
// the kid kid_of(i % kNumKeys); the secret is its own, of other algorithms all have one key. Built
// once.
const Corpus& issuers_tokens(Algorithm algorithm, size_t num_issuers);

// The same as HS256 tokens with one flaw. Built once for each flaw.
const Corpus& flawed_tokens(Flaw flaw);

// HS256 tokens of exactly `token_bytes` characters (150, or 250 and more, where base64url allows
// it): an array of roles fills what the claims leave, and below 300 only iss, aud and exp remain;
// below 200 the header also lacks typ. Built once for each size.
const Corpus& sized_tokens(size_t token_bytes);

// Claims objects as those of valid_tokens(), 194 bytes each; with roles behind them, 250 bytes; or
// with their members in random order.
enum class ClaimsForm : uint8_t { kPlain, kWithRoles, kShuffled };
std::vector<std::string> claims_texts(ClaimsForm form);

// One token that every verifier must refuse, and our verdict on it.
struct BadToken {
  std::string_view what;
  std::string token;
  Verdict verdict;
};

// The rejecting half of the equality gate.
const std::vector<BadToken>& bad_tokens(Algorithm algorithm);

}  // namespace simdjwt::bench

#endif  // SIMDJWT_BENCH_CORPUS_H_
