// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/policy_config.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "serve/text.h"
#include "simdjwt/limits.h"

namespace simdjwt::serve {
namespace {

constexpr size_t kChallengeTextMax = 256;
constexpr size_t kNameBytesMax = 64;
constexpr size_t kIdentityHeadersMax = 32;
constexpr int64_t kCacheSecondsMax = 24 * 3600;

// What may stand between the quotes of a challenge (RFC 6749 section 3.3, RFC 6750 section 3).
bool is_challenge_text(std::string_view text) {
  return text.size() <= kChallengeTextMax && std::all_of(text.begin(), text.end(), [](char c) {
           return c >= ' ' && c <= '~' && c != '"' && c != '\\';
         });
}

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return lower;
}

bool consists_of(std::string_view text, std::string_view others) {
  return !text.empty() && text.size() <= kNameBytesMax &&
         std::all_of(text.begin(), text.end(), [others](char c) {
           return is_letter_or_digit(c) || others.find(c) != std::string_view::npos;
         });
}

// RFC 9110 section 5.6.2; also the name of a cookie (RFC 6265 section 4.1.1).
bool is_token(std::string_view text) { return consists_of(text, "!#$%&'*+-.^_`|~"); }

// "." and ".." are no names: clients and proxies resolve them (RFC 3986 section 5.2.4).
bool is_policy_name(std::string_view text) {
  return consists_of(text, "-._") && text != "." && text != "..";
}

// Headers that frame the message, belong to the connection, or that we or the proxies set
// ourselves.
bool is_reserved(std::string_view header) {
  constexpr std::array<std::string_view, 13> kNames = {
      "connection",      "date",       "host", "keep-alive", "location", "retry-after",
      "server",          "set-cookie", "te",   "trailer",    "upgrade",  "transfer-encoding",
      "www-authenticate"};
  constexpr std::array<std::string_view, 5> kPrefixes = {"content-", "proxy-", "x-accel-",
                                                         "x-auth-", "x-envoy-"};
  const std::string lower = to_lower(header);
  return std::find(kNames.begin(), kNames.end(), lower) != kNames.end() ||
         std::any_of(kPrefixes.begin(), kPrefixes.end(),
                     [&lower](std::string_view prefix) { return lower.starts_with(prefix); });
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

std::vector<Algorithm> read_algorithms(TomlSection& section) {
  std::vector<Algorithm> algorithms;
  for (const std::string& name : section.strings("algorithms")) {
    const std::optional<Algorithm> algorithm = parse_algorithm(name);
    if (!algorithm) {
      section.fail("algorithms", concat("\"", name, "\" is none of ", list_algorithms()));
    } else if (std::ranges::find(algorithms, *algorithm) != algorithms.end()) {
      section.fail("algorithms", concat("\"", name, "\" twice"));
    } else {
      algorithms.push_back(*algorithm);
    }
  }
  return algorithms;
}

// --- What a token must be ---

// An issuer's keys are good for its own tokens alone.
void read_issuer(TomlSection& section, const PolicyConfig& policy, PolicyBuilder& builder) {
  if (!policy.keys.issuer.empty()) {
    if (section.has("iss")) section.fail("iss", "is the issuer already: leave it out");
    builder.expect_iss(policy.keys.issuer);
  } else if (!policy.issuers.empty() || section.is_false("iss")) {
    builder.ignore_iss();  // that of issuers chooses the keys, and so is checked
  } else if (!section.has("iss")) {
    section.fail_missing("iss", "write iss = \"https://...\", or iss = false to accept any issuer");
  } else {
    builder.expect_iss_any_of(section.strings("iss"));
  }
}

void read_audience(TomlSection& section, PolicyBuilder& builder) {
  if (section.has("aud") && section.has("aud_all")) {
    section.fail("aud_all", "excludes aud: say one of them");
  } else if (section.has("aud_all")) {
    builder.expect_aud_all_of(section.strings("aud_all"));
  } else if (!section.has("aud")) {
    section.fail_missing("aud",
                         "write aud = \"https://...\", or aud = false to accept any audience");
  } else if (section.is_false("aud")) {
    builder.ignore_aud();
  } else {
    builder.expect_aud_any_of(section.strings("aud"));
  }
}

void read_type_and_time(TomlSection& section, PolicyBuilder& builder) {
  if (!section.has("typ")) {
    section.fail_missing("typ",
                         "write typ = \"JWT\" or another, or typ = false to accept any type");
  } else if (section.is_false("typ")) {
    builder.ignore_typ();
  } else {
    builder.expect_typ(section.required_string("typ"));
  }

  if (!section.has("exp")) {
    section.fail_missing("exp", "write exp = \"required\", or \"optional\" for tokens without end");
  } else if (const std::string exp = section.required_string("exp"); exp == "required") {
    builder.expect_exp();
  } else if (exp == "optional") {
    builder.allow_missing_exp();
  } else {
    section.fail("exp", "neither \"required\" nor \"optional\"");
  }

  if (const auto seconds = section.integer("leeway_seconds", 0, kLeewaySecondsMax)) {
    builder.leeway_seconds(*seconds);
  }
  if (const auto seconds = section.integer("max_age_seconds", 1, kNumericDateMax)) {
    builder.max_age_seconds(*seconds);
  }
}

void read_rules(TomlSection& section, PolicyBuilder& builder, std::string_view scope) {
  for (const std::string& name : section.strings("required_claims")) builder.require_claim(name);
  for (const std::string& name : section.strings("forbidden_claims")) builder.forbid_claim(name);
  section.for_each_in("claims", [&](const std::string& name, const TomlSection::Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
      builder.expect_string(name, *text);
    } else if (const auto* number = std::get_if<int64_t>(&value)) {
      builder.expect_integer(name, *number);
    } else if (const auto* flag = std::get_if<bool>(&value)) {
      builder.expect_boolean(name, *flag);
    } else {
      builder.expect_any_of(name, std::get<std::vector<std::string>>(value));
    }
  });
  // Last, so that a token which lacks nothing but scope is told so (403 instead of 401).
  for (const std::string& word : split_words(scope)) builder.expect_scope("scope", word);
}

ChallengeConfig read_challenge(TomlSection& section) {
  ChallengeConfig challenge;
  challenge.scope = section.string("scope").value_or("");
  if (!is_challenge_text(challenge.scope)) section.fail("scope", "not blank-separated scope words");
  challenge.realm = section.string("realm").value_or(challenge.realm);
  if (!is_challenge_text(challenge.realm)) {
    section.fail("realm", "not printable ASCII without quotes and backslashes, or too long");
  }
  challenge.resource_metadata = section.string("resource_metadata").value_or("");
  const std::string& url = challenge.resource_metadata;
  if (section.has("resource_metadata") &&
      (!(url.starts_with("https://") || url.starts_with("http://")) || !is_challenge_text(url) ||
       url.find(' ') != std::string::npos)) {
    section.fail("resource_metadata", "not an absolute URL, or too long");
  }
  challenge.has_description = section.boolean("error_description").value_or(true);
  return challenge;
}

// --- Where the token is, and who is told what ---

std::optional<TokenSource> parse_token_source(std::string_view text) {
  using Kind = TokenSource::Kind;
  constexpr std::array<std::pair<std::string_view, Kind>, 3> kPrefixes = {
      {{"header:", Kind::kHeader}, {"cookie:", Kind::kCookie}, {"query:", Kind::kQuery}}};
  if (text == "authorization") return TokenSource();
  for (const auto& [prefix, kind] : kPrefixes) {
    if (!text.starts_with(prefix)) continue;
    const std::string_view name = text.substr(prefix.size());
    if (!(kind == Kind::kQuery ? consists_of(name, "-._~") : is_token(name))) return std::nullopt;
    return TokenSource{kind, kind == Kind::kHeader ? to_lower(name) : std::string(name)};
  }
  return std::nullopt;
}

std::vector<TokenSource> read_token_sources(TomlSection& section) {
  std::vector<TokenSource> sources;
  for (const std::string& text : section.strings("token_from")) {
    const std::optional<TokenSource> source = parse_token_source(text);
    if (!source) {
      section.fail("token_from", concat("\"", text,
                                        "\" is not \"authorization\", \"header:NAME\", "
                                        "\"cookie:NAME\" or \"query:NAME\""));
    } else if (source->name == "authorization" || source->name == "cookie") {
      section.fail("token_from",
                   concat("\"", text, "\": write ",
                          source->name == "cookie" ? "\"cookie:NAME\"" : "\"authorization\""));
    } else if (std::find(sources.begin(), sources.end(), *source) != sources.end()) {
      section.fail("token_from", concat("\"", text, "\" twice"));
    } else {
      sources.push_back(*source);
    }
  }
  if (sources.empty()) sources.emplace_back();
  return sources;
}

// What is wrong with `header` beside `others`, or empty.
std::string_view mistake_in(const std::string& header, const std::vector<IdentityHeader>& others) {
  if (!is_token(header)) return "not the name of a header";
  if (is_reserved(header)) return "this header has another meaning to proxies";
  for (const IdentityHeader& other : others) {
    if (to_lower(other.header) == to_lower(header)) return "this header is given twice";
  }
  return "";
}

void read_identity(TomlSection& section, PolicyConfig& policy) {
  std::vector<IdentityHeader>& headers = policy.identity_headers;
  section.for_each_in("identity_headers",
                      [&](const std::string& header, const TomlSection::Value& value) {
                        const auto* claim = std::get_if<std::string>(&value);
                        std::string_view mistake = mistake_in(header, headers);
                        if (mistake.empty() && (claim == nullptr || claim->empty()))
                          mistake = "not a claim's name";
                        if (!mistake.empty())
                          return section.fail("identity_headers", header, mistake);
                        headers.push_back({header, *claim});
                      });
  if (headers.size() > kIdentityHeadersMax) section.fail("identity_headers", "more than 32");
  const auto payload_header = section.string("payload_header");
  if (!payload_header) return;
  policy.payload_header = *payload_header;
  if (const std::string_view mistake = mistake_in(*payload_header, headers); !mistake.empty()) {
    section.fail("payload_header", mistake);
  }
}

// `usual` or 403, if the key is there.
std::optional<http::Status> read_status(TomlSection& section, const char* key, http::Status usual) {
  const auto number = section.integer(key, 100, 599);
  if (!number) return std::nullopt;
  const auto status = static_cast<http::Status>(*number);
  if (status == usual || status == http::Status::kForbidden) return status;
  section.fail(key, concat("neither ", static_cast<int>(usual), " nor 403"));
  return std::nullopt;
}

void read_conduct(TomlSection& section, PolicyConfig& policy) {
  policy.token_from = read_token_sources(section);
  policy.is_optional = section.boolean("optional").value_or(false);
  policy.passes_preflight = section.boolean("preflight").value_or(false);
  policy.aud_mismatch =
      read_status(section, "aud_mismatch", policy.aud_mismatch).value_or(policy.aud_mismatch);
  policy.unavailable = read_status(section, "unavailable", http::Status::kUnavailable);
  policy.strips_token = section.boolean("strip_token").value_or(false);
  policy.cache_seconds = section.integer("cache_seconds", 0, kCacheSecondsMax).value_or(0);
  read_identity(section, policy);
}

}  // namespace

PolicyConfig read_policy(TomlSection section, const std::string& config_path,
                         jwks::PlainHttp plain_http) {
  PolicyConfig policy;
  policy.name = section.name();
  if (!is_policy_name(policy.name)) {
    section.fail("not a policy's name: letters, digits, '-', '.' and '_', at most 64");
  }
  policy.issuers = read_issuers(section, config_path, plain_http);
  if (policy.issuers.empty()) policy.keys = read_key_config(section, config_path, plain_http);
  policy.algorithms = read_algorithms(section);
  const auto tell_algorithms = [&policy](KeyConfig& keys) {
    if (keys.source) keys.source->options.algorithms = policy.algorithms;
  };
  tell_algorithms(policy.keys);
  std::for_each(policy.issuers.begin(), policy.issuers.end(), tell_algorithms);
  PolicyBuilder builder;
  read_issuer(section, policy, builder);
  read_audience(section, builder);
  read_type_and_time(section, builder);
  policy.challenge = read_challenge(section);
  read_rules(section, builder, policy.challenge.scope);
  read_conduct(section, policy);
  if (const auto file = section.string("introspection_secret_file")) {
    policy.introspection_secret_file = relative_to(config_path, *file);
  }
  if (!section.is_sound()) return policy;
  if (absl::StatusOr<Policy> demands = builder.build(); demands.ok()) {
    policy.demands = *std::move(demands);
  } else {
    section.fail(std::string(demands.status().message()));
  }
  return policy;
}

PolicyConfig read_conduct_of_servers(TomlSection& section) {
  PolicyConfig conduct;
  conduct.challenge = read_challenge(section);
  read_conduct(section, conduct);
  return conduct;
}

}  // namespace simdjwt::serve
