// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/issue.h"

#include <simdjson.h>

#include <utility>

#include "registry/account_key.h"
#include "registry/names.h"
#include "serve/json_text.h"
#include "simdjwt/limits.h"
#include "simdjwt/signer.h"

namespace simdjwt::registry {
namespace {

absl::Status invalid(std::string message) { return absl::InvalidArgumentError(std::move(message)); }

// The members of the object as text. Fails for what is no object, and for one with what the
// registry itself sets.
absl::StatusOr<std::string> custom_members(const std::string& json) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(json).get_object().get(object) != simdjson::SUCCESS) {
    return invalid("the custom claims are no JSON object");
  }
  std::string members;
  for (const auto member : object) {
    if (member.key == "jti" || member.key == "iat" || member.key == "exp") {
      return invalid("the custom claims have " + std::string(member.key) +
                     ", which the registry sets");
    }
  }
  // As they were written, down to the spelling of numbers.
  const size_t begin = json.find('{') + 1;
  const std::string_view inside = std::string_view(json).substr(begin, json.rfind('}') - begin);
  if (object.size() == 0) return std::string();
  return std::string(inside);
}

bool has_member(const std::string& json, std::string_view name) {
  simdjson::dom::parser parser;
  return parser.parse(json)[name].error() == simdjson::SUCCESS;
}

bool is_user_id(const std::string& json) {
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  if (parser.parse(json).get(element) != simdjson::SUCCESS) return false;
  return element.is_string() || element.is_int64() || element.is_uint64();
}

absl::Status check_life(const TokenRequest& request, const LifePolicy& life, int64_t now) {
  if (!request.expires) {
    if (request.claims == Template::kDjango) {
      return invalid("Django's simplejwt rejects tokens that never expire: choose an expiry");
    }
    return life.may_be_indefinite ? absl::OkStatus()
                                  : invalid("the account's policy demands that tokens expire");
  }
  if (*request.expires > kNumericDateMax) return invalid("the expiry is later than the year 9999");
  if (*request.expires <= now) return invalid("the expiry is not in the future");
  const int64_t seconds = *request.expires - now;
  if (seconds < life.seconds_min) {
    return invalid("the account's policy demands a life of at least " +
                   std::to_string(life.seconds_min) + " seconds");
  }
  if (life.seconds_max && seconds > *life.seconds_max) {
    return invalid("the account's policy allows a life of at most " +
                   std::to_string(*life.seconds_max) + " seconds");
  }
  return absl::OkStatus();
}

// The texts that become claims; absent ones are fine.
absl::Status check_texts(const TokenRequest& request) {
  constexpr size_t kTextBytesMax = 1024;
  std::vector<std::pair<std::string_view, std::string_view>> texts = {{"sub", request.sub},
                                                                      {"scope", request.scope}};
  for (const std::string& audience : request.audiences) {
    if (audience.empty()) return invalid("an aud is empty");
    texts.emplace_back("aud", audience);
  }
  for (const auto& [name, text] : texts) {
    if (text.empty()) continue;
    if (absl::Status s = check_text(name, text, kTextBytesMax); !s.ok()) return s;
  }
  return check_text("description", request.description, kDescriptionBytesMax);
}

// Puts members together; the text is one line of JSON.
class ClaimsWriter {
 public:
  void add_json(std::string_view name, std::string_view json) {
    separate();
    serve::append_json_string(text_, name);
    text_.append(":").append(json);
  }
  void add(std::string_view name, std::string_view value) {
    separate();
    serve::append_json_string(text_, name);
    text_ += ':';
    serve::append_json_string(text_, value);
  }
  void add(std::string_view name, int64_t value) { add_json(name, std::to_string(value)); }
  void add_members(std::string_view members) {
    if (members.empty()) return;
    separate();
    text_ += members;
  }
  [[nodiscard]] std::string take() && { return std::move(text_) + '}'; }

 private:
  void separate() { text_ += text_.empty() ? '{' : ','; }
  std::string text_;
};

// A string, or an array where there are several (RFC 7519 section 4.1.3).
std::string audience_json(const std::vector<std::string>& audiences) {
  std::string json;
  for (const std::string& audience : audiences) {
    json += json.empty() ? "" : ",";
    serve::append_json_string(json, audience);
  }
  return audiences.size() == 1 ? json : '[' + json + ']';
}

}  // namespace

absl::Status check_request(const TokenRequest& request, const LifePolicy& life, int64_t now) {
  if (absl::Status s = check_texts(request); !s.ok()) return s;
  if (request.claims == Template::kDjango && !is_user_id(request.user_id)) {
    return invalid("Django's simplejwt needs a user_id, an integer or a string");
  }
  if (request.claims != Template::kDjango && !request.user_id.empty()) {
    return invalid("a user_id is for the Django template");
  }
  if (request.claims == Template::kCustom) {
    if (auto members = custom_members(request.custom_claims); !members.ok()) {
      return members.status();
    }
    if (!request.sub.empty() || !request.audiences.empty() || !request.scope.empty()) {
      return invalid("with custom claims, sub, aud and scope are for them to say");
    }
  } else if (!request.custom_claims.empty()) {
    return invalid("custom claims are for the Custom template");
  }
  return check_life(request, life, now);
}

std::string make_claims(const TokenRequest& request, std::string_view issuer,
                        const Account& account, std::string_view jti, int64_t now,
                        std::string_view status) {
  ClaimsWriter claims;
  if (request.claims != Template::kCustom) {
    claims.add("iss", issuer);
    claims.add("sub", request.sub.empty() ? account.name : request.sub);
    if (!request.audiences.empty()) claims.add_json("aud", audience_json(request.audiences));
  }
  claims.add("jti", jti);
  claims.add("iat", now);
  if (request.expires) claims.add("exp", *request.expires);
  if (!request.scope.empty()) claims.add("scope", request.scope);
  if (request.claims == Template::kDjango) {
    claims.add("token_type", "access");
    claims.add_json("user_id", request.user_id);
  }
  if (request.claims == Template::kCustom) {
    claims.add_members(*custom_members(request.custom_claims));
    if (has_member(request.custom_claims, "status")) status = "";
  }
  if (!status.empty()) claims.add_json("status", status);
  return std::move(claims).take();
}

absl::StatusOr<std::string> sign_token(Algorithm algorithm, const SecretText& secret,
                                       std::string_view claims_json) {
  absl::StatusOr<Key> key = key_of(algorithm, secret.view());
  if (!key.ok()) return key.status();
  const absl::StatusOr<Signer> signer = Signer::create(*std::move(key));
  if (!signer.ok()) return signer.status();
  return signer->sign_claims(claims_json);
}

}  // namespace simdjwt::registry
