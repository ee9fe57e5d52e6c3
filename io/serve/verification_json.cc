// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/verification_json.h"

#include <bit>

#include "serve/json_text.h"
#include "serve/text.h"

namespace simdjwt::serve {
namespace {

std::string_view failed_claim(const VerifyResult& result, const Policy& policy) {
  if (result.failed_rules() == 0) return subject_of(result.verdict());
  return policy.rule_claim(static_cast<size_t>(std::countr_zero(result.failed_rules())));
}

// Appends the claims, as they are but for ends of lines: those stand between their parts alone, as
// JSON has none within strings, and mean what a blank does.
void append_in_a_line(std::string& out, std::string_view claims) {
  const size_t begin = out.size();
  out.append(claims);
  for (size_t i = begin; i < out.size(); ++i) {
    if (out[i] == '\n' || out[i] == '\r') out[i] = ' ';
  }
}

}  // namespace

void append_verification_json(std::string& out, Outcome outcome, const VerifyResult* result,
                              const Policy& policy) {
  if (outcome == Outcome::kAllowed) {
    append(out, "{\"valid\":true,\"claims\":");
    append_in_a_line(out, (*result)->payload());
    append(out, "}\n");
    return;
  }
  append(out, "{\"valid\":false,\"reason\":\"", to_string(reason_of(outcome)), "\"");
  if (result == nullptr || outcome == Outcome::kMalformedRequest) {
    append(out, ",\"message\":\"", describe(outcome), ".\"}\n");
    return;
  }
  append(out, ",\"verdict\":\"", to_string(result->verdict()), "\"");
  if (const std::string_view claim = failed_claim(*result, policy); !claim.empty()) {
    append(out, ",\"claim\":");
    append_json_string(out, claim);
  }
  append(out, ",\"message\":\"", describe(result->verdict()), "\"}\n");
}

}  // namespace simdjwt::serve
