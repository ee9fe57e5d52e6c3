// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Every bound of the engine, in one place. A token that exceeds one is refused with a verdict of
// its own; a configuration that exceeds one does not build.

#ifndef SIMDJWT_LIMITS_H_
#define SIMDJWT_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace simdjwt {

// Longest token, in characters.
inline constexpr size_t kTokenBytesMax = 8192;

// Longest header, in base64url characters.
inline constexpr size_t kHeaderCharsMax = 2048;

// Most members of the header or of the claims object, names and values of nested ones not counted.
inline constexpr size_t kMembersMax = 128;

// Deepest nesting of JSON containers, the outer object included.
inline constexpr size_t kJsonDepthMax = 64;

// Longest key identifier, in bytes, of a key or a token.
inline constexpr size_t kKidBytesMax = 256;

// Keys that one token without a known kid may be tried against.
inline constexpr size_t kKeyTriesMax = 8;

// Largest clock skew a policy may forgive.
inline constexpr int64_t kLeewaySecondsMax = 600;

// NumericDates run from 1970 to the last second of 9999: later ones are milliseconds or mistakes.
inline constexpr int64_t kNumericDateMax = 253402300799;

// Checks a policy may hold beside those of the registered claims.
inline constexpr size_t kClaimRulesMax = 64;

// HMAC keys have at least as many bytes as the hash (RFC 7518 section 3.2).
inline constexpr size_t kHs256KeyBytesMin = 32;
inline constexpr size_t kHs384KeyBytesMin = 48;
inline constexpr size_t kHs512KeyBytesMin = 64;
inline constexpr size_t kHmacKeyBytesMax = 4096;

// RSA keys have 2048 bits or more (RFC 7518 sections 3.3 and 3.5); larger ones, and larger public
// exponents, would let whoever publishes a key choose what a verification costs.
inline constexpr size_t kRsaBitsMin = 2048;
inline constexpr size_t kRsaBitsMax = 8192;
inline constexpr uint64_t kRsaExponentMax = 0xffffffff;

// One key or certificate in PEM or DER.
inline constexpr size_t kPemBytesMax = 64 * 1024;

// A signed document that is no token.
inline constexpr size_t kDocumentBytesMax = 4 * 1024 * 1024;

// A JWK Set document.
inline constexpr size_t kJwksBytesMax = 4 * 1024 * 1024;

static_assert(kHeaderCharsMax < kTokenBytesMax, "a header leaves room for claims and signature");
static_assert(kTokenBytesMax < kDocumentBytesMax, "documents are larger than tokens");
static_assert(kTokenBytesMax <= 0xffff, "offsets into a token fit 16 bits");
static_assert(kKidBytesMax < kHeaderCharsMax / 4 * 3, "a kid fits into a header");
static_assert(kHs256KeyBytesMin <= kHs384KeyBytesMin && kHs384KeyBytesMin <= kHs512KeyBytesMin &&
                  kHs512KeyBytesMin <= kHmacKeyBytesMax,
              "key bounds follow the hash lengths");
static_assert(kRsaBitsMax / 8 * 4 / 3 < kTokenBytesMax / 4, "a signature leaves room for claims");

}  // namespace simdjwt

#endif  // SIMDJWT_LIMITS_H_
