// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cli/report.h"

#include <simdjwt/base64url.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "cli/words.h"

namespace simdjwt::cli {
namespace {

// Lines of a label and a text, the texts under one another.
class Rows {
 public:
  void add(std::string label, std::string text) {
    columns_ = std::max(columns_, std::min(label.size(), kLabelColumnsMax));
    rows_.emplace_back(std::move(label), std::move(text));
  }
  std::string text() const {
    std::string lines;
    for (const auto& [label, text] : rows_) {
      lines += "  " + label;
      if (label.size() < columns_) lines.append(columns_ - label.size(), ' ');
      lines += "  " + text + '\n';
    }
    return lines;
  }

 private:
  static constexpr size_t kLabelColumnsMax = 24;
  std::vector<std::pair<std::string, std::string>> rows_;
  size_t columns_ = 0;
};

std::string claim_text(std::string_view name, const Claim& claim, const VerifiedToken& token,
                       int64_t now) {
  if (name == "exp") return utc_and_distance(*token.exp(), now);
  if (name == "nbf") return utc_and_distance(*token.nbf(), now);
  if (name == "iat") return utc_and_distance(*token.iat(), now);
  return shortened(format_json(claim.raw_json(), JsonLayout::kOneLine));
}

// What the command line did not ask for, so that nobody takes "valid" for more than it says.
std::string unchecked(const Demands& demands) {
  std::string names;
  const auto add = [&names](const char* name) {
    names += (names.empty() ? "" : ", ") + std::string(name);
  };
  if (demands.issuers.empty()) add("iss");
  if (demands.audiences.empty()) add("aud");
  if (!demands.typ) add("typ");
  return names;
}

std::string message_of(Verdict verdict) { return json_string(describe(verdict)); }

JsonObjectText begin_json(Verdict verdict, int64_t now, std::optional<uint64_t> line) {
  JsonObjectText json;
  if (line) json.add("line", std::to_string(*line));
  json.add("valid", verdict == Verdict::kValid ? "true" : "false")
      .add("verdict", json_string(to_string(verdict)))
      .add("class", json_string(to_string(class_of(verdict))))
      .add("message", message_of(verdict))
      .add("now", std::to_string(now));
  return json;
}

// A value that is absent is null; words stand in for what is no value.
void add_details(JsonObjectText& json, const Finding& finding) {
  if (!finding.subject.empty()) {
    json.add(finding.in_header ? "header" : "claim", json_string(finding.subject));
  }
  if (!finding.expected.empty()) json.add("expected", json_string(finding.expected));
  if (!finding.found_json.empty()) {
    json.add("found", finding.found_json);
  } else if (finding.found == "none") {
    json.add("found", "null");
  } else if (!finding.found.empty()) {
    json.add("found", json_string(finding.found));
  }
}

}  // namespace

std::string describe_valid(const VerifiedToken& token, const Demands& demands, int64_t now) {
  Rows rows;
  if (!token.kid().empty()) rows.add("key", quote(token.kid()));
  if (demands.signature_only) {
    rows.add("payload", quote(token.payload()));
    return "valid\n" + rows.text();
  }
  for (size_t i = 0; i < token.num_claims(); ++i) {
    const std::string_view name = token.claim_name(i);
    rows.add(shortened(printable(name)), claim_text(name, token.claim_at(i), token, now));
  }
  if (!token.exp()) rows.add("exp", "none: it never expires");
  if (!unchecked(demands).empty()) rows.add("unchecked", unchecked(demands));
  return "valid\n" + rows.text();
}

std::string describe_rejected(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text +=
        (text.empty() ? "rejected: " : "and: ") + std::string(to_string(finding.verdict)) + '\n';
    Rows rows;
    if (!finding.subject.empty()) rows.add(finding.in_header ? "header" : "claim", finding.subject);
    if (!finding.expected.empty()) rows.add("expected", finding.expected);
    if (!finding.found.empty()) rows.add("found", finding.found);
    const bool needs_words = finding.expected.empty();
    if (needs_words) text += "  " + std::string(describe(finding.verdict)) + '\n';
    text += rows.text();
  }
  return text;
}

std::string describe_rejected_in_line(const std::vector<Finding>& findings) {
  std::string verdicts;
  Verdict last = Verdict::kValid;
  for (const Finding& finding : findings) {  // several of one verdict follow each other
    if (std::exchange(last, finding.verdict) == finding.verdict) continue;
    verdicts += (verdicts.empty() ? "" : ", ") + std::string(to_string(finding.verdict));
  }
  const Finding& first = findings.front();
  std::string details;
  const auto add = [&details](const char* label, const std::string& text) {
    if (!text.empty()) details += (details.empty() ? ": " : "; ") + std::string(label) + text;
  };
  add(first.in_header ? "header " : "claim ", first.subject);
  add("expected ", first.expected);
  add("found ", first.found);
  if (details.empty()) add("", std::string(describe(first.verdict)));
  return "rejected: " + verdicts + details + '\n';
}

std::string json_of_valid(const VerifiedToken& token, const Demands& demands, int64_t now,
                          std::optional<uint64_t> line) {
  JsonObjectText json = begin_json(Verdict::kValid, now, line);
  json.add("kid", token.kid().empty() ? "null" : json_string(token.kid()));
  if (demands.signature_only) {
    json.add("payload_base64url", json_string(base64url_encode(token.payload())));
  } else {
    json.add("claims", format_json(token.payload(), JsonLayout::kOneLine));
  }
  return json.text();
}

std::string json_of_rejected(Verdict verdict, const std::vector<Finding>& findings, int64_t now,
                             std::optional<uint64_t> line) {
  JsonObjectText json = begin_json(verdict, now, line);
  add_details(json, findings.front());
  std::string failures;
  for (const Finding& finding : findings) {
    JsonObjectText failure;
    failure.add("verdict", json_string(to_string(finding.verdict)))
        .add("message", message_of(finding.verdict));
    add_details(failure, finding);
    failures += (failures.empty() ? "" : ",") + failure.text();
  }
  json.add("failures", '[' + failures + ']');
  return json.text();
}

}  // namespace simdjwt::cli
