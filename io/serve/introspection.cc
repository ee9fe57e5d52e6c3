// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/introspection.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>

#include "http/fields.h"
#include "http/grammar.h"
#include "serve/answers.h"
#include "serve/credentials.h"
#include "serve/json_text.h"
#include "serve/text.h"

namespace simdjwt::serve {
namespace {

// What a client may spend on its name and the secret.
constexpr size_t kBasicBytesMax = 4096;

bool equals_secret(std::string_view text, std::string_view secret) {
  return text.size() == secret.size() &&
         CRYPTO_memcmp(text.data(), secret.data(), secret.size()) == 0;
}

// What a client has form-encoded, as RFC 6749 section 2.3.1 wants of it; empty if it is malformed.
std::string form_decoded(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const int high = text.size() - i > 2 ? http::hex_value(text[i + 1]) : -1;
      const int low = text.size() - i > 2 ? http::hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) return "";
      decoded.push_back(static_cast<char>(high << 4 | low));
      i += 2;
    } else {
      decoded.push_back(text[i] == '+' ? ' ' : text[i]);
    }
  }
  return decoded;
}

// What follows the first colon of base64 encoded credentials; empty if they are malformed.
std::string basic_password(std::string_view encoded) {
  if (encoded.empty() || encoded.size() % 4 != 0 || encoded.size() > kBasicBytesMax) return "";
  std::string text(encoded.size() / 4 * 3, '\0');
  const int num_bytes = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                        reinterpret_cast<const unsigned char*>(encoded.data()),
                                        static_cast<int>(encoded.size()));
  if (num_bytes < 0) return "";
  const size_t num_padding = encoded.ends_with("==") ? 2 : encoded.ends_with('=') ? 1 : 0;
  text.resize(static_cast<size_t>(num_bytes) - num_padding);
  const size_t colon = text.find(':');
  return colon == std::string::npos ? "" : text.substr(colon + 1);
}

}  // namespace

bool may_introspect(const http::Request& request, std::string_view secret) {
  if (request.num_authorizations != 1) return false;
  if (const auto token = credentials_of(request.authorization, "bearer")) {
    return equals_secret(*token, secret);
  }
  const auto basic = credentials_of(request.authorization, "basic");
  if (!basic) return false;
  const std::string password = basic_password(*basic);
  return equals_secret(form_decoded(password), secret) || equals_secret(password, secret);
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
