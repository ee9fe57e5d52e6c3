// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include <simdjwt/limits.h>
#include <simdjwt/verified_token.h>

#include <charconv>

#include "jose/claims.h"
#include "jose/json_object.h"
#include "jose/json_string.h"

namespace simdjwt {
namespace {

template <class Number>
std::optional<Number> parse_whole(std::string_view text) noexcept {
  Number value{};
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return value;
}

// Apart, so that only strings with escapes need the room.
[[gnu::noinline]] void visit_unescaped(std::string_view escaped,
                                       absl::FunctionRef<void(std::string_view)> visit) {
  char unescaped[kTokenBytesMax];
  char* const end = jose::unescape_json_string(unescaped, escaped);
  visit({unescaped, static_cast<size_t>(end - unescaped)});
}

}  // namespace

JsonType Claim::type() const noexcept { return member_->type; }

std::string_view Claim::raw_json() const noexcept { return object_->raw(*member_); }

std::optional<std::string_view> Claim::string() const noexcept {
  if (member_->type != JsonType::kString) return std::nullopt;
  return object_->string(*member_);
}

std::optional<bool> Claim::boolean() const noexcept {
  if (member_->type != JsonType::kBoolean) return std::nullopt;
  return raw_json() == "true";
}

std::optional<double> Claim::number() const noexcept {
  if (member_->type != JsonType::kNumber) return std::nullopt;
  return parse_whole<double>(raw_json());
}

std::optional<int64_t> Claim::integer() const noexcept {
  if (member_->type != JsonType::kNumber) return std::nullopt;
  return parse_whole<int64_t>(raw_json());
}

bool Claim::has_element(std::string_view element) const noexcept {
  if (member_->type != JsonType::kArray) return false;
  for (jose::JsonStrings strings(raw_json()); strings.next();) {
    if (jose::json_string_equals(strings.escaped(), element)) return true;
  }
  return false;
}

bool Claim::for_each_element(absl::FunctionRef<void(std::string_view)> visit) const {
  if (member_->type != JsonType::kArray) return false;
  jose::JsonStrings strings(raw_json());
  while (strings.next()) {
    const bool is_plain = strings.escaped().find('\\') == std::string_view::npos;
    is_plain ? visit(strings.escaped()) : visit_unescaped(strings.escaped(), visit);
  }
  return strings.all_strings();
}

bool Claim::has_word(std::string_view word) const noexcept {
  std::string_view rest = string().value_or(std::string_view());
  while (!rest.empty()) {
    const size_t blank = rest.find(' ');
    if (!word.empty() && rest.substr(0, blank) == word) return true;
    rest = blank == std::string_view::npos ? std::string_view() : rest.substr(blank + 1);
  }
  return false;
}

VerifiedToken::VerifiedToken(std::string_view payload, std::string_view kid,
                             const jose::Claims& claims) noexcept
    : payload_(payload), kid_(kid), claims_(&claims) {}

std::optional<std::string_view> VerifiedToken::iss() const noexcept { return claims_->iss(); }
std::optional<std::string_view> VerifiedToken::sub() const noexcept { return claims_->sub(); }
std::optional<std::string_view> VerifiedToken::jti() const noexcept { return claims_->jti(); }
std::optional<int64_t> VerifiedToken::exp() const noexcept { return claims_->exp(); }
std::optional<int64_t> VerifiedToken::nbf() const noexcept { return claims_->nbf(); }
std::optional<int64_t> VerifiedToken::iat() const noexcept { return claims_->iat(); }

bool VerifiedToken::has_aud(std::string_view audience) const noexcept {
  return claims_->has_aud(audience);
}

void VerifiedToken::for_each_aud(absl::FunctionRef<void(std::string_view)> visit) const {
  const std::optional<Claim> aud = claim("aud");
  if (!aud) return;
  if (const std::optional<std::string_view> one = aud->string()) return visit(*one);
  aud->for_each_element(visit);
}

std::optional<Claim> VerifiedToken::claim(std::string_view name) const noexcept {
  const jose::JsonMember* const member = claims_->object().find(name);
  if (member == nullptr) return std::nullopt;
  return Claim(claims_->object(), *member);
}

size_t VerifiedToken::num_claims() const noexcept { return claims_->object().members.size(); }

std::string_view VerifiedToken::claim_name(size_t index) const noexcept {
  return claims_->object().name(claims_->object().members[index]);
}

Claim VerifiedToken::claim_at(size_t index) const noexcept {
  return Claim(claims_->object(), claims_->object().members[index]);
}

}  // namespace simdjwt
