// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// No secret, and nothing one could sign with, is left in memory that is given back; and many keys
// take little memory.

#include <gtest/gtest.h>

#define OPENSSL_SUPPRESS_DEPRECATED  // the plain SHA contexts show the midstates
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <array>
#include <optional>

#include "support/asymmetric_keys.h"
#include "support/dead_stack.h"
#include "support/heap_watch.h"
#include "support/judge.h"
#include "support/resident_memory.h"

namespace simdjwt::testing {
namespace {

// Parts of secrets. Not constants of the program, and nowhere on the heap.
constexpr size_t kPieceBytes = 8;
struct Piece {
  std::array<char, kPieceBytes> bytes;
  const char* what;
};
std::array<Piece, 128> pieces;
size_t num_pieces = 0;
const char* found = nullptr;

void add_secret(const char* what, const void* bytes, size_t num_bytes) {
  for (size_t i = 0; i + kPieceBytes <= num_bytes; i += kPieceBytes) {
    Piece& piece = pieces.at(num_pieces++);
    std::memcpy(piece.bytes.data(), static_cast<const char*>(bytes) + i, kPieceBytes);
    piece.what = what;
  }
}

void look_into(std::string_view block) {
  for (size_t i = 0; i < num_pieces; ++i) {
    const std::string_view piece(pieces[i].bytes.data(), kPieceBytes);
    if (block.find(piece) != block.npos) found = pieces[i].what;
  }
}

// What of the secrets `memory` holds, or "nothing".
std::string what_is_in(std::string_view memory) {
  found = nullptr;
  look_into(memory);
  return found == nullptr ? "nothing" : found;
}

template <class Context, size_t kBlockBytes>
void add_midstates(int (*init)(Context*), int (*update)(Context*, const void*, size_t),
                   const char* inner, const char* outer) {
  for (const int pad : {0x36, 0x5c}) {
    std::array<uint8_t, kBlockBytes> block;
    for (size_t i = 0; i < kBlockBytes; ++i) {
      block[i] = static_cast<uint8_t>((i < kSecret.size() ? kSecret[i] : 0) ^ pad);
    }
    Context context;
    init(&context);
    update(&context, block.data(), block.size());
    add_secret(pad == 0x36 ? inner : outer, context.h, sizeof(context.h));
    add_secret("padded secret", block.data(), kSecret.size());
  }
}

class Secrets : public ::testing::Test {
 protected:
  Secrets() : jwk_(R"({"kty":"oct","alg":"HS256","k":")" + base64url(kSecret) + R"("})") {
    num_pieces = 0;
    found = nullptr;
    add_secret("secret", kSecret.data(), kSecret.size());
    add_secret("JWK's k", jwk_.data() + jwk_.find("\"k\":\"") + 5, 85);
    add_midstates<SHA256_CTX, 64>(SHA256_Init, SHA256_Update, "SHA-256 inner", "SHA-256 outer");
    add_midstates<SHA512_CTX, 128>(SHA384_Init, SHA384_Update, "SHA-384 inner", "SHA-384 outer");
    add_midstates<SHA512_CTX, 128>(SHA512_Init, SHA512_Update, "SHA-512 inner", "SHA-512 outer");
  }

  // What of the secret was in memory that `use` gave back, or "nothing".
  template <class Use>
  std::string left_behind_by(Use use) {
    found = nullptr;
    watch_frees(look_into);
    use();
    watch_frees(nullptr);
    return found == nullptr ? "nothing" : found;
  }

  const std::string jwk_;
};

constexpr Algorithm kAlgorithms[] = {Algorithm::kHs256, Algorithm::kHs384, Algorithm::kHs512};

TEST_F(Secrets, AreSeenWhenLeftBehind) {
  EXPECT_EQ(left_behind_by([] { std::string copy(kSecret); }), "secret");
  EXPECT_EQ(left_behind_by([this] { std::string copy(jwk_); }), "JWK's k");
}

// Keeps what `use` returns, and tells what else it left on the stack.
template <class Use>
std::string left_on_stack_by(Use use) {
  std::optional<decltype(use())> kept;
  return what_is_in(dead_stack_of([&] { kept.emplace(use()); }));
}

TEST_F(Secrets, AreSeenWhenLeftOnTheStack) {
  if (kSanitized) GTEST_SKIP() << kOtherStack;
  const auto copy_around = [](std::string_view text) {
    volatile char copy[128];
    for (size_t i = 0; i < text.size(); ++i) copy[i] = text[i];
    return copy[0];
  };
  EXPECT_EQ(left_on_stack_by([&] { return copy_around(kSecret); }), "secret");
}

TEST_F(Secrets, AreNotLeftOnTheStackByMakingAKey) {
  if (kSanitized) GTEST_SKIP() << kOtherStack;
  for (const Algorithm algorithm : kAlgorithms) {
    SCOPED_TRACE(to_string(algorithm));
    EXPECT_EQ(left_on_stack_by([=] { return Key::hmac(algorithm, kSecret); }), "nothing");
    std::string jwk = jwk_;
    jwk.replace(jwk.find("HS256"), 5, to_string(algorithm));
    EXPECT_EQ(left_on_stack_by([&] { return Key::from_jwk(jwk); }), "nothing");
  }
}

TEST_F(Secrets, AreWipedWithTheirKey) {
  for (const Algorithm algorithm : kAlgorithms) {
    EXPECT_EQ(left_behind_by([=] { Key key = make_key(kSecret, "", algorithm); }), "nothing");
    EXPECT_EQ(left_behind_by([=] {
                Key key = make_key(kSecret, "a kid that is too long for a small string", algorithm);
                Key moved = std::move(key);
                moved = make_key(kOtherSecret);
              }),
              "nothing");
  }
}

TEST_F(Secrets, AreWipedWithTheirSet) {
  EXPECT_EQ(left_behind_by([] {
              std::vector<Key> keys;
              for (const Algorithm algorithm : kAlgorithms) {
                keys.push_back(make_key(kSecret, std::string(to_string(algorithm)), algorithm));
              }
              const KeySet set = make_keys(std::move(keys));
              const KeySet copy = set;
            }),
            "nothing");
  EXPECT_EQ(left_behind_by([] {
              KeySetBuilder builder;
              builder.add(make_key(kSecret, "a")).add(make_key(kSecret, "a"));
              EXPECT_FALSE(builder.build().ok());
            }),
            "nothing");
}

TEST_F(Secrets, AreWipedAfterAJwkWasRead) {
  const std::string set = R"({"keys":[)" + jwk_ + "]}";
  const std::string unusable = jwk_.substr(0, jwk_.size() - 1) + R"(,"use":"enc"})";
  const std::string broken = jwk_.substr(0, jwk_.size() - 1);
  const std::string twice = R"({"keys":[)" + jwk_ + "," + jwk_ + "]}";
  EXPECT_EQ(left_behind_by([&] { EXPECT_TRUE(Key::from_jwk(jwk_).ok()); }), "nothing");
  EXPECT_EQ(left_behind_by([&] { EXPECT_TRUE(KeySet::from_jwks(set).ok()); }), "nothing");
  EXPECT_EQ(left_behind_by([&] { (void)KeySet::from_jwks(twice).ok(); }), "nothing");
  EXPECT_EQ(left_behind_by([&] { EXPECT_FALSE(Key::from_jwk(unusable).ok()); }), "nothing");
  EXPECT_EQ(left_behind_by([&] { EXPECT_FALSE(Key::from_jwk(broken).ok()); }), "nothing");
}

// The parser copies strings as it goes, so that a text may fail behind the secret.
TEST_F(Secrets, AreWipedAfterAJwkOrASetWasRefused) {
  const std::string open = jwk_.substr(0, jwk_.size() - 1);
  const std::string with_kid = open + R"(,"kid":"a"})";
  std::string other_with_kid = with_kid;
  other_with_kid.replace(other_with_kid.find(R"("k":")") + 5, 4, "AAAA");
  const std::string refused[] = {
      open + R"(,"x":@})",
      open + R"(,"x":tru})",
      open + R"(,"x":"\q"})",
      open + R"(,"k":"again"})",
      R"({"keys":[)" + with_kid + "," + other_with_kid + "]}",
      R"({"keys":[)" + jwk_ + R"(,{"kty":"RSA"}]})",
      R"({"keys":[)" + jwk_ + R"(],"keys":[]})",
      R"({"keys":{"a":)" + jwk_ + "}}",
      R"(["","","","","","","","","","","","",)" + jwk_ + "]",
  };
  for (const std::string& json : refused) {
    SCOPED_TRACE(json);
    EXPECT_EQ(left_behind_by([&] { EXPECT_FALSE(KeySet::from_jwks(json).ok()); }), "nothing");
    EXPECT_EQ(left_behind_by([&] { EXPECT_FALSE(Key::from_jwk(json).ok()); }), "nothing");
  }
}

TEST_F(Secrets, AreWipedAfterAPrivateKeyWasReadOrWritten) {
  num_pieces = 0;
  const Key key = make_jwk_key(kP256Jwk, Algorithm::kEs256);
  const std::string pem = key.to_pem(KeyHalf::kPrivate).value();
  const std::string jwk = key.to_jwk(KeyHalf::kPrivate).value();
  // Not the number itself nor the last line, copies of which libcrypto's decoders leave.
  add_secret("JWK's d", jwk.data() + jwk.find("\"d\":\"") + 5, 16);
  add_secret("PEM", pem.data() + pem.find('\n') + 33, 16);
  EXPECT_EQ(left_behind_by([&] { const std::string copy(pem); }), "PEM");
  EXPECT_EQ(left_behind_by([&] { EXPECT_TRUE(Key::from_pem(key.algorithm(), pem).ok()); }),
            "nothing");
  EXPECT_EQ(left_behind_by([&] { EXPECT_TRUE(Key::from_jwk(jwk).ok()); }), "nothing");
  // The texts are the caller's to wipe.
  const auto wipe = [](std::string text) { OPENSSL_cleanse(text.data(), text.size()); };
  EXPECT_EQ(left_behind_by([&] { wipe(key.to_pem(KeyHalf::kPrivate).value()); }), "nothing");
  EXPECT_EQ(left_behind_by([&] { wipe(key.to_jwk(KeyHalf::kPrivate).value()); }), "nothing");
}

TEST_F(Secrets, AreNotLeftByVerifyingOrSigning) {
  for (const Algorithm algorithm : kAlgorithms) {
    const std::string header = R"({"alg":")" + std::string(to_string(algorithm)) + R"("})";
    const std::string token = forge(header, kClaims, kSecret, algorithm);
    EXPECT_EQ(left_behind_by([&] {
                const Verifier verifier(KeySet::of(make_key(kSecret, "", algorithm)),
                                        lenient().build().value());
                Scratch scratch;
                EXPECT_TRUE(verifier.verify(token, scratch, kNow));
                const std::vector<std::string_view> tokens(9, token);
                std::vector<VerifyResult> results(9);
                verifier.verify_batch(tokens, results, scratch, kNow);
                EXPECT_TRUE(results.back());
              }),
              "nothing");
    EXPECT_EQ(left_behind_by([&] {
                const Signer signer = Signer::create(make_key(kSecret, "", algorithm)).value();
                EXPECT_TRUE(signer.sign_claims(kClaims).ok());
              }),
              "nothing");
  }
}

TEST(ResidentMemory, OfAVerifierWithTenThousandKeysIsBelow16MiB) {
  if (kSanitized) GTEST_SKIP() << "sanitizers multiply memory";
  constexpr size_t kNumKeys = 10000;
  const size_t before = resident_bytes();
  KeySetBuilder builder;
  for (size_t i = 0; i < kNumKeys; ++i) {
    std::string secret = "secret number " + std::to_string(i);
    secret.resize(64, '.');
    // Of the largest kind, with a kid as long as a UUID.
    builder.add(make_key(secret, "00000000-0000-0000-0000-" + std::to_string(100000000000 + i),
                         Algorithm::kHs512));
  }
  const Verifier verifier(builder.build().value(), lenient().build().value());
  Scratch scratch;
  const std::string token =
      forge(R"({"alg":"HS512","kid":"00000000-0000-0000-0000-100000000000"})", "{}");
  EXPECT_NE(verifier.verify(token, scratch, kNow).verdict(), Verdict::kNoMatchingKey);
  const size_t growth = resident_bytes() - before;
  RecordProperty("growth_bytes", std::to_string(growth));
  EXPECT_LT(growth, size_t{16} * 1024 * 1024);
}

}  // namespace
}  // namespace simdjwt::testing
