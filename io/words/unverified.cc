// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "words/unverified.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "simdjwt/limits.h"
#include "simdjwt/token.h"
#include "words/json_members.h"
#include "words/text.h"

namespace simdjwt::words {
namespace {

std::string characters(size_t count) {
  return with_thousands(count) + (count == 1 ? " character" : " characters");
}

// --- Form ---

Finding explain_parts(std::string_view token) {
  Finding finding{.verdict = Verdict::kNotCompactJws,
                  .expected = "three parts, none empty, separated by two dots"};
  const auto num_parts = static_cast<size_t>(std::ranges::count(token, '.')) + 1;
  if (token.empty()) {
    finding.found = "nothing";
  } else if (num_parts == 3) {
    finding.found = "an empty part";
  } else {
    finding.found = num_parts == 1 ? "one part" : with_thousands(num_parts) + " parts";
  }
  return finding;
}

bool is_base64url(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

Finding explain_base64url(std::string_view token) {
  Finding finding{.verdict = Verdict::kBadBase64url,
                  .expected = "base64url: A to Z, a to z, 0 to 9, - and _, without padding"};
  const auto foreign =
      std::ranges::find_if(token, [](char c) { return !is_base64url(c) && c != '.'; });
  if (foreign == token.end()) {
    finding.found = "a part of impossible length, or with unused bits that are not zero";
  } else {
    const auto index = static_cast<size_t>(foreign - token.begin());
    finding.found = quote(token.substr(index, 1)) + " as character " + with_thousands(index + 1);
    if (token.starts_with("Bearer ")) finding.found += ": leave out \"Bearer \"";
  }
  return finding;
}

Finding explain_form(Verdict verdict, std::string_view token) {
  switch (verdict) {
    case Verdict::kTokenTooLarge:
      return {
          .verdict = verdict, .expected = "at most " + characters(kTokenBytesMax), .found = "more"};
    case Verdict::kNotCompactJws:
      return explain_parts(token);
    case Verdict::kEncryptedToken:
      return {.verdict = verdict,
              .expected = "a signed token, which has three parts",
              .found = "five parts, as encrypted tokens have"};
    default:
      return explain_base64url(token);
  }
}

// --- Header and key ---

std::vector<std::string> algorithm_names(const KeySet& keys) {
  std::vector<std::string> names;
  for (size_t i = 0; i < keys.num_keys(); ++i) {
    const std::string name(to_string(keys.key(i).algorithm()));
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

std::vector<std::string> quoted_kids(const KeySet& keys) {
  std::vector<std::string> kids;
  for (size_t i = 0; i < keys.num_keys(); ++i) {
    if (!keys.key(i).kid().empty()) kids.push_back(quote(keys.key(i).kid()));
  }
  return kids;
}

std::string expected_of_header(Verdict verdict, const KeySet& keys) {
  switch (verdict) {
    case Verdict::kHeaderTooLarge:
      return "at most " + characters(kHeaderCharsMax);
    case Verdict::kAlgMissing:
    case Verdict::kAlgNone:
    case Verdict::kAlgUnsupported:
    case Verdict::kAlgMismatch:
      return alternatives(algorithm_names(keys)) + ", by the key";
    case Verdict::kCritMalformed:
      return "one or more names of extensions in the header, each once";
    case Verdict::kCritUnsupported:
      return "no extension: none is understood";
    case Verdict::kNoMatchingKey:
      return alternatives(quoted_kids(keys));
    default:
      return {};
  }
}

// The parameter of the wrong type or length, or null.
const JsonMember* find_bad_parameter(const std::vector<JsonMember>& header) {
  const auto bad = std::ranges::find_if(header, [](const JsonMember& member) {
    if (member.name == "b64") return member.raw != "true" && member.raw != "false";
    if (member.name == "kid")
      return member.string().value_or("").size() > kKidBytesMax || member.raw[0] != '"';
    return (member.name == "alg" || member.name == "typ" || member.name == "cty") &&
           member.raw[0] != '"';
  });
  return bad == header.end() ? nullptr : &*bad;
}

Finding explain_header(Verdict verdict, const KeySet& keys, std::string_view token) {
  Finding finding{.verdict = verdict,
                  .subject = std::string(subject_of(verdict)),
                  .expected = expected_of_header(verdict, keys),
                  .in_header = true};
  if (verdict == Verdict::kHeaderTooLarge) {
    finding.found = characters(token.find('.'));
    return finding;
  }
  const absl::StatusOr<UnverifiedToken> unverified = decode_unverified(token);
  if (!unverified.ok()) return finding;
  const std::vector<JsonMember> header = json_members(unverified->header_json);
  const JsonMember* member = find_member(header, finding.subject);
  if (verdict == Verdict::kBadHeaderParameter) member = find_bad_parameter(header);
  if (member != nullptr) {
    finding.subject = member->name;
    finding.found_json = format_json(member->raw, JsonLayout::kOneLine);
    finding.found = shortened(finding.found_json);
  } else if (!finding.subject.empty()) {
    finding.found = "none";
  }
  return finding;
}

// --- Signature ---

std::string expected_signature(std::string_view token) {
  const absl::StatusOr<UnverifiedToken> unverified = decode_unverified(token);
  if (!unverified.ok()) return {};
  const std::vector<JsonMember> header = json_members(unverified->header_json);
  const JsonMember* alg = find_member(header, "alg");
  const std::string name = alg == nullptr ? "" : alg->string().value_or("");
  const std::optional<Algorithm> algorithm = parse_algorithm(name);
  if (!algorithm) return {};
  const size_t num_bytes = signature_bytes(*algorithm);
  if (num_bytes == 0) return "the length that " + name + " gives with the key";
  return std::to_string(num_bytes) + " bytes, for " + name;
}

Finding explain_signature(Verdict verdict, std::string_view token) {
  Finding finding{.verdict = verdict};
  TokenView view;
  if (verdict == Verdict::kBadSignatureLength && TokenView::split(token, view) == Verdict::kValid) {
    finding.expected = expected_signature(token);
    finding.found = with_thousands(view.signature().size() * 3 / 4) + " bytes";
  }
  return finding;
}

}  // namespace

Finding explain_unverified(Verdict verdict, const KeySet& keys, std::string_view token) {
  if (verdict <= Verdict::kBadBase64url) return explain_form(verdict, token);
  if (verdict >= Verdict::kBadSignatureLength) return explain_signature(verdict, token);
  return explain_header(verdict, keys, token);
}

}  // namespace simdjwt::words
