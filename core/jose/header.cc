// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jose/header.h"

#include <algorithm>

#include "jose/json_string.h"

namespace simdjwt::jose {
namespace {

constexpr char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

// Parameters that RFC 7515 and RFC 7518 define: an extension cannot bear their names (7515
// section 4.1.11).
bool is_registered(std::string_view name) noexcept {
  static constexpr std::string_view kNames[] = {
      "alg",  "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty",
      "crit", "enc", "zip", "epk", "apu", "apv", "iv",  "tag",      "p2s", "p2c"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

// Whether an element before `last` is the same string as it.
bool repeats_earlier(std::string_view array, std::string_view last) noexcept {
  for (JsonStrings strings(array); strings.next() && strings.escaped().data() != last.data();) {
    if (strings.escaped() == last) return true;
  }
  return false;
}

// No extension is implemented, so every crit is refused; the verdict tells a demand that we cannot
// meet from one that nobody could.
Verdict judge_crit(const JsonObject& object, const JsonMember& crit) noexcept {
  if (crit.type != JsonType::kArray) return Verdict::kCritMalformed;
  JsonStrings names(object.raw(crit));
  size_t num_names = 0;
  while (names.next()) {
    const std::string_view name = names.escaped();
    if (is_registered(name) || object.find(name) == nullptr ||
        repeats_earlier(object.raw(crit), name)) {
      return Verdict::kCritMalformed;
    }
    ++num_names;
  }
  return names.all_strings() && num_names > 0 ? Verdict::kCritUnsupported : Verdict::kCritMalformed;
}

Verdict judge_alg(std::string_view name, Algorithm& alg) noexcept {
  if (equals_ignoring_case(name, "none")) return Verdict::kAlgNone;
  const std::optional<Algorithm> known = parse_algorithm(name);
  if (!known) return Verdict::kAlgUnsupported;
  alg = *known;
  return Verdict::kValid;
}

// RFC 7797 lets b64 switch the encoding of the payload off, which JWTs must not use (section 7).
Verdict judge_b64(const JsonObject& object, const JsonMember& b64) noexcept {
  if (b64.type != JsonType::kBoolean) return Verdict::kBadHeaderParameter;
  return object.raw(b64) == "true" ? Verdict::kValid : Verdict::kUnencodedPayload;
}

enum Known : uint8_t { kAlg, kKid, kTyp, kCty, kCrit, kB64 };  // as in kHeaderNames

// The parameter as a string; nullopt, and a failure, if it is anything else.
std::optional<std::string_view> read_string(const JsonObject& object, Known name,
                                            VerdictSet& failures) noexcept {
  const JsonMember* const member = object.find_known(name);
  if (member == nullptr) return std::nullopt;
  if (member->type == JsonType::kString) return object.string(*member);
  failures.add(Verdict::kBadHeaderParameter);
  return std::nullopt;
}

// Collects what is wrong with the parameters of a valid object.
VerdictSet read_parameters(const JsonObject& object, Header& header) noexcept {
  VerdictSet failures;
  const auto note = [&](Verdict verdict) {
    if (verdict != Verdict::kValid) failures.add(verdict);
  };
  const std::optional<std::string_view> alg = read_string(object, kAlg, failures);
  if (alg) note(judge_alg(*alg, header.alg));
  if (object.find_known(kAlg) == nullptr) note(Verdict::kAlgMissing);
  header.kid = read_string(object, kKid, failures);
  if (header.kid && header.kid->size() > kKidBytesMax) note(Verdict::kBadHeaderParameter);
  header.typ = read_string(object, kTyp, failures);
  read_string(object, kCty, failures);
  if (const JsonMember* crit = object.find_known(kCrit)) note(judge_crit(object, *crit));
  if (const JsonMember* b64 = object.find_known(kB64)) note(judge_b64(object, *b64));
  return failures;
}

}  // namespace

Verdict read_header(JsonReader& reader, char* text, size_t num_bytes, Header& header) noexcept {
  JsonMembers members;
  JsonObject object;
  const Verdict verdict = verdict_of(reader.peek(text, num_bytes, members, object, header.is_new),
                                     Verdict::kBadHeaderJson, Verdict::kDuplicateHeaderName);
  return verdict == Verdict::kValid ? read_parameters(object, header).first() : verdict;
}

void learn_header(JsonReader& reader, char* text, size_t num_bytes) noexcept {
  JsonMembers members;
  JsonObject object;
  (void)reader.read(text, num_bytes, members, object);
  reader.release_objects();
}

bool typ_equals(std::string_view a, std::string_view b) noexcept {
  static constexpr std::string_view kPrefix = "application/";
  const auto bare = [](std::string_view typ) {
    const bool prefixed = typ.size() > kPrefix.size() &&
                          equals_ignoring_case(typ.substr(0, kPrefix.size()), kPrefix) &&
                          typ.find('/', kPrefix.size()) == std::string_view::npos;
    return prefixed ? typ.substr(kPrefix.size()) : typ;
  };
  return equals_ignoring_case(bare(a), bare(b));
}

}  // namespace simdjwt::jose
