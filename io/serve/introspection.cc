// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/introspection.h"

#include <openssl/crypto.h>

#include "http/fields.h"
#include "http/form.h"
#include "serve/answers.h"
#include "serve/credentials.h"
#include "serve/json_text.h"
#include "serve/text.h"

namespace simdjwt::serve {
namespace {

bool equals_secret(std::string_view text, std::string_view secret) {
  return text.size() == secret.size() &&
         CRYPTO_memcmp(text.data(), secret.data(), secret.size()) == 0;
}

}  // namespace

bool may_introspect(const http::Request& request, std::string_view secret) {
  if (request.num_authorizations != 1) return false;
  if (const auto token = credentials_of(request.authorization, "bearer")) {
    return equals_secret(*token, secret);
  }
  const auto basic = basic_credentials_of(request.authorization);
  if (!basic) return false;
  // RFC 6749 section 2.3.1 wants it form-encoded, which not all clients know.
  return equals_secret(http::form_decoded(basic->password).value_or(""), secret) ||
         equals_secret(basic->password, secret);
}

void append_introspection_json(std::string& out, const VerifiedToken& token) {
  out.append("{\"active\":true");
  for (size_t i = 0; i < token.num_claims(); ++i) {
    const std::string_view name = token.claim_name(i);
    if (name == "active") continue;
    out.push_back(',');
    append_json_string(out, name);
    append(out, ":", token.claim_at(i).raw_json());
  }
  out.append("}\n");
}

size_t Introspection::receive(std::string_view content, const UploadTurn& /*turn*/) {
  form_.append(content);
  return content.size();
}

http::Status Introspection::complete(const UploadTurn& turn) {
  constexpr std::string_view kFields =
      "Content-Type: application/json\r\nCache-Control: no-store\r\n";
  const auto answer = [&](http::Status status, std::string_view body) {
    http::Response(status, kFields, body)
        .write_to(turn.connection, turn.head_end, request_.persistence, false);
    return status;
  };
  const http::Found token = http::find_parameter(form_, "token");
  if (token.count != 1) {
    return answer(http::Status::kBadRequest, "{\"error\":\"invalid_request\"}\n");
  }
  const Verifier& verifier = turn.policy.verifier;
  const VerifyResult result = verifier.verify(token.value, turn.scratch, turn.now_unix_seconds);
  const SignatureLookups lookups = turn.scratch.take_signature_lookups();
  turn.metrics.count_lookups(lookups);
  turn.budget.spend(turn.policy.work_done(1, lookups));
  const Outcome outcome = outcome_of(token.value, result, verifier.policy());
  // Not judged at all is not the same as inactive: the client should ask again.
  const bool is_judged = reason_of(outcome) != Reason::kUnavailable;
  const http::Status status = is_judged ? http::Status::kOk : http::Status::kUnavailable;
  book(request_, status, token.value, outcome, result, turn);
  if (!is_judged) return answer(status, "");
  std::string body = "{\"active\":false}\n";
  if (result) {
    body.clear();
    append_introspection_json(body, *result);
  }
  return answer(status, body);
}

}  // namespace simdjwt::serve
