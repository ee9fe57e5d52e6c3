// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "words/claims.h"

#include <utility>

#include "simdjwt/limits.h"
#include "simdjwt/token.h"
#include "words/text.h"
#include "words/times.h"

namespace simdjwt::words {
namespace {

bool is_about_typ(Verdict verdict) {
  return verdict == Verdict::kTypMissing || verdict == Verdict::kTypMismatch;
}

bool is_about_time(Verdict verdict) {
  return verdict == Verdict::kExpired || verdict == Verdict::kNotYetValid ||
         verdict == Verdict::kIssuedInFuture || verdict == Verdict::kTooOld;
}

std::string leeway_text(const char* sign, int64_t leeway_seconds) {
  if (leeway_seconds == 0) return {};
  return std::string(", ") + sign + ' ' + std::to_string(leeway_seconds) + " s of leeway";
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

TokenContents read_signed(const Verifier& verifier, std::string_view token, Scratch& scratch,
                          int64_t now) {
  const VerifyResult result = verifier.verify(token, scratch, now);
  const absl::StatusOr<UnverifiedToken> decoded = decode_unverified(token);
  if (!result || !decoded.ok()) return {};
  return {.payload = std::string(result->payload()),
          .claims = json_members(result->payload()),
          .header = json_members(decoded->header_json)};
}

std::string expected_by_all(Verdict verdict, int64_t now, int64_t leeway_seconds) {
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
    case Verdict::kExpMissing:
      return "present";
    case Verdict::kExpired:
      return "later than " + utc(now - leeway_seconds) + " (now" +
             leeway_text("less", leeway_seconds) + ')';
    case Verdict::kNotYetValid:
    case Verdict::kIssuedInFuture:
      return "not later than " + utc(now + leeway_seconds) + " (now" +
             leeway_text("plus", leeway_seconds) + ')';
    default:
      return {};
  }
}

std::string expected_age(int64_t max_age_seconds, int64_t now, int64_t leeway_seconds) {
  return "not earlier than " + utc(now - max_age_seconds - leeway_seconds) + " (now, less " +
         span_of_time(max_age_seconds) + " of age" + leeway_text("and", leeway_seconds) + ')';
}

void set_found(Finding& finding, const JsonMember* member) {
  if (member == nullptr) {
    finding.found = "none";
  } else {
    finding.found_json = format_json(member->raw, JsonLayout::kOneLine);
    finding.found = shortened(finding.found_json);
  }
}

Finding explain_claim(Verdict verdict, std::string expected, const TokenContents& contents,
                      int64_t now) {
  if (verdict == Verdict::kDuplicateClaim) return explain_duplicate(contents.claims);
  Finding finding{.verdict = verdict,
                  .subject = std::string(subject_of(verdict)),
                  .expected = std::move(expected),
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

}  // namespace simdjwt::words
