// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Corpus: the tokens that the benchmarks verify. Signed by OpenSSL and encoded apart from core, so
// that an error of ours cannot hide in its own tokens. The seed is fixed: every run, and every
// machine, sees the same bytes.

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
inline constexpr std::string_view kIss = "id.example";
inline constexpr std::string_view kAud = "api-v1";
inline constexpr std::string_view kKid = "k1";

// When the tokens are judged. Rivals that insist on the system clock must agree, so iat and nbf lie
// in 2023 and exp in 2096.
inline constexpr int64_t kNow = 1'800'000'000;
inline constexpr int64_t kFirstExp = 4'000'000'000;  // token i expires at kFirstExp + i

// 64 bytes for HS512, 48 for the others.
std::string_view secret(Algorithm algorithm);

// base64url without padding, by OpenSSL.
std::string base64url(std::string_view data);

// kNumTokens distinct tokens that all deserve the same verdict.
struct Corpus {
  Corpus(Algorithm alg, Verdict deserved, std::vector<std::string> distinct_tokens);
  Corpus(const Corpus&) = delete;  // views point into tokens
  Corpus& operator=(const Corpus&) = delete;

  const Algorithm algorithm;
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
// exp, scope (194 bytes); 311 characters signed, 355 in all for HS256. Built once.
const Corpus& valid_tokens(Algorithm algorithm);

// The same as HS256 tokens with one flaw. Built once for each flaw.
const Corpus& flawed_tokens(Flaw flaw);

// HS256 tokens of exactly `token_bytes` characters (150, or 250 and more, where base64url allows
// it): an array of roles fills what the claims leave, and below 300 only iss, aud and exp remain;
// below 200 the header also lacks typ. Built once for each size.
const Corpus& sized_tokens(size_t token_bytes);

// kNumTokens claims objects of exactly `bytes` bytes: those of valid_tokens() for 194; for 230 and
// more, with roles behind them.
std::vector<std::string> claims_texts(size_t bytes);

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
