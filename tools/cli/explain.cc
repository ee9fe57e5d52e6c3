// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cli/explain.h"

#include <simdjwt/limits.h>
#include <simdjwt/token.h>

#include <utility>

#include "cli/explain_unverified.h"
#include "cli/text.h"
#include "cli/times.h"

namespace simdjwt::cli {
namespace {

std::vector<std::string> all_quoted(const std::vector<std::string>& texts) {
  std::vector<std::string> quoted_texts;
  for (const std::string& text : texts) quoted_texts.push_back(quote(text));
  return quoted_texts;
}

bool is_about_typ(Verdict verdict) {
  return verdict == Verdict::kTypMissing || verdict == Verdict::kTypMismatch;
}

bool is_about_time(Verdict verdict) {
  return verdict == Verdict::kExpired || verdict == Verdict::kNotYetValid ||
         verdict == Verdict::kIssuedInFuture || verdict == Verdict::kTooOld;
}

void set_found(Finding& finding, const JsonMember* member) {
  if (member == nullptr) {
    finding.found = "none";
  } else {
    finding.found_json = format_json(member->raw, JsonLayout::kOneLine);
    finding.found = shortened(finding.found_json);
  }
}

Finding explain_duplicate(const std::vector<JsonMember>& claims) {
  Finding finding{.verdict = Verdict::kDuplicateClaim};
  for (const JsonMember& claim : claims) {
    if (find_member(claims, claim.name) == &claim) continue;
    finding.subject = shortened(printable(claim.name));
    finding.expected = "once";
    finding.found = "twice";
    break;
  }
  return finding;
}

}  // namespace

Explainer::Explainer(const Verifier& verifier, const Demands& demands)
    : verifier_(verifier),
      demands_(demands),
      signature_verifier_(verifier.keys(), Policy::signature_only()) {}

std::vector<Finding> Explainer::explain(std::string_view token, const VerifyResult& result,
                                        int64_t now) {
  const Verdict first = result.verdict();
  if (first <= Verdict::kBadSignature) {
    return {explain_unverified(first, verifier_.keys(), token)};
  }
  const Contents contents = read(token, now);
  if (contents.payload.empty()) return {Finding{.verdict = first}};
  std::vector<Finding> findings;
  for (uint8_t value = 0; value < kNumVerdicts; ++value) {
    const auto verdict = static_cast<Verdict>(value);
    if (!result.failures().contains(verdict)) continue;
    if (verdict == Verdict::kClaimMissing) {
      for (Finding& finding : explain_missing(contents, result.failed_rules())) {
        findings.push_back(std::move(finding));
      }
    } else {
      findings.push_back(explain_claim(verdict, contents, now));
    }
  }
  return findings;
}

Explainer::Contents Explainer::read(std::string_view token, int64_t now) {
  const VerifyResult result = signature_verifier_.verify(token, scratch_, now);
  const absl::StatusOr<UnverifiedToken> decoded = decode_unverified(token);
  if (!result || !decoded.ok()) return {};
  return {.payload = std::string(result->payload()),
          .claims = json_members(result->payload()),
          .header = json_members(decoded->header_json)};
}

// Of the rules that a policy can have, the command line makes those of --require only.
std::vector<Finding> Explainer::explain_missing(const Contents& contents,
                                                uint64_t failed_rules) const {
  std::vector<Finding> findings;
  for (size_t rule = 0; rule < kClaimRulesMax; ++rule) {
    if ((failed_rules >> rule & 1) == 0) continue;
    const std::string_view claim = verifier_.policy().rule_claim(rule);
    Finding finding{.verdict = Verdict::kClaimMissing,
                    .subject = shortened(printable(claim)),
                    .expected = printable(verifier_.policy().rule_demand(rule))};
    set_found(finding, find_member(contents.claims, claim));
    findings.push_back(std::move(finding));
  }
  return findings;
}

Finding Explainer::explain_claim(Verdict verdict, const Contents& contents, int64_t now) const {
  if (verdict == Verdict::kDuplicateClaim) return explain_duplicate(contents.claims);
  Finding finding{.verdict = verdict,
                  .subject = std::string(subject_of(verdict)),
                  .expected = expected(verdict, now),
                  .in_header = is_about_typ(verdict)};
  if (verdict == Verdict::kBadClaimsJson) {
    finding.found = quote(contents.payload);
    return finding;
  }
  const JsonMember* member =
      find_member(finding.in_header ? contents.header : contents.claims, finding.subject);
  set_found(finding, member);
  if (is_about_time(verdict) && member != nullptr && member->time()) {
    finding.found = utc_and_distance(*member->time(), now);
  }
  return finding;
}

std::string Explainer::leeway_text(const char* sign) const {
  if (demands_.leeway() == 0) return {};
  return std::string(", ") + sign + ' ' + std::to_string(demands_.leeway()) + " s of leeway";
}

std::string Explainer::expected(Verdict verdict, int64_t now) const {
  const int64_t leeway = demands_.leeway();
  const int64_t max_age = demands_.max_age_seconds.value_or(0);
  switch (verdict) {
    case Verdict::kBadClaimsJson:
      return "one valid JSON object";
    case Verdict::kBadIss:
    case Verdict::kBadSub:
    case Verdict::kBadJti:
      return "a string";
    case Verdict::kBadAud:
      return "a string or an array of strings";
    case Verdict::kBadExp:
    case Verdict::kBadNbf:
    case Verdict::kBadIat:
      return "seconds since 1970, a number from 0 to " + std::to_string(kNumericDateMax);
    case Verdict::kTypMissing:
    case Verdict::kTypMismatch:
      return quote(demands_.typ.value_or(""));
    case Verdict::kExpMissing:
      return "present";
    case Verdict::kExpired:
      return "later than " + utc(now - leeway) + " (now" + leeway_text("less") + ')';
    case Verdict::kNotYetValid:
    case Verdict::kIssuedInFuture:
      return "not later than " + utc(now + leeway) + " (now" + leeway_text("plus") + ')';
    case Verdict::kIatMissing:
      return "present, as --max-age needs it";
    case Verdict::kTooOld:
      return "not earlier than " + utc(now - max_age - leeway) + " (now, less " +
             span_of_time(max_age) + " of age" + leeway_text("and") + ')';
    case Verdict::kIssMissing:
    case Verdict::kIssMismatch:
      return alternatives(all_quoted(demands_.issuers));
    case Verdict::kAudMissing:
    case Verdict::kAudMismatch:
      return alternatives(all_quoted(demands_.audiences));
    default:
      return {};
  }
}

}  // namespace simdjwt::cli
