// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Explanations as text for programs.

#include <absl/strings/str_cat.h>

#include "registry/explain.h"
#include "words/json_members.h"
#include "words/text.h"

namespace simdjwt::registry {
namespace {

using words::json_string;
using words::JsonObjectText;

std::string text_or_null(std::string_view text) {
  return text.empty() ? "null" : json_string(text);
}

std::string number_or_null(std::optional<int64_t> number) {
  return number ? std::to_string(*number) : "null";
}

bool is_in_header(Check check) { return check == Check::kHeader || check == Check::kSignature; }

std::string step_json(const Step& step) {
  JsonObjectText json;
  json.add("check", json_string(to_string(step.check)))
      .add("state", json_string(to_string(step.state)));
  if (!step.subject.empty()) {
    json.add(is_in_header(step.check) ? "header" : "claim", json_string(step.subject));
  }
  if (!step.expected.empty()) json.add("expected", json_string(step.expected));
  if (!step.found.empty()) json.add("found", json_string(step.found));
  return json.text();
}

std::string steps_json(const std::vector<Step>& steps) {
  std::string list;
  for (const Step& step : steps) absl::StrAppend(&list, list.empty() ? "" : ",", step_json(step));
  return absl::StrCat("[", list, "]");
}

// Only where it is why the signature is right, or what is wrong with it.
std::string secret_json(const std::optional<TokenSigner>& signer) {
  if (!signer) return "null";
  return JsonObjectText()
      .add("account", json_string(signer->account.name))
      .add("generation", std::to_string(signer->secret.generation))
      .add("valid_until", number_or_null(signer->secret.valid_until))
      .add("alg", json_string(to_string(signer->secret.algorithm)))
      .add("kid", text_or_null(signer->secret.kid))
      .text();
}

std::string token_json(const std::optional<Token>& token) {
  if (!token) return "null";
  return JsonObjectText()
      .add("jti", json_string(token->jti))
      .add("description", json_string(token->description))
      .text();
}

}  // namespace

std::string_view to_string(Check check) noexcept {
  constexpr std::string_view kNames[] = {"authorization", "format",     "header",     "signature",
                                         "claims",        "dates",      "revocation", "kind",
                                         "registration",  "association"};
  return kNames[static_cast<size_t>(check)];
}

std::string_view to_string(Step::State state) noexcept {
  constexpr std::string_view kNames[] = {"passed", "failed", "not reached"};
  return kNames[static_cast<size_t>(state)];
}

std::string explanation_json(const Explanation& explanation, const Question& question,
                             int64_t now) {
  const serve::Reason reason = serve::reason_of(explanation.outcome);
  const auto& verdict = explanation.verdict;
  JsonObjectText json;
  json.add("accepted", explanation.is_accepted() ? "true" : "false")
      .add("reason", reason == serve::Reason::kNone ? "null" : json_string(to_string(reason)))
      .add("verdict", verdict ? json_string(to_string(*verdict)) : "null")
      .add("heading", json_string(explanation.heading))
      .add("message", text_or_null(serve::describe(explanation.outcome)))
      .add("advice", text_or_null(explanation.advice))
      .add("server", json_string(question.server.name))
      .add("account", json_string(question.account.name))
      .add("authentication", question.server.authenticates ? "true" : "false")
      .add("now", std::to_string(now))
      .add("secret", secret_json(explanation.signer))
      .add("token", token_json(explanation.token))
      .add("claims", explanation.claims_json.empty() ? "null" : explanation.claims_json)
      .add("steps", steps_json(explanation.steps));
  return json.text();
}

}  // namespace simdjwt::registry
