// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// VerifiedToken: the claims of a token that a Verifier accepted. Only a Verifier makes one.

#ifndef SIMDJWT_VERIFIED_TOKEN_H_
#define SIMDJWT_VERIFIED_TOKEN_H_

#include <absl/functional/function_ref.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace simdjwt {

namespace jose {
struct JsonMember;
struct JsonObject;
class Claims;
}  // namespace jose
namespace internal {
struct ClaimAccess;
struct Pipeline;
}  // namespace internal

enum class JsonType : uint8_t { kNull, kBoolean, kNumber, kString, kArray, kObject };

// One claim's value. Views live as long as those of the token it came from; nothing allocates.
class Claim {
 public:
  [[nodiscard]] JsonType type() const noexcept;
  // The value as JSON text, escapes and all.
  [[nodiscard]] std::string_view raw_json() const noexcept;

  // The value as that type, or nullopt when it is another.
  [[nodiscard]] std::optional<std::string_view> string() const noexcept;  // unescaped
  [[nodiscard]] std::optional<bool> boolean() const noexcept;
  [[nodiscard]] std::optional<double> number() const noexcept;
  [[nodiscard]] std::optional<int64_t> integer()
      const noexcept;  // a number without fraction or exponent

  // Whether the value is an array with this string as an element.
  [[nodiscard]] bool has_element(std::string_view element) const noexcept;
  // Calls `visit` with every string among the elements of an array, unescaped, in their order. A
  // view is valid during its call only. Returns whether the value is an array of nothing but
  // strings; of one that is no array, it visits nothing.
  bool for_each_element(absl::FunctionRef<void(std::string_view)> visit) const;
  // Whether the value is a string with this word between blanks, as scope is (RFC 8693
  // section 4.2).
  [[nodiscard]] bool has_word(std::string_view word) const noexcept;

 private:
  friend class VerifiedToken;
  friend struct internal::ClaimAccess;
  Claim(const jose::JsonObject& object, const jose::JsonMember& member) noexcept
      : object_(&object), member_(&member) {}
  const jose::JsonObject* object_;
  const jose::JsonMember* member_;
};

// All accessors allocate nothing, and throw nothing but what a visitor throws. Views point into the
// Scratch (or, for the text of the token, to the caller's bytes) and die with the next call that
// uses the same Scratch; kid() lives in the KeySet. A claim that the token lacks is nullopt, never
// a magic value.
class VerifiedToken {
 public:
  [[nodiscard]] std::optional<std::string_view> iss() const noexcept;
  [[nodiscard]] std::optional<std::string_view> sub() const noexcept;
  [[nodiscard]] std::optional<std::string_view> jti() const noexcept;
  // Seconds since 1970. A fraction is rounded so that the token lives shorter: exp and iat down,
  // nbf up.
  [[nodiscard]] std::optional<int64_t> exp() const noexcept;
  [[nodiscard]] std::optional<int64_t> nbf() const noexcept;
  [[nodiscard]] std::optional<int64_t> iat() const noexcept;
  // Whether aud is, or contains, `audience`.
  [[nodiscard]] bool has_aud(std::string_view audience) const noexcept;
  // Calls `visit` with every audience, which may be one string or an array of them; see
  // Claim::for_each_element.
  void for_each_aud(absl::FunctionRef<void(std::string_view)> visit) const;

  // Any claim by its unescaped name. Linear in the number of claims.
  [[nodiscard]] std::optional<Claim> claim(std::string_view name) const noexcept;
  [[nodiscard]] size_t num_claims() const noexcept;
  // 0 <= index < num_claims(), in the order of the token.
  [[nodiscard]] std::string_view claim_name(size_t index) const noexcept;
  [[nodiscard]] Claim claim_at(size_t index) const noexcept;

  // The decoded payload: the claims JSON, or the bytes of a JWS checked by
  // Policy::signature_only(), of which the accessors above see no claims.
  [[nodiscard]] std::string_view payload() const noexcept { return payload_; }

  // The kid of the configured key that verified the token; empty if that key has none.
  [[nodiscard]] std::string_view kid() const noexcept { return kid_; }

 private:
  friend struct internal::Pipeline;
  VerifiedToken(std::string_view payload, std::string_view kid,
                const jose::Claims& claims) noexcept;

  std::string_view payload_;
  std::string_view kid_;
  const jose::Claims* claims_;
};

}  // namespace simdjwt

#endif  // SIMDJWT_VERIFIED_TOKEN_H_
