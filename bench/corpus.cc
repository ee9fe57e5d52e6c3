// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "corpus.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>

namespace simdjwt::bench {
namespace {

using Random =
    std::mt19937_64;  // the engine's output is fixed by the standard; distributions' are not
constexpr uint64_t kSeed = 7519;

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "corpus: %s\n", what);
  std::abort();
}

const char* digest_name(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kHs256:
      return "SHA256";
    case Algorithm::kHs384:
      return "SHA384";
    case Algorithm::kHs512:
      return "SHA512";
  }
  die("no such algorithm");
}

std::string hmac(Algorithm algorithm, std::string_view message) {
  const std::string_view key = secret(algorithm);
  std::string tag(EVP_MAX_MD_SIZE, '\0');
  size_t tag_bytes = 0;
  if (EVP_Q_mac(nullptr, "HMAC", nullptr, digest_name(algorithm), nullptr, key.data(), key.size(),
                reinterpret_cast<const unsigned char*>(message.data()), message.size(),
                reinterpret_cast<unsigned char*>(tag.data()), tag.size(), &tag_bytes) == nullptr) {
    die("HMAC failed");
  }
  tag.resize(tag_bytes);
  return tag;
}

std::string sign(Algorithm algorithm, std::string_view header_json, std::string_view claims_json) {
  std::string token = base64url(header_json) + '.' + base64url(claims_json);
  return token + '.' + base64url(hmac(algorithm, token));
}

std::string uuid(Random& random) {
  char text[37];
  const uint64_t high = random();
  const uint64_t low = random();
  std::snprintf(text, sizeof text, "%08x-%04x-4%03x-%04x-%012llx",
                static_cast<unsigned>(high >> 32), static_cast<unsigned>(high >> 16 & 0xffff),
                static_cast<unsigned>(high & 0xfff),
                static_cast<unsigned>(0x8000 | (low >> 48 & 0x3fff)),
                static_cast<unsigned long long>(low & 0xffff'ffff'ffff));
  return text;
}

std::string member(std::string_view name, std::string_view value) {
  return '"' + std::string(name) + "\":\"" + std::string(value) + '"';
}

std::string member(std::string_view name, int64_t value) {
  return '"' + std::string(name) + "\":" + std::to_string(value);
}

// The claims of token `index`, of which a bad token changes one.
struct Claims {
  Claims(size_t index, Random& random)
      : sub("user-" + std::to_string(10'000'000 + random() % 90'000'000).substr(1)),
        jti(uuid(random)),
        iat(1'700'000'000 + static_cast<int64_t>(random() % 1'000'000)),
        nbf(iat),
        exp(kFirstExp + static_cast<int64_t>(index)) {}

  std::string json() const { return '{' + members() + ',' + member("scope", scope) + '}'; }
  std::string members() const {
    return member("iss", iss) + ',' + member("sub", sub) + ',' + member("aud", aud) + ',' +
           member("jti", jti) + ',' + member("iat", iat) + ',' + member("nbf", nbf) + ',' +
           member("exp", exp);
  }

  std::string iss{kIss};
  std::string sub;
  std::string aud{kAud};
  std::string jti;
  int64_t iat;
  int64_t nbf;
  int64_t exp;
  std::string scope = "openid orders.read orders.write";
};

std::string header_json(std::string_view alg) {
  return '{' + member("alg", alg) + ',' + member("typ", "JWT") + ',' + member("kid", kKid) + '}';
}

std::string header_json(Algorithm algorithm) { return header_json(to_string(algorithm)); }

// Exchanges one character for a neighbour that leaves the text canonical base64url.
void alter(std::string& text, size_t position) {
  text[position] = text[position] == 'A' ? 'B' : 'A';
}

// A claim of exactly `bytes` bytes, its comma included: an array of as many roles as fit.
std::string roles_claim(size_t bytes, Random& random) {
  std::string claim = ",\"roles\":[";
  while (bytes - claim.size() > 30) {
    claim += "\"role-" + std::to_string(1000 + random() % 9000) + "\",";
  }
  claim += '"';
  claim.append(bytes - claim.size() - 2, 'r');
  return claim + "\"]";
}

std::string sized_token(size_t token_bytes, size_t index, Random& random) {
  const std::string header = token_bytes < 200
                                 ? '{' + member("alg", "HS256") + ',' + member("kid", kKid) + '}'
                                 : header_json(Algorithm::kHs256);
  const size_t fixed_chars = base64url(header).size() + 1 + 1 + 43;  // dots and signature
  const size_t claims_bytes = (token_bytes - fixed_chars) * 3 / 4;
  const Claims claims(index, random);
  std::string json =
      '{' + (token_bytes < 300 ? member("iss", claims.iss) + ',' + member("aud", claims.aud) + ',' +
                                     member("exp", claims.exp)
                               : claims.members());
  if (json.size() + 1 < claims_bytes) json += roles_claim(claims_bytes - json.size() - 1, random);
  return sign(Algorithm::kHs256, header, json + '}');
}

template <class MakeToken>
std::unique_ptr<const Corpus> make_corpus(Algorithm algorithm, Verdict verdict, size_t token_bytes,
                                          MakeToken make_token) {
  Random random(kSeed);
  std::vector<std::string> tokens;
  tokens.reserve(kNumTokens);
  for (size_t i = 0; i < kNumTokens; ++i) {
    tokens.push_back(make_token(i, random));
    if (tokens.back().size() != token_bytes) die("a token has not the promised size");
  }
  return std::make_unique<const Corpus>(algorithm, verdict, std::move(tokens));
}

}  // namespace

Corpus::Corpus(Algorithm alg, Verdict deserved, std::vector<std::string> distinct_tokens)
    : algorithm(alg),
      verdict(deserved),
      tokens(std::move(distinct_tokens)),
      views(tokens.begin(), tokens.end()) {}

std::string_view secret(Algorithm algorithm) {
  static const std::string bytes = [] {
    Random random(kSeed);
    std::string text(64, '\0');
    std::ranges::generate(text, [&] { return static_cast<char>('!' + random() % 94); });
    return text;
  }();
  return std::string_view(bytes).substr(0, algorithm == Algorithm::kHs512 ? 64 : 48);
}

std::string base64url(std::string_view data) {
  std::string text((data.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock ends it with a NUL
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                  reinterpret_cast<const unsigned char*>(data.data()),
                  static_cast<int>(data.size()));
  text.resize((data.size() * 4 + 2) / 3);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

const Corpus& valid_tokens(Algorithm algorithm) {
  static std::map<Algorithm, std::unique_ptr<const Corpus>> corpora;
  auto& corpus = corpora[algorithm];
  if (corpus == nullptr) {
    const size_t signature_chars = base64url(hmac(algorithm, "")).size();
    corpus =
        make_corpus(algorithm, Verdict::kValid, 311 + 1 + signature_chars,
                    [algorithm](size_t index, Random& random) {
                      return sign(algorithm, header_json(algorithm), Claims(index, random).json());
                    });
  }
  return *corpus;
}

const Corpus& flawed_tokens(Flaw flaw) {
  static std::map<Flaw, std::unique_ptr<const Corpus>> corpora;
  static constexpr Verdict kVerdicts[] = {Verdict::kBadSignature, Verdict::kExpired,
                                          Verdict::kBadBase64url};
  auto& corpus = corpora[flaw];
  if (corpus == nullptr) {
    const auto make_token = [flaw](size_t index, Random& random) {
      Claims claims(index, random);
      if (flaw == Flaw::kExpired) claims.exp = 1'600'000'000 + static_cast<int64_t>(index);
      std::string token = sign(Algorithm::kHs256, header_json(Algorithm::kHs256), claims.json());
      if (flaw == Flaw::kBadSignature) alter(token, token.size() - 20);
      if (flaw == Flaw::kMalformed) token[token.size() - 43 - 1 - 20] = '+';
      return token;
    };
    corpus = make_corpus(Algorithm::kHs256, kVerdicts[static_cast<size_t>(flaw)], 355, make_token);
  }
  return *corpus;
}

const Corpus& sized_tokens(size_t token_bytes) {
  static std::map<size_t, std::unique_ptr<const Corpus>> corpora;
  auto& corpus = corpora[token_bytes];
  if (corpus == nullptr) {
    corpus = make_corpus(Algorithm::kHs256, Verdict::kValid, token_bytes,
                         [token_bytes](size_t index, Random& random) {
                           return sized_token(token_bytes, index, random);
                         });
  }
  return *corpus;
}

std::vector<std::string> claims_texts(size_t bytes) {
  Random random(kSeed);
  std::vector<std::string> texts;
  for (size_t i = 0; i < kNumTokens; ++i) {
    std::string json = Claims(i, random).json();
    if (json.size() < bytes) {
      json.insert(json.size() - 1, roles_claim(bytes - json.size(), random));
    }
    if (json.size() != bytes) die("a claims object has not the promised size");
    texts.push_back(std::move(json));
  }
  return texts;
}

const std::vector<BadToken>& bad_tokens(Algorithm algorithm) {
  static std::map<Algorithm, std::vector<BadToken>> tokens_of;
  auto& bad = tokens_of[algorithm];
  if (!bad.empty()) return bad;

  Random random(kSeed + 1);
  const Claims good(0, random);
  const std::string header = header_json(algorithm);
  const std::string token = sign(algorithm, header, good.json());
  const size_t claims_end = token.rfind('.');
  // A token whose claims `change` has changed before they were signed.
  const auto signed_with = [&](auto change) {
    Claims claims = good;
    change(claims);
    return sign(algorithm, header, claims.json());
  };

  std::string altered = token;
  alter(altered, claims_end + 10);
  bad.push_back({"altered signature", altered, Verdict::kBadSignature});
  Claims other = good;
  other.sub = "administrator";
  bad.push_back({"exchanged claims",
                 base64url(header) + '.' + base64url(other.json()) + token.substr(claims_end),
                 Verdict::kBadSignature});
  bad.push_back(
      {"expired", signed_with([](Claims& c) { c.exp = 1'600'000'000; }), Verdict::kExpired});
  bad.push_back({"not yet valid", signed_with([](Claims& c) { c.nbf = 3'999'999'999; }),
                 Verdict::kNotYetValid});
  bad.push_back({"other issuer", signed_with([](Claims& c) { c.iss = "id.example.evil"; }),
                 Verdict::kIssMismatch});
  bad.push_back(
      {"other audience", signed_with([](Claims& c) { c.aud = "api-v2"; }), Verdict::kAudMismatch});
  bad.push_back({"alg none, rightly signed", sign(algorithm, header_json("none"), good.json()),
                 Verdict::kAlgNone});
  bad.push_back({"alg none, unsigned",
                 base64url(header_json("none")) + '.' + base64url(good.json()) + '.',
                 Verdict::kNotCompactJws});
  bad.push_back({"two segments", token.substr(0, claims_end), Verdict::kNotCompactJws});
  return bad;
}

}  // namespace simdjwt::bench
