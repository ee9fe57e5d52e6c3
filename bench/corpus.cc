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

#include "key_pair.h"

namespace simdjwt::bench {
namespace {

using Random =
    std::mt19937_64;  // the engine's output is fixed by the standard; distributions' are not
constexpr uint64_t kSeed = 7519;

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "corpus: %s\n", what);
  std::abort();
}

const char* hmac_digest_name(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kHs256:
      return "SHA256";
    case Algorithm::kHs384:
      return "SHA384";
    default:
      return "SHA512";
  }
}

std::string signature_of(Algorithm algorithm, std::string_view message, std::string_view key) {
  if (!is_hmac(algorithm)) return key_pair(algorithm).sign(message);
  std::string tag(EVP_MAX_MD_SIZE, '\0');
  size_t tag_bytes = 0;
  if (EVP_Q_mac(nullptr, "HMAC", nullptr, hmac_digest_name(algorithm), nullptr, key.data(),
                key.size(), reinterpret_cast<const unsigned char*>(message.data()), message.size(),
                reinterpret_cast<unsigned char*>(tag.data()), tag.size(), &tag_bytes) == nullptr) {
    die("HMAC failed");
  }
  tag.resize(tag_bytes);
  return tag;
}

std::string sign(Algorithm algorithm, std::string_view header_json, std::string_view claims_json,
                 std::string_view key) {
  std::string token = base64url(header_json) + '.' + base64url(claims_json);
  return token + '.' + base64url(signature_of(algorithm, token, key));
}

std::string sign(Algorithm algorithm, std::string_view header_json, std::string_view claims_json) {
  return sign(algorithm, header_json, claims_json, secret(algorithm));
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

using Members = std::vector<std::string>;

std::string object_of(const Members& members) {
  std::string json;
  for (const std::string& text : members) json += (json.empty() ? '{' : ',') + text;
  return json + '}';
}

// The claims of token `index`, of which a bad token changes one. sub has six to thirteen bytes; the
// scope is cut off where all together have kClaimsBytes.
constexpr size_t kClaimsBytes = 194;

struct Claims {
  Claims(size_t index, Random& random)
      : jti(uuid(random)),
        iat(1'700'000'000 + static_cast<int64_t>(random() % 1'000'000)),
        nbf(iat),
        exp(kFirstExp + static_cast<int64_t>(index)) {
    const uint64_t bits = random() % 27;
    sub += std::to_string(random() & ((uint64_t{1} << bits) - 1));
    scope.resize(scope.size() - (object_of(members()).size() - kClaimsBytes));
  }

  Members members() const {
    return {member("iss", iss), member("sub", sub), member("aud", aud), member("jti", jti),
            member("iat", iat), member("nbf", nbf), member("exp", exp), member("scope", scope)};
  }
  std::string json() const { return object_of(members()); }

  std::string iss{kIss};
  std::string sub = "user-";
  std::string aud{kAud};
  std::string jti;
  int64_t iat;
  int64_t nbf;
  int64_t exp;
  std::string scope = "openid orders.read orders.write profile";
};

Members shuffled(Members members, Random& random) {
  for (size_t i = members.size(); i > 1; --i) std::swap(members[i - 1], members[random() % i]);
  return members;
}

std::string header_json(std::string_view alg, size_t key) {
  return object_of({member("alg", alg), member("typ", "JWT"), member("kid", kid_of(key))});
}

std::string header_json(Algorithm algorithm, size_t key = 0) {
  return header_json(to_string(algorithm), key);
}

// Exchanges one character for a neighbour that leaves the text canonical base64url.
void alter(std::string& text, size_t position) {
  text[position] = text[position] == 'A' ? 'B' : 'A';
}

// A member of exactly `bytes` bytes: an array of as many roles as fit.
std::string roles_member(size_t bytes, Random& random) {
  std::string text = "\"roles\":[";
  while (bytes - text.size() > 30) {
    text += "\"role-" + std::to_string(1000 + random() % 9000) + "\",";
  }
  text += '"';
  text.append(bytes - text.size() - 2, 'r');
  return text + "\"]";
}

// The object of these members, and roles behind them, if any fit, of exactly `bytes` bytes.
std::string object_with_roles(Members members, size_t bytes, Random& random) {
  const size_t size = object_of(members).size();
  if (size < bytes) members.push_back(roles_member(bytes - size - 1, random));
  return object_of(members);
}

std::string sized_token(size_t token_bytes, size_t index, Random& random) {
  const std::string header = token_bytes < 200
                                 ? object_of({member("alg", "HS256"), member("kid", kid_of(0))})
                                 : header_json(Algorithm::kHs256);
  const size_t fixed_chars = base64url(header).size() + 1 + 1 + 43;  // dots and signature
  const size_t claims_bytes = (token_bytes - fixed_chars) * 3 / 4;
  const Claims claims(index, random);
  Members members = claims.members();
  members.pop_back();  // scope
  if (token_bytes < 300) {
    members = {member("iss", claims.iss), member("aud", claims.aud), member("exp", claims.exp)};
  }
  return sign(Algorithm::kHs256, header, object_with_roles(members, claims_bytes, random));
}

// What tells a corpus from the others.
struct Plan {
  std::string name;
  size_t token_bytes;
  Algorithm algorithm = Algorithm::kHs256;
  size_t num_keys = 1;
  size_t num_issuers = 0;
  Verdict verdict = Verdict::kValid;
};

// The corpus of this plan, with tokens by `make_token` when it is first asked for.
template <class MakeToken>
const Corpus& corpus_of(const Plan& plan, MakeToken make_token) {
  static std::map<std::string, std::unique_ptr<const Corpus>, std::less<>> corpora;
  auto& corpus = corpora[plan.name];
  if (corpus != nullptr) return *corpus;
  Random random(kSeed);
  std::vector<std::string> tokens;
  const size_t num_tokens = is_hmac(plan.algorithm) ? kNumTokens : kNumSlowTokens;
  for (size_t i = 0; i < num_tokens; ++i) {
    tokens.push_back(make_token(i, random));
    if (tokens.back().size() != plan.token_bytes) die("a token has not the promised size");
  }
  corpus = std::make_unique<const Corpus>(plan.algorithm, plan.num_keys, plan.num_issuers,
                                          plan.verdict, std::move(tokens));
  return *corpus;
}

constexpr size_t kSignedChars = 311;
constexpr size_t kHs256TokenChars = kSignedChars + 1 + 43;

size_t token_bytes_of(Algorithm algorithm) {
  const std::string signature = signature_of(algorithm, "", secret(algorithm));
  return kSignedChars + 1 + base64url(signature).size();
}

}  // namespace

Corpus::Corpus(Algorithm alg, size_t key_count, size_t issuer_count, Verdict deserved,
               std::vector<std::string> distinct_tokens)
    : algorithm(alg),
      num_keys(key_count),
      num_issuers(issuer_count),
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

std::string kid_of(size_t index) {
  static constexpr std::string_view kCharacters = "abcdefghijklmnopqrstuvwxyz0123456789";
  static_assert(kNumKeys <= kCharacters.size() * kCharacters.size());
  return {kCharacters[index / kCharacters.size()], kCharacters[index % kCharacters.size()]};
}

std::string issuer_of(size_t index) {
  std::string name = std::to_string(index);
  return "id-" + std::string(kIss.size() - 3 - name.size(), '0') + name;
}

std::string secret_of_issuer(size_t index) {
  std::string key(secret(Algorithm::kHs256));
  const std::string name = issuer_of(index);
  return key.replace(0, name.size(), name);
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
  return corpus_of({.name = "valid " + std::string(to_string(algorithm)),
                    .token_bytes = token_bytes_of(algorithm),
                    .algorithm = algorithm},
                   [algorithm](size_t index, Random& random) {
                     return sign(algorithm, header_json(algorithm), Claims(index, random).json());
                   });
}

const Corpus& varied_tokens(Variety variety) {
  if (variety == Variety::kShuffled) {
    return corpus_of({.name = "shuffled", .token_bytes = kHs256TokenChars},
                     [](size_t index, Random& random) {
                       const Claims claims(index, random);
                       return sign(Algorithm::kHs256, header_json(Algorithm::kHs256),
                                   object_of(shuffled(claims.members(), random)));
                     });
  }
  return corpus_of({.name = "many keys", .token_bytes = kHs256TokenChars, .num_keys = kNumKeys},
                   [](size_t index, Random& random) {
                     return sign(Algorithm::kHs256,
                                 header_json(Algorithm::kHs256, index % kNumKeys),
                                 Claims(index, random).json());
                   });
}

const Corpus& issuers_tokens(Algorithm algorithm, size_t num_issuers) {
  constexpr size_t kStride = 7919;
  return corpus_of(
      {.name = std::string(to_string(algorithm)) + " of issuers " + std::to_string(num_issuers),
       .token_bytes = token_bytes_of(algorithm),
       .algorithm = algorithm,
       .num_issuers = num_issuers},
      [=](size_t index, Random& random) {
        const size_t issuer = index * kStride % num_issuers;
        Claims claims(index, random);
        claims.iss = issuer_of(issuer);
        return sign(algorithm, header_json(algorithm, issuer % kNumKeys), claims.json(),
                    secret_of_issuer(issuer));
      });
}

const Corpus& flawed_tokens(Flaw flaw) {
  static constexpr Verdict kVerdicts[] = {Verdict::kBadSignature, Verdict::kExpired,
                                          Verdict::kBadBase64url};
  const auto index_of_flaw = static_cast<size_t>(flaw);
  return corpus_of({.name = "flawed " + std::to_string(index_of_flaw),
                    .token_bytes = kHs256TokenChars,
                    .verdict = kVerdicts[index_of_flaw]},
                   [flaw](size_t index, Random& random) {
                     Claims claims(index, random);
                     if (flaw == Flaw::kExpired) {
                       claims.exp = 1'600'000'000 + static_cast<int64_t>(index);
                     }
                     std::string token =
                         sign(Algorithm::kHs256, header_json(Algorithm::kHs256), claims.json());
                     if (flaw == Flaw::kBadSignature) alter(token, token.size() - 20);
                     if (flaw == Flaw::kMalformed) token[kSignedChars - 20] = '+';
                     return token;
                   });
}

const Corpus& sized_tokens(size_t token_bytes) {
  return corpus_of({.name = "sized " + std::to_string(token_bytes), .token_bytes = token_bytes},
                   [token_bytes](size_t index, Random& random) {
                     return sized_token(token_bytes, index, random);
                   });
}

std::vector<std::string> claims_texts(ClaimsForm form) {
  Random random(kSeed);
  std::vector<std::string> texts;
  for (size_t i = 0; i < kNumTokens; ++i) {
    Members members = Claims(i, random).members();
    if (form == ClaimsForm::kShuffled) members = shuffled(members, random);
    const size_t bytes = form == ClaimsForm::kWithRoles ? 250 : kClaimsBytes;
    texts.push_back(object_with_roles(members, bytes, random));
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
  bad.push_back({"alg none, rightly signed", sign(algorithm, header_json("none", 0), good.json()),
                 Verdict::kAlgNone});
  bad.push_back({"alg none, unsigned",
                 base64url(header_json("none", 0)) + '.' + base64url(good.json()) + '.',
                 Verdict::kNotCompactJws});
  bad.push_back({"two segments", token.substr(0, claims_end), Verdict::kNotCompactJws});
  return bad;
}

}  // namespace simdjwt::bench
