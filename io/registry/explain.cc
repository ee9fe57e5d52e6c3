// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/explain.h"

#include <absl/strings/str_cat.h>

#include <utility>

#include "registry/field.h"
#include "registry/jti.h"
#include "registry/troubles.h"
#include "serve/text.h"
#include "simdjwt/token.h"
#include "words/claims.h"
#include "words/text.h"
#include "words/times.h"
#include "words/unverified.h"

namespace simdjwt::registry {
namespace {

using serve::Outcome;
using State = Step::State;

// The check that a verdict other than kValid is about.
Check check_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kRevoked:
      return Check::kRevocation;
    case Verdict::kRefreshToken:
      return Check::kKind;
    case Verdict::kNotRegistered:
      return Check::kRegistration;
    case Verdict::kNotAssociated:
      return Check::kAssociation;
    default:
      break;
  }
  switch (class_of(verdict)) {
    case VerdictClass::kWrongFormat:
      return Check::kFormat;
    case VerdictClass::kBadHeader:
      return Check::kHeader;
    case VerdictClass::kExpired:
    case VerdictClass::kNotYetValid:
      return Check::kDates;
    case VerdictClass::kClaimsRejected:
      return Check::kClaims;
    default:
      return Check::kSignature;
  }
}

// --- Facts in words ---

std::string secret_text(const SecretInfo& secret, int64_t now) {
  const std::string kind =
      secret.kid.empty() ? "secret" : serve::concat(to_string(secret.algorithm), " key");
  std::string text =
      absl::StrCat("the ", secret.valid_until ? kind + " before" : "current " + kind,
                   ", generation ", secret.generation,
                   secret.kid.empty() ? "" : absl::StrCat(", kid ", words::quote(secret.kid)));
  if (secret.valid_until) {
    absl::StrAppend(&text, *secret.valid_until > now ? ", which counts until " : ", which ended ",
                    words::utc_and_distance(*secret.valid_until, now));
  }
  return text;
}

std::string scope_text(const NotBefore& epoch) {
  switch (epoch.scope) {
    case EpochScope::kAll:
      return "all tokens";
    case EpochScope::kIssuer:
      return "the tokens of its issuer";
    case EpochScope::kAccount:
      return "the account's tokens";
    case EpochScope::kSubject:
      return "the tokens of its subject";
  }
  return "";
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) absl::StrAppend(&text, text.empty() ? "" : ", ", name);
  return text;
}

// The header's parameter of this name, if it is a string.
std::optional<std::string> header_text(std::string_view token, std::string_view name) {
  const absl::StatusOr<UnverifiedToken> unverified = decode_unverified(token);
  if (!unverified.ok()) return std::nullopt;
  const std::vector<words::JsonMember> header = words::json_members(unverified->header_json);
  const words::JsonMember* const member = words::find_member(header, name);
  return member == nullptr ? std::nullopt : member->string();
}

// Whether a check tries the token by this one: its header says which algorithm, and of keys which.
bool is_tried(const SecretInfo& secret, std::string_view token) {
  return header_text(token, "alg") == to_string(secret.algorithm) &&
         (secret.kid.empty() || header_text(token, "kid").value_or(secret.kid) == secret.kid);
}

// Whether it is by its kid that a token goes to secrets, which are for another algorithm, while the
// account has keys for that of the token.
bool lacks_its_key(Verdict verdict, const KeySet& keys, std::string_view token) {
  const std::optional<std::string> alg = header_text(token, "alg");
  const std::optional<std::string> kid = header_text(token, "kid");
  if (verdict != Verdict::kAlgMismatch || !kid) return false;
  bool has_key = false;
  for (size_t i = 0; i < keys.num_keys(); ++i) {
    if (keys.key(i).kid() == *kid) return false;
    has_key |= !keys.key(i).kid().empty() && to_string(keys.key(i).algorithm()) == alg;
  }
  return has_key;
}

// --- The explanation ---

class Explainer {
 public:
  Explainer(Store& store, const Question& question, int64_t now)
      : store_(store),
        question_(question),
        now_(now),
        signature_verifier_(question.verifier.keys(), Policy::signature_only()) {}

  absl::StatusOr<Explanation> explain();

 private:
  void explain_missing(const Field& field);
  absl::Status explain_token(std::string_view token);
  absl::Status gather(std::string_view token, Verdict verdict);
  absl::Status gather_registered();

  std::string passed(Check check, std::string_view token) const;
  std::string registration() const;
  absl::Status fail(Step& step, Verdict verdict, std::string_view token);
  absl::Status fail_signature(Step& step, std::string_view token);
  std::string signer_text() const;
  absl::Status fail_revocation(Step& step);
  void fail_registration(Step& step) const;

  std::string text_of(std::string_view claim) const;
  bool is_signers_account() const { return out_.signer->account.id == question_.account.id; }

  Store& store_;
  const Question& question_;
  const int64_t now_;
  const Verifier signature_verifier_;
  Scratch scratch_;
  words::TokenContents contents_;  // once the signature is known to be right
  std::optional<Account> other_owner_;
  Explanation out_;
};

absl::StatusOr<Explanation> Explainer::explain() {
  std::string_view token = question_.text;
  bool has_token = true;
  if (question_.is_field) {
    const Field field = split_field(question_.text);
    const serve::Credentials credentials = credentials_in(field);
    token = credentials.token;
    has_token = credentials.kind == serve::Credentials::Kind::kToken;
    if (!has_token) explain_missing(field);
  }
  if (has_token) {
    if (absl::Status s = explain_token(token); !s.ok()) return s;
  }
  if (!question_.server.authenticates) out_.outcome = Outcome::kAnonymous;
  const bool is_others = other_owner_ || (out_.signer && !is_signers_account());
  const Trouble trouble = trouble_of(out_.outcome, out_.verdict, question_.is_field, is_others);
  out_.heading = trouble.heading;
  out_.advice = trouble.advice;
  return std::move(out_);
}

void Explainer::explain_missing(const Field& field) {
  out_.outcome = Outcome::kMissing;
  out_.steps.push_back({.check = Check::kAuthorization,
                        .state = State::kFailed,
                        .expected = "Authorization: Bearer TOKEN",
                        .found = why_no_token(field)});
}

absl::Status Explainer::explain_token(std::string_view token) {
  const VerifyResult result = question_.verifier.verify(token, scratch_, now_);
  const Verdict verdict = result.verdict();
  out_.verdict = verdict;
  out_.outcome = serve::outcome_of(token, result, question_.verifier.policy());
  if (absl::Status s = gather(token, verdict); !s.ok()) return s;

  const bool is_valid = verdict == Verdict::kValid;
  const bool is_no_field = question_.is_field && out_.outcome == Outcome::kMalformedRequest;
  const Check failed = is_no_field ? Check::kAuthorization : check_of(verdict);
  const Check first = question_.is_field ? Check::kAuthorization : Check::kFormat;
  for (auto check = first; check <= Check::kAssociation;
       check = static_cast<Check>(static_cast<uint8_t>(check) + 1)) {
    Step step{.check = check};
    if (is_valid || check < failed) {
      step.state = State::kPassed;
      step.found = passed(check, token);
    } else if (check == failed) {
      step.state = State::kFailed;
      if (absl::Status s = fail(step, verdict, token); !s.ok()) return s;
    }
    out_.steps.push_back(std::move(step));
  }
  return absl::OkStatus();
}

// Reads what there is to be known, of a token whose form is right.
absl::Status Explainer::gather(std::string_view token, Verdict verdict) {
  const bool has_no_key = verdict == Verdict::kNoMatchingKey || verdict == Verdict::kAlgMismatch ||
                          verdict == Verdict::kKeyExpired;
  if (verdict != Verdict::kValid && verdict < Verdict::kBadSignature && !has_no_key) {
    return absl::OkStatus();
  }
  absl::StatusOr<std::optional<TokenSigner>> signer =
      store_.find_signer(question_.account.id, token);
  if (!signer.ok()) return signer.status();
  if (*signer && ((*signer)->account.id == question_.account.id || question_.tells_of_others)) {
    out_.signer = *std::move(signer);
  }
  if (verdict == Verdict::kBadSignature || has_no_key) return absl::OkStatus();
  contents_ = words::read_signed(signature_verifier_, token, scratch_, now_);
  if (verdict == Verdict::kBadClaimsJson || contents_.payload.empty()) return absl::OkStatus();
  out_.claims_json = words::format_json(contents_.payload, words::JsonLayout::kOneLine);
  return gather_registered();
}

absl::Status Explainer::gather_registered() {
  const std::string jti = text_of("jti");
  if (!index_of_jti(jti)) return absl::OkStatus();
  absl::StatusOr<Token> token = store_.find_token(question_.account.id, jti);
  if (token.ok()) {
    out_.token = *std::move(token);
    return absl::OkStatus();
  }
  if (!absl::IsNotFound(token.status())) return token.status();
  if (!question_.tells_of_others) return absl::OkStatus();
  absl::StatusOr<std::optional<Account>> owner = store_.find_owner(jti);
  if (!owner.ok()) return owner.status();
  other_owner_ = *std::move(owner);
  return absl::OkStatus();
}

std::string Explainer::text_of(std::string_view claim) const {
  const words::JsonMember* member = words::find_member(contents_.claims, claim);
  return member == nullptr ? "" : member->string().value_or("");
}

std::string Explainer::passed(Check check, std::string_view token) const {
  switch (check) {
    case Check::kAuthorization:
      return absl::StrCat("Bearer and ", words::with_thousands(token.size()), " characters");
    case Check::kFormat:
      return "three parts of base64url";
    case Check::kHeader: {
      const absl::StatusOr<UnverifiedToken> decoded = decode_unverified(token);
      if (!decoded.ok()) return "";
      return words::shortened(
          words::format_json(decoded->header_json, words::JsonLayout::kOneLine));
    }
    case Check::kSignature:
      return out_.signer && is_signers_account()
                 ? absl::StrCat("by ", secret_text(out_.signer->secret, now_))
                 : "by a secret or key of the account";
    case Check::kClaims:
      return words::shortened(out_.claims_json);
    case Check::kDates: {
      const words::JsonMember* exp = words::find_member(contents_.claims, "exp");
      if (exp == nullptr || !exp->time()) return "never expires";
      return absl::StrCat("expires ", words::utc_and_distance(*exp->time(), now_));
    }
    case Check::kRevocation:
      return "not revoked";
    case Check::kKind:
      return "no refresh token";
    case Check::kRegistration:
      return registration();
    case Check::kAssociation:
      return out_.token ? absl::StrCat("with ", joined(out_.token->servers)) : "none is needed";
  }
  return "";
}

std::string Explainer::registration() const {
  if (!out_.token) return "not the registry's; the account takes what its own services sign";
  return absl::StrCat(words::quote(out_.token->description), ", issued ",
                      words::utc_and_distance(out_.token->created, now_));
}

absl::Status Explainer::fail(Step& step, Verdict verdict, std::string_view token) {
  words::Finding finding;
  switch (step.check) {
    case Check::kAuthorization:
      step.expected = "Authorization: Bearer TOKEN";
      step.found = why_malformed(token);
      return absl::OkStatus();
    case Check::kSignature:
      if (verdict == Verdict::kBadSignature) return fail_signature(step, token);
      [[fallthrough]];
    case Check::kFormat:
    case Check::kHeader:
      if (verdict > Verdict::kBadSignature) return absl::OkStatus();  // it could not be judged
      if (lacks_its_key(verdict, question_.verifier.keys(), token)) {
        verdict = Verdict::kNoMatchingKey;
      }
      finding = words::explain_unverified(verdict, question_.verifier.keys(), token);
      if (out_.signer) absl::StrAppend(&finding.found, ", of ", signer_text());
      break;
    case Check::kClaims:
    case Check::kDates:
      finding =
          words::explain_claim(verdict, words::expected_by_all(verdict, now_, 0), contents_, now_);
      break;
    case Check::kRevocation:
      return fail_revocation(step);
    case Check::kKind:
      step.subject = "token_type";
      step.expected = "none, or another than \"refresh\"";
      step.found = "\"refresh\"";
      return absl::OkStatus();
    case Check::kRegistration:
      fail_registration(step);
      return absl::OkStatus();
    case Check::kAssociation:
      step.expected = absl::StrCat("associated with ", question_.server.name);
      step.found = !out_.token || out_.token->servers.empty()
                       ? "with no server"
                       : absl::StrCat("with ", joined(out_.token->servers));
      return absl::OkStatus();
  }
  step.subject = std::move(finding.subject);
  step.expected = std::move(finding.expected);
  step.found = std::move(finding.found);
  return absl::OkStatus();
}

std::string Explainer::signer_text() const {
  return absl::StrCat(secret_text(out_.signer->secret, now_),
                      is_signers_account() ? "" : ", of the account ",
                      is_signers_account() ? "" : out_.signer->account.name);
}

absl::Status Explainer::fail_signature(Step& step, std::string_view token) {
  const absl::StatusOr<std::vector<SecretInfo>> secrets = store_.secrets(question_.account.id);
  if (!secrets.ok()) return secrets.status();
  std::vector<std::string> good;
  for (const SecretInfo& secret : *secrets) {
    if (secret.valid_until.value_or(kNever) > now_ && is_tried(secret, token)) {
      good.push_back(secret_text(secret, now_));
    }
  }
  step.expected = good.empty()
                      ? absl::StrCat("a secret of ", question_.account.name, ", who has none")
                      : absl::StrCat("by ", words::alternatives(good));
  if (out_.signer) {
    step.found =
        absl::StrCat("by ",
                     out_.signer->is_decoded
                         ? "the bytes that the secret's text encodes, instead of the text, of "
                         : "",
                     signer_text());
    return absl::OkStatus();
  }
  // Of the account's token that it says it is, whether it has all but the signature.
  const absl::StatusOr<UnverifiedToken> unverified = decode_unverified(token);
  if (!unverified.ok()) return absl::OkStatus();
  const std::vector<words::JsonMember> claims = words::json_members(unverified->payload);
  const words::JsonMember* member = words::find_member(claims, "jti");
  const std::string jti = member == nullptr ? "" : member->string().value_or("");
  step.found = "by none of these: another secret, or a token that was changed";
  if (!index_of_jti(jti)) return absl::OkStatus();
  const absl::StatusOr<Token> like = store_.find_token(question_.account.id, jti);
  if (absl::IsNotFound(like.status())) return absl::OkStatus();
  if (!like.ok()) return like.status();
  if (like->claims_json != unverified->payload) {
    step.found = absl::StrCat("by none of these: other claims than those of the token ", jti);
  } else if (like->secret_valid_until <= now_) {
    step.found = absl::StrCat("that of the token ", jti, ", perhaps, whose secret, generation ",
                              like->secret_generation, ", was replaced");
  } else {
    step.found = absl::StrCat("by none of these, though the claims are those of the token ", jti);
  }
  return absl::OkStatus();
}

absl::Status Explainer::fail_revocation(Step& step) {
  step.expected = "not revoked";
  if (out_.token && out_.token->revoked) {
    const Revocation& revoked = *out_.token->revoked;
    step.found = absl::StrCat(
        "revoked ", words::utc_and_distance(revoked.time, now_),
        revoked.reason.empty() ? "" : absl::StrCat(": ", words::quote(revoked.reason)));
    return absl::OkStatus();
  }
  step.subject = "jti";
  const absl::StatusOr<std::optional<int64_t>> foreign =
      store_.find_foreign_revocation(question_.account.id, text_of("jti"));
  if (!foreign.ok()) return foreign.status();
  if (*foreign) {
    step.found = absl::StrCat("revoked ", words::utc_and_distance(**foreign, now_));
    return absl::OkStatus();
  }
  const absl::StatusOr<std::optional<NotBefore>> epoch =
      store_.find_not_before(question_.account.id, text_of("iss"), text_of("sub"));
  if (!epoch.ok()) return epoch.status();
  if (!*epoch) return absl::OkStatus();
  const words::JsonMember* iat = words::find_member(contents_.claims, "iat");
  step.subject = "iat";
  step.expected = absl::StrCat("not before ", words::utc((*epoch)->time), ", as ",
                               scope_text(**epoch), " from before are revoked");
  step.found =
      iat == nullptr || !iat->time() ? "none" : words::utc_and_distance(*iat->time(), now_);
  return absl::OkStatus();
}

void Explainer::fail_registration(Step& step) const {
  step.subject = "jti";
  step.expected =
      absl::StrCat("that of a token which the registry issued to ", question_.account.name);
  words::Finding finding;
  words::set_found(finding, words::find_member(contents_.claims, "jti"));
  step.found = std::move(finding.found);
  if (other_owner_) {
    absl::StrAppend(&step.found, ", that of a token of the account ", other_owner_->name);
  }
}

}  // namespace

absl::StatusOr<Explanation> explain(Store& store, const Question& question, int64_t now) {
  return Explainer(store, question, now).explain();
}

}  // namespace simdjwt::registry
