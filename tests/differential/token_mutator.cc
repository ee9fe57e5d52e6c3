// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "differential/token_mutator.h"

#include <simdjwt/limits.h>

#include <cstdlib>

#include "support/sanitizers.h"

namespace simdjwt::testing {
namespace {

constexpr std::string_view kIssuer = "https://issuer.example";
constexpr std::string_view kOtherIssuer = "https://other.example";
constexpr std::string_view kAudience = "api";

constexpr std::string_view kHeaders[] = {
    R"({"alg":"HS256","typ":"JWT"})",
    R"({"alg":"HS256","typ":"JWT","kid":"a"})",
    R"({"alg":"HS384","typ":"JWT","kid":"b"})",
    R"({"alg":"HS512","kid":"c"})",
    R"({"alg":"HS256"})",
    R"({ "typ" : "at+jwt" , "alg" : "HS256" , "kid" : "a" })",
    R"({"alg":"HS256","kid":"unknown","x":[1,{"y":null}],"cty":"JWT"})",
    R"({"\u0061lg":"HS\u0032\u0035\u0036","kid":"\u0061","typ":"J\u0057T"})",
    R"({"alg":"none"})",
    R"({"alg":"RS256"})",
    R"({"alg":"HS256","crit":["x"],"x":1})",
    R"({"alg":"HS256","b64":true,"b65":false})",
    R"({"alg":"HS256","b64":false})",
    R"({"alg":"HS256","crit":[]})",
    R"({"alg":"HS256","kid":["a"]})",
    R"({"alg":"HS256","kid":"a","\u006bid":"a"})",
    R"({"alg":"HS256","kid":"a","x5t#S256":"the header alone fills a block of hash"})",
    R"({"alg":"HS512","kid":"c","x":"and the header alone fills a block of the larger hash, too"})",
};

constexpr std::string_view kClaimSets[] = {
    R"({"iss":"https://issuer.example","aud":"api","exp":1750003600,"sub":"alice"})",
    R"({"iss":"https://issuer.example","aud":["x","api"],"exp":1750003600.5,"nbf":1749990000})",
    R"({"aud":"api","iss":"https:\/\/issuer.example","exp":1.75e9,"iat":1749999999,"jti":"1"})",
    R"({"iss":"https://issuer.example","aud":"api","exp":1750000001,"iat":1750000000,"nbf":0,)"
    R"("scope":"read write","roles":["a","b",{"c":[1,2,3,-4.5e-6]}],"name":"\u00e9\ud83d\ude00"})",
    R"( { "exp" : 1750003600 , "aud" : [ "api" ] , "iss" : "https://issuer.example" } )",
    "{\"iss\":\"https://issuer.example\",\"aud\":\"api\",\"exp\":1750003600,\"x\":\"é€😀\\\"\\\\\"}",
    R"({"iss":"https://issuer.example","aud":"api","exp":1750003600,"a":{"b":{"c":[[[[]]]]}},)"
    R"("true":true,"false":false,"null":null,"":"","0":0,"-0":-0,"1e5":1e5})",
    R"({"sub":"no issuer"})",
    R"({"iss":"https://other.example","aud":"api","exp":1750003600})",
    R"({"iss":"https://issuer.example","aud":"api","exp":1749999999})",
    R"({"iss":"https://issuer.example","aud":["api",1],"exp":1750003600})",
    R"({"iss":"https://issuer.example","aud":"api","exp":1750003600,"nbf":1750000100})",
    R"({"iss":"https://issuer.example","aud":"api","exp":1750003600,"iat":1750000100})",
    R"({"iss":"https://issuer.example","aud":"api","exp":1750003600,"iat":1749900000,"jti":"1"})",
    R"({"iss":"https://issuer.example","aud":"api","exp":1750003600,"iat":1749999000,"jti":"2"})",
    R"({"x":1,"iss":"https://issuer.example","aud":"api","exp":1750003600,"iat":1749999000,)"
    R"("jti":"1"})",
    R"({"iss":"https://issuer.example","aud":"api","exp":1750003600,"nbf":"1749990000"})",
    R"({"iss":"https://issuer.example","aud":"api","exp":1750003600,"iat":null})",
    R"({"iss":"https://issuer.example","aud":"api","exp":1750003600,"sub":7,"jti":[]})",
    R"({"iss":"https://issuer.example","aud":"api","exp":1750003600,"jti":8})",
    R"({"iss":null,"aud":"api","exp":1750003600})",
    R"({"iss":"https://issuer.example","aud":"api","exp":1750003600,"\u0065xp":1750003600})",
    R"({"iss":"https://issuer.example","aud":"api","exp":"1750003600"})",
    "{}",
    "no json",
};

// clang-format off
// Pieces that change what JSON means.
constexpr std::string_view kJsonPieces[] = {
    "{", "}", "[", "]", ",", ":", "\"", "\\", "\\\"", "\\u0065", "\\ud83d", "\\ude00", "\\u00",
    "true", "false", "null", "0", "1", "-", ".", "e", "E+", "1e400", "99999999999999999999", " ",
    "\t", "\n", "\r", "\f", std::string_view("\0", 1), "\x1f", "\x7f", "\x80", "\xc3", "\xc3\xa9",
    "\xe2\x82\xac", "\xed\xa0\x80", "\xf0\x9f\x98\x80", "\xff", "\xef\xbb\xbf", "[]", "{}", "[[",
    "]]", ",\"exp\":1750003600", "\"exp\":1", ",\"a\":1", "\"alg\":\"none\",", "{\"a\":", "\"\"",
    "                ", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"};

// Pieces that change what a token is.
constexpr std::string_view kTokenPieces[] = {
    ".", "..", "=", "==", "A", "B", "-", "_", "+", "/", " ", "\n", std::string_view("\0", 1),
    "\x80", "\xff", "{", "AAAA", "%2E", "e30", "eyJ"};
// clang-format on

uint64_t seed() {
  const char* given = std::getenv("SIMDJWT_TEST_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 20251115;
}

std::string secret_for(std::string_view kid) {
  return std::string(kSecret.substr(0, 60)) + std::string(4 - kid.size(), ' ') + std::string(kid);
}

}  // namespace

TokenMutator::TokenMutator() : random_(seed()) {}

ReferenceVerifier TokenMutator::reference() {
  return {.keys = {{"", Algorithm::kHs256, secret_for("")},
                   {"a", Algorithm::kHs256, secret_for("a")},
                   {"b", Algorithm::kHs384, secret_for("b")},
                   {"c", Algorithm::kHs512, secret_for("c")},
                   {"", Algorithm::kHs512, secret_for("n")}},
          .iss = std::string(kIssuer),
          .aud = std::string(kAudience),
          .exp_required = true,
          .leeway_seconds = 1};
}

ReferenceVerifier TokenMutator::reference_by_issuer() {
  ReferenceVerifier reference = TokenMutator::reference();
  reference.by_issuer = true;
  reference.iss = std::nullopt;
  for (ReferenceKey& key : reference.keys) key.issuer = kIssuer;
  for (const ReferenceKey& key :
       {ReferenceKey{"", Algorithm::kHs256, std::string(kOtherSecret)},
        ReferenceKey{"a", Algorithm::kHs256, secret_for("x")},
        ReferenceKey{"b", Algorithm::kHs256, secret_for("b")},  // of another algorithm
        ReferenceKey{"c", Algorithm::kHs512, secret_for("c")}}) {
    reference.keys.push_back(key);
    reference.keys.back().issuer = kOtherIssuer;
  }
  reference.keys.push_back({"", Algorithm::kHs256, secret_for(""), ""});
  return reference;
}

ReferenceVerifier TokenMutator::strict_reference() {
  ReferenceVerifier reference = TokenMutator::reference();
  reference.keys = {
      {.kid = "a", .secret = secret_for("a")},
      {.kid = "b",
       .algorithm = Algorithm::kHs384,
       .secret = secret_for("b"),
       .period = {.not_before = kNow + 1}},
      {.kid = "c",
       .algorithm = Algorithm::kHs512,
       .secret = secret_for("c"),
       .period = {.not_after = kNow}},
      {.kid = "d", .secret = secret_for("")},  // found by those without kid
  };
  reference.typ = "jwt";
  reference.max_age_seconds = 3600;
  reference.expected_claim = "jti";
  reference.expected_value = "1";
  reference.forbidden_claim = "x";
  return reference;
}

void TokenMutator::damage(std::string& text, bool is_json) {
  const size_t at = below(text.size() + 1);
  const size_t length = std::min(text.size() - at, 1 + below(one_in(4) ? 40 : 3));
  switch (below(5)) {
    case 0:
      text.erase(at, length);
      break;
    case 1:
      text.insert(at, is_json ? any_of(kJsonPieces) : any_of(kTokenPieces));
      break;
    case 2:
      text.replace(at, length, is_json ? any_of(kJsonPieces) : any_of(kTokenPieces));
      break;
    case 3:
      text.insert(below(text.size() + 1), text.substr(at, length));
      break;
    default:
      if (at < text.size()) text[at] = static_cast<char>(text[at] ^ 1 << below(8));
  }
}

std::string TokenMutator::header() {
  std::string header(any_of(kHeaders));
  if (one_in(500)) header.append(kHeaderCharsMax * 3 / 4, ' ');
  while (one_in(6)) damage(header, true);
  return header;
}

std::string TokenMutator::claims() {
  std::string claims(any_of(kClaimSets));
  if (one_in(8)) claims.append(below(300), ' ');
  if (one_in(500)) claims.append(kTokenBytesMax * 3 / 4, ' ');
  while (one_in(2)) damage(claims, true);
  return claims;
}

std::string TokenMutator::next() {
  const std::string header = this->header();
  // Sign as the header asks, so that most tokens get as far as their claims.
  Algorithm algorithm = Algorithm::kHs256;
  std::string secret = secret_for("");
  if (header.find("384") != header.npos) {
    algorithm = Algorithm::kHs384;
    secret = secret_for("b");
  } else if (header.find("512") != header.npos) {
    algorithm = Algorithm::kHs512;
    secret = secret_for(header.find("kid") == header.npos || one_in(8) ? "n" : "c");
  } else if (header.find(R"("kid")") != header.npos && header.find("unknown") == header.npos) {
    secret = secret_for("a");
  }
  if (one_in(16)) secret = kOtherSecret;
  std::string token = forge(header, claims(), secret, algorithm);
  while (one_in(8)) damage(token, false);
  return token;
}

size_t num_tokens(size_t in_release) {
  const char* const factor = std::getenv("SIMDJWT_TEST_TOKENS");
  const size_t wanted = factor == nullptr ? in_release : in_release * std::stoul(factor);
  return kSanitized ? wanted / 20 : wanted;
}

std::string readable(std::string_view token) {
  std::string text(token);
  std::string part;
  for (const char c : token) {
    if (c != '.') {
      part += c;
      continue;
    }
    const auto bytes = reference_base64url_decode(part);
    text += "\n  " + (bytes ? *bytes : "(not base64url)");
    part.clear();
  }
  return text;
}

}  // namespace simdjwt::testing
