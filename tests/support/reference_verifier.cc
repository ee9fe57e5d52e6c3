// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "support/reference_verifier.h"

#include <simdjwt/limits.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <set>

#include "support/reference_json.h"
#include "support/token_forge.h"

namespace simdjwt::testing {
namespace {

std::vector<std::string> split_at_dots(std::string_view token) {
  std::vector<std::string> parts(1);
  for (const char c : token) {
    if (c == '.') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

bool has_duplicates(const JsonValue& object) {
  return std::set(object.names.begin(), object.names.end()).size() != object.names.size();
}

// An object within the bounds, or nullopt.
std::optional<JsonValue> read_object(std::string_view json) {
  std::optional<JsonValue> value = parse_json(json);
  if (!value || value->type != JsonType::kObject || value->names.size() > kMembersMax) return {};
  return value;
}

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

// --- Header ---

Verdict judge_crit(const JsonValue& header, const JsonValue& crit) {
  static const std::set<std::string> kRegistered = {
      "alg", "jku", "jwk",  "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty",
      "enc", "zip", "crit", "epk", "apu", "apv", "iv",  "tag",      "p2s", "p2c"};
  if (crit.type != JsonType::kArray || crit.elements.empty()) return Verdict::kCritMalformed;
  std::set<std::string> names;
  for (const JsonValue& name : crit.elements) {
    if (name.type != JsonType::kString || !names.insert(name.text).second ||
        header.find(name.text) == nullptr || kRegistered.contains(name.text)) {
      return Verdict::kCritMalformed;
    }
  }
  return Verdict::kCritUnsupported;
}

Verdict judge_header(const JsonValue& header) {
  VerdictSet failures;
  if (has_duplicates(header)) failures.add(Verdict::kDuplicateHeaderName);
  for (const char* name : {"alg", "kid", "typ", "cty"}) {
    const JsonValue* value = header.find(name);
    if (value && value->type != JsonType::kString) failures.add(Verdict::kBadHeaderParameter);
  }
  const JsonValue* kid = header.find("kid");
  if (kid && kid->text.size() > kKidBytesMax) failures.add(Verdict::kBadHeaderParameter);
  const JsonValue* alg = header.find("alg");
  if (!alg) {
    failures.add(Verdict::kAlgMissing);
  } else if (lower(alg->text) == "none") {
    failures.add(Verdict::kAlgNone);
  } else if (!parse_algorithm(alg->text)) {
    failures.add(Verdict::kAlgUnsupported);
  }
  if (const JsonValue* crit = header.find("crit")) failures.add(judge_crit(header, *crit));
  if (const JsonValue* b64 = header.find("b64")) {
    if (b64->type != JsonType::kBoolean) failures.add(Verdict::kBadHeaderParameter);
    if (b64->raw == "false") failures.add(Verdict::kUnencodedPayload);
  }
  return failures.first();
}

// --- Claims ---

std::optional<int64_t> read_date(const JsonValue& value, bool round_up) {
  if (value.type != JsonType::kNumber) return std::nullopt;
  errno = 0;
  double seconds = std::strtod(value.raw.c_str(), nullptr);
  if (errno == ERANGE) return std::nullopt;
  seconds = round_up ? std::ceil(seconds) : std::floor(seconds);
  if (seconds < 0 || seconds > static_cast<double>(kNumericDateMax)) return std::nullopt;
  return static_cast<int64_t>(seconds);
}

bool is_audience(const JsonValue& aud) {
  return aud.type == JsonType::kString ||
         (aud.type == JsonType::kArray &&
          std::all_of(aud.elements.begin(), aud.elements.end(),
                      [](const JsonValue& e) { return e.type == JsonType::kString; }));
}

bool has_audience(const JsonValue& aud, std::string_view wanted) {
  if (aud.type == JsonType::kString) return aud.text == wanted;
  return std::any_of(aud.elements.begin(), aud.elements.end(),
                     [&](const JsonValue& e) { return e.text == wanted; });
}

// Of a media type, what follows "application/", which may be left out where there is no other
// slash.
std::string bare_typ(const JsonValue& typ) {
  const std::string text = lower(typ.text);
  const std::string prefix = "application/";
  const bool has_prefix = text.size() > prefix.size() && text.starts_with(prefix) &&
                          text.find('/', prefix.size()) == text.npos;
  return has_prefix ? text.substr(prefix.size()) : text;
}

Verdict judge_claims(const ReferenceVerifier& verifier, const JsonValue& header,
                     const JsonValue& claims, int64_t now) {
  if (has_duplicates(claims)) return Verdict::kDuplicateClaim;
  VerdictSet failures;
  struct {
    const char* name;
    Verdict if_wrong;
  } constexpr kTexts[] = {
      {"iss", Verdict::kBadIss}, {"sub", Verdict::kBadSub}, {"jti", Verdict::kBadJti}};
  for (const auto& [name, if_wrong] : kTexts) {
    const JsonValue* value = claims.find(name);
    if (value && value->type != JsonType::kString) failures.add(if_wrong);
  }
  const JsonValue* aud = claims.find("aud");
  if (aud && !is_audience(*aud)) failures.add(Verdict::kBadAud);

  const auto date = [&](const char* name, bool round_up, Verdict if_wrong) {
    const JsonValue* value = claims.find(name);
    if (!value) return std::optional<int64_t>();
    const std::optional<int64_t> seconds = read_date(*value, round_up);
    if (!seconds) failures.add(if_wrong);
    return seconds;
  };
  const auto exp = date("exp", false, Verdict::kBadExp);
  const auto nbf = date("nbf", true, Verdict::kBadNbf);
  const auto iat = date("iat", false, Verdict::kBadIat);
  if (!failures.empty()) return failures.first();

  const int64_t leeway = verifier.leeway_seconds;
  const JsonValue* typ = header.find("typ");
  if (verifier.typ && !typ) return Verdict::kTypMissing;
  if (verifier.typ && bare_typ(*typ) != *verifier.typ) return Verdict::kTypMismatch;
  if (!exp && verifier.exp_required) return Verdict::kExpMissing;
  if (exp && now >= *exp + leeway) return Verdict::kExpired;
  if (nbf && now < *nbf - leeway) return Verdict::kNotYetValid;
  if (iat && now < *iat - leeway) return Verdict::kIssuedInFuture;
  if (verifier.max_age_seconds && !iat) return Verdict::kIatMissing;
  if (verifier.max_age_seconds && now > *iat + *verifier.max_age_seconds + leeway) {
    return Verdict::kTooOld;
  }
  const JsonValue* iss = claims.find("iss");
  if (verifier.iss && !iss) return Verdict::kIssMissing;
  if (verifier.iss && iss->text != *verifier.iss) return Verdict::kIssMismatch;
  if (verifier.aud && !aud) return Verdict::kAudMissing;
  if (verifier.aud && !has_audience(*aud, *verifier.aud)) return Verdict::kAudMismatch;
  if (!verifier.expected_claim.empty()) {
    const JsonValue* value = claims.find(verifier.expected_claim);
    if (!value) return Verdict::kClaimMissing;
    const bool is_string = value->type == JsonType::kString;
    if (!is_string || value->text != verifier.expected_value) return Verdict::kClaimMismatch;
  }
  const std::string& forbidden = verifier.forbidden_claim;
  if (!forbidden.empty() && claims.find(forbidden)) return Verdict::kClaimForbidden;
  if (verifier.revocations == nullptr) return Verdict::kValid;
  const auto text = [&](const char* name) {
    const JsonValue* value = claims.find(name);
    return value ? std::optional(value->text) : std::nullopt;
  };
  return verifier.revocations->refuses({text("iss"), text("sub"), text("jti"), iat},
                                       verifier.account)
             ? Verdict::kRevoked
             : Verdict::kValid;
}

// --- Keys ---

// Those of the issuer that unsigned claims name.
std::vector<ReferenceKey> keys_of_issuer(const std::vector<ReferenceKey>& keys,
                                         const std::string& claims_json) {
  const auto claims = read_object(claims_json);
  const JsonValue* iss = claims && !has_duplicates(*claims) ? claims->find("iss") : nullptr;
  std::vector<ReferenceKey> found;
  if (iss == nullptr || iss->type != JsonType::kString) return found;
  std::copy_if(keys.begin(), keys.end(), std::back_inserter(found),
               [iss](const ReferenceKey& key) { return key.issuer == iss->text; });
  return found;
}

bool is_active(const KeyPeriod& period, int64_t now) {
  return period.not_before <= now && now < period.not_after;
}

std::vector<ReferenceKey> candidates(const std::vector<ReferenceKey>& keys, const JsonValue* kid) {
  std::vector<ReferenceKey> named;
  std::vector<ReferenceKey> nameless;
  for (const ReferenceKey& key : keys) {
    if (kid && !key.kid.empty() && key.kid == kid->text) named.push_back(key);
    if (key.kid.empty()) nameless.push_back(key);
  }
  if (!named.empty()) return named;
  if (kid || !nameless.empty()) return nameless;
  return keys.size() <= kKeyTriesMax ? keys : std::vector<ReferenceKey>();
}

}  // namespace

std::optional<std::string> reference_base64url_decode(std::string_view text) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string bytes;
  uint32_t window = 0;
  int num_bits = 0;
  for (const char c : text) {
    const size_t value = kAlphabet.find(c);
    if (value == kAlphabet.npos) return std::nullopt;
    window = window << 6 | static_cast<uint32_t>(value);
    num_bits += 6;
    if (num_bits >= 8) {
      num_bits -= 8;
      bytes += static_cast<char>(window >> num_bits);
    }
  }
  // The one spelling of these bytes, or none: this covers lengths and stray bits alike.
  if (base64url(bytes) != text) return std::nullopt;
  return bytes;
}

Verdict ReferenceVerifier::verify(std::string_view token, int64_t now) const {
  if (token.size() > kTokenBytesMax) return Verdict::kTokenTooLarge;
  const std::vector<std::string> parts = split_at_dots(token);
  if (parts.size() == 5) return Verdict::kEncryptedToken;
  if (parts.size() != 3) return Verdict::kNotCompactJws;
  for (const std::string& part : parts) {
    if (part.empty()) return Verdict::kNotCompactJws;
  }
  if (parts[0].size() > kHeaderCharsMax) return Verdict::kHeaderTooLarge;
  const auto header_json = reference_base64url_decode(parts[0]);
  const auto claims_json = reference_base64url_decode(parts[1]);
  const auto signature = reference_base64url_decode(parts[2]);
  if (!header_json || !claims_json || !signature) return Verdict::kBadBase64url;

  const auto header = read_object(*header_json);
  if (!header) return Verdict::kBadHeaderJson;
  const Verdict header_verdict = judge_header(*header);
  if (header_verdict != Verdict::kValid) return header_verdict;

  std::vector<ReferenceKey> usable =
      candidates(by_issuer ? keys_of_issuer(keys, *claims_json) : keys, header->find("kid"));
  if (usable.empty()) return Verdict::kNoMatchingKey;
  const std::string& alg = header->find("alg")->text;
  std::erase_if(usable, [&](const ReferenceKey& key) { return to_string(key.algorithm) != alg; });
  if (usable.empty()) return Verdict::kAlgMismatch;
  const bool is_early = now < usable[0].period.not_before;
  std::erase_if(usable, [&](const ReferenceKey& key) { return !is_active(key.period, now); });
  if (usable.empty()) return is_early ? Verdict::kKeyNotYetActive : Verdict::kKeyExpired;
  if (signature->size() != signature_bytes(usable[0].algorithm)) {
    return Verdict::kBadSignatureLength;
  }
  const std::string signing_input = parts[0] + '.' + parts[1];
  const bool verifies = std::any_of(usable.begin(), usable.end(), [&](const ReferenceKey& key) {
    return hmac_tag(key.algorithm, key.secret, signing_input) == *signature;
  });
  if (!verifies) return Verdict::kBadSignature;

  const auto claims = read_object(*claims_json);
  return claims ? judge_claims(*this, *header, *claims, now) : Verdict::kBadClaimsJson;
}

}  // namespace simdjwt::testing
