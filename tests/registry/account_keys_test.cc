// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Accounts whose tokens are signed by keys.

#include <simdjwt/simdjwt.h>

#include <map>
#include <optional>

#include "registry/account_key.h"
#include "registry/follower.h"
#include "registry/jti.h"
#include "registry/key_maker.h"
#include "registry/registry_fixture.h"
#include "registry/rows.h"
#include "registry/schema.h"
#include "support/token_forge.h"

namespace simdjwt::registry {
namespace {

std::string header_of(std::string_view token) {
  return std::string(decode_unverified(token).value().header_json);
}

// An account with the server "api", whose tokens are signed by EdDSA.
class AccountKeysTest : public RegistryTest {
 protected:
  AccountKeysTest() {
    EXPECT_TRUE(store_.create_server(alice_.id, "api", "", at(kNow)).ok());
    SignatureCache::Seed seed{};
    signatures_ = SignatureCache::create(100, seed).value();
    follower_ = Follower::open(path(), kNow, signatures_).value();
  }

  static Account make_account_of(Store& store, std::string_view name, Algorithm algorithm) {
    return store.create_account(name, Accepts::kRegistered, {}, at(kNow), algorithm).value();
  }
  absl::Status choose(Algorithm algorithm, Accepts accepts = Accepts::kRegistered) {
    return store_.set_policy(alice_.id, accepts, {}, at(kNow), algorithm);
  }
  IssuedToken issue() { return make_token(store_, alice_.id, {"api"}); }

  Verdict judge(std::string_view token, int64_t now = kNow, const std::string& server = "api") {
    EXPECT_TRUE(follower_->follow(now).ok());
    for (const CheckedServer& checked : follower_->servers()) {
      if (checked.name != server) continue;
      const Verdict verdict = checked.verifier.verify(token, scratch_, now).verdict();
      EXPECT_EQ(checked.verifier.verify(token, scratch_, now).verdict(), verdict) << "once more";
      return verdict;
    }
    ADD_FAILURE() << "no server " << server;
    return Verdict::kValid;
  }

  KeySet public_keys(int64_t now = kNow) {
    return KeySet::from_jwks(store_.public_keys(alice_.id, now).value()).value();
  }
  std::string kid() { return store_.secrets(alice_.id).value().at(0).kid; }

  // What the registry would sign, had it these claims: with alice's own private key.
  std::string sign(std::string_view claims) {
    const Vault vault = Vault::open(path() + ".key").value();
    Database database = Database::open(path()).value();
    const SigningSecret secret =
        find_current_secret(database, vault, alice_.id, alice_.algorithm).value().value();
    return sign_token(secret.info.algorithm, secret.text, claims).value();
  }

  Store store_ = make_store();
  const Account alice_ = make_account_of(store_, "alice", Algorithm::kEdDsa);
  std::shared_ptr<SignatureCache> signatures_;
  std::unique_ptr<Follower> follower_;
  Scratch scratch_;
};

TEST_F(AccountKeysTest, SignWithTheirThumbprintInTheHeader) {
  for (const Algorithm algorithm : {Algorithm::kEdDsa, Algorithm::kRs256}) {
    ASSERT_TRUE(choose(algorithm).ok());
    const IssuedToken issued = issue();
    const std::string name(to_string(algorithm));
    EXPECT_EQ(header_of(issued.text),
              R"({"alg":")" + name + R"(","typ":"JWT","kid":")" + kid() + "\"}");
    EXPECT_EQ(public_keys().key(0).thumbprint().value(), kid());
    EXPECT_EQ(judge(issued.text), Verdict::kValid);
    EXPECT_EQ(store_.copy_token(alice_.id, issued.token.jti, at(kNow + 5)).value(), issued.text);
  }
}

TEST_F(AccountKeysTest, AreOfAlgorithmsThatSignTheSameBytesAgain) {
  for (const Algorithm algorithm :
       {Algorithm::kEs256, Algorithm::kPs256, Algorithm::kHs384, Algorithm::kEd448}) {
    EXPECT_TRUE(absl::IsInvalidArgument(choose(algorithm))) << to_string(algorithm);
    EXPECT_TRUE(absl::IsInvalidArgument(
        store_.create_account("bob", Accepts::kRegistered, {}, at(kNow), algorithm).status()));
  }
  EXPECT_TRUE(absl::IsNotFound(store_.find_account("bob").status()));
}

TEST_F(AccountKeysTest, AreThereBeforeTheFirstToken) {
  EXPECT_EQ(public_keys().num_keys(), 1u);
  EXPECT_EQ(store_.find_account("alice").value().algorithm, Algorithm::kEdDsa);
  const std::vector<AuditEntry> entries = store_.audit({.account = alice_.id}).value();
  EXPECT_EQ(entries.at(entries.size() - 2).action, "secret.create");
  EXPECT_EQ(entries.at(entries.size() - 2).detail, "generation 1, EdDSA");
  EXPECT_TRUE(entries.back().detail.ends_with(", signed by EdDSA")) << entries.back().detail;
}

TEST_F(AccountKeysTest, LeaveTokensThatOthersSignedAsTheyAre) {
  ASSERT_TRUE(choose(Algorithm::kHs256).ok());
  const IssuedToken by_secret = issue();
  EXPECT_EQ(header_of(by_secret.text), R"({"alg":"HS256","typ":"JWT"})");
  ASSERT_TRUE(choose(Algorithm::kRs256).ok());
  const IssuedToken by_rsa = issue();
  ASSERT_TRUE(choose(Algorithm::kEdDsa).ok());
  const IssuedToken by_eddsa = issue();
  EXPECT_EQ(store_.secrets(alice_.id).value().size(), 3u) << "the first EdDSA key is used again";
  for (const IssuedToken* issued : {&by_secret, &by_rsa, &by_eddsa}) {
    EXPECT_EQ(judge(issued->text), Verdict::kValid);
    EXPECT_EQ(store_.copy_token(alice_.id, issued->token.jti, at(kNow)).value(), issued->text);
  }
  EXPECT_EQ(public_keys().num_keys(), 2u);

  // To replace one replaces no other.
  EXPECT_EQ(store_.rotate_secret(alice_.id, 0, at(kNow)).value().generation, 4);
  EXPECT_EQ(judge(by_eddsa.text), Verdict::kAlgMismatch) << "only the secret answers for any kid";
  EXPECT_EQ(judge(by_rsa.text), Verdict::kValid);
  EXPECT_EQ(judge(by_secret.text), Verdict::kValid);
  const SecretInfo secret = store_.rotate_secret(alice_.id, 0, at(kNow), Algorithm::kHs256).value();
  EXPECT_EQ(secret.algorithm, Algorithm::kHs256);
  EXPECT_EQ(secret.kid, "");
  EXPECT_EQ(judge(by_rsa.text), Verdict::kValid);
  EXPECT_EQ(judge(by_secret.text), Verdict::kBadSignature);
}

TEST_F(AccountKeysTest, VerifyUntilTheirGraceIsOver) {
  const IssuedToken old = issue();
  const std::string old_kid = kid();
  const SecretInfo made = store_.rotate_secret(alice_.id, 60, at(kNow)).value();
  EXPECT_EQ(made.algorithm, Algorithm::kEdDsa);
  EXPECT_EQ(made.kid, kid());
  EXPECT_NE(made.kid, old_kid);
  const IssuedToken young = issue();
  EXPECT_EQ(public_keys(kNow + 59).num_keys(), 2u);
  EXPECT_EQ(public_keys(kNow + 60).num_keys(), 1u);
  EXPECT_EQ(judge(old.text, kNow + 59), Verdict::kValid);
  // It is remembered, but its key is no longer asked.
  EXPECT_EQ(judge(old.text, kNow + 60), Verdict::kKeyExpired);
  EXPECT_EQ(judge(young.text, kNow + 60), Verdict::kValid);
  EXPECT_TRUE(absl::IsFailedPrecondition(
      store_.copy_token(alice_.id, old.token.jti, at(kNow + 60)).status()));
  follower_ = Follower::open(path(), kNow + 60, signatures_).value();
  EXPECT_EQ(judge(old.text, kNow + 60), Verdict::kNoMatchingKey);
  EXPECT_EQ(judge(young.text, kNow + 60), Verdict::kValid);
}

TEST_F(AccountKeysTest, AcceptNoMoreThanSecretsDo) {
  const IssuedToken issued = issue();
  const IssuedToken elsewhere = make_token(store_, alice_.id);
  EXPECT_EQ(judge(issued.text), Verdict::kValid);
  EXPECT_EQ(judge(elsewhere.text), Verdict::kNotAssociated);
  // Index and jti have to agree.
  std::string jti = issued.token.jti;
  EXPECT_EQ(judge(sign(R"({"jti":")" + jti + "\"}")), Verdict::kValid);
  jti[0] = jti[0] == 'A' ? 'B' : 'A';
  EXPECT_EQ(judge(sign(R"({"jti":")" + jti + "\"}")), Verdict::kNotRegistered);
  EXPECT_EQ(judge(sign("{}")), Verdict::kNotRegistered);
  ASSERT_TRUE(choose(Algorithm::kEdDsa, Accepts::kSigned).ok());
  EXPECT_EQ(judge(sign("{}")), Verdict::kValid);
  EXPECT_EQ(judge(sign(R"({"token_type":"refresh"})")), Verdict::kRefreshToken);

  ASSERT_TRUE(store_.revoke_token(alice_.id, issued.token.jti, "", at(kNow)).ok());
  EXPECT_EQ(judge(issued.text), Verdict::kRevoked) << "though its signature is remembered";
}

TEST_F(AccountKeysTest, OfOneAccountVerifyNoTokenOfAnother) {
  const Account bob = make_account_of(store_, "bob", Algorithm::kEdDsa);
  ASSERT_TRUE(store_.create_server(bob.id, "bobs", "", at(kNow)).ok());
  const IssuedToken of_bob = make_token(store_, bob.id, {"bobs"});
  const IssuedToken of_alice = issue();
  EXPECT_EQ(judge(of_bob.text, kNow, "bobs"), Verdict::kValid);
  EXPECT_EQ(judge(of_bob.text), Verdict::kNoMatchingKey);
  EXPECT_EQ(judge(of_alice.text, kNow, "bobs"), Verdict::kNoMatchingKey);
  // Another's key under alice's kid.
  const auto claims = std::string(decode_unverified(of_alice.text).value().payload);
  Key other = make_key(Algorithm::kEdDsa, 0, kid()).value();
  const std::string forged = simdjwt::Signer::create(std::move(other))->sign_claims(claims).value();
  EXPECT_EQ(header_of(forged), header_of(of_alice.text));
  EXPECT_EQ(judge(forged), Verdict::kBadSignature);
}

TEST_F(AccountKeysTest, AreNoSecretsForWhoKnowsTheirPublicHalf) {
  const IssuedToken issued = issue();
  const std::string claims(decode_unverified(issued.text).value().payload);
  const auto judge_forgeries = [&] {
    std::vector<Verdict> verdicts;
    const KeySet keys = public_keys();
    for (const std::string& text : {keys.key(0).to_jwk(KeyHalf::kPublic).value(),
                                    keys.key(0).to_pem(KeyHalf::kPublic).value(),
                                    store_.public_keys(alice_.id, kNow).value(), kid() + kid()}) {
      for (const std::string& header : {R"({"alg":"HS256","typ":"JWT","kid":")" + kid() + "\"}",
                                        std::string(R"({"alg":"HS256","typ":"JWT"})"),
                                        R"({"alg":"EdDSA","typ":"JWT","kid":")" + kid() + "\"}"}) {
        const Verdict verdict = judge(testing::forge(header, claims, text));
        EXPECT_TRUE(class_of(verdict) == VerdictClass::kInvalidSignature) << to_string(verdict);
        verdicts.push_back(verdict);
      }
    }
    return verdicts;
  };
  EXPECT_EQ(judge_forgeries().front(), Verdict::kAlgMismatch);
  // Nor beside a secret.
  ASSERT_TRUE(choose(Algorithm::kHs256).ok());
  const IssuedToken by_secret = issue();
  ASSERT_TRUE(choose(Algorithm::kEdDsa).ok());
  EXPECT_EQ(judge(by_secret.text), Verdict::kValid);
  judge_forgeries();
}

TEST_F(AccountKeysTest, ShowTheirPrivateHalfToNobody) {
  issue();
  EXPECT_TRUE(absl::IsFailedPrecondition(store_.show_secret(alice_.id, at(kNow)).status()));
  const Vault vault = Vault::open(path() + ".key").value();
  Database database = Database::open(path()).value();
  const SigningSecret secret =
      find_current_secret(database, vault, alice_.id, Algorithm::kEdDsa).value().value();
  const std::string_view jwk = secret.text.view();
  const std::string_view d = jwk.substr(jwk.find("\"d\":\"") + 5, 43);
  EXPECT_EQ(store_.public_keys(alice_.id, kNow).value().find(d), std::string::npos);
  for (const char* suffix : {"", "-wal", ".key"}) {
    EXPECT_EQ(bytes_of(path() + suffix).find(d), std::string::npos) << suffix;
  }
  // An account that had a secret before still has it to show.
  ASSERT_TRUE(choose(Algorithm::kHs256).ok());
  const std::string before(store_.show_secret(alice_.id, at(kNow)).value().view());
  ASSERT_TRUE(choose(Algorithm::kEdDsa).ok());
  EXPECT_EQ(store_.show_secret(alice_.id, at(kNow)).value().view(), before);
}

TEST_F(AccountKeysTest, AreBoundToTheirPublicHalf) {
  const std::string other = make_key(Algorithm::kEdDsa, 0).value().to_jwk(KeyHalf::kPublic).value();
  Database database = Database::open(path()).value();
  ASSERT_TRUE(database.run("UPDATE secrets SET public_jwk = ?", other).ok());
  EXPECT_TRUE(absl::IsDataLoss(store_.public_keys(alice_.id, kNow).status()));
  EXPECT_FALSE(Follower::open(path(), kNow).ok()) << "whoever put it there could forge";
}

TEST_F(AccountKeysTest, AreFoundBySearchingForASigner) {
  const std::string token = issue().text;
  const TokenSigner signer = store_.find_signer(alice_.id, token).value().value();
  EXPECT_EQ(signer.secret.algorithm, Algorithm::kEdDsa);
  EXPECT_EQ(signer.secret.kid, kid());
  EXPECT_EQ(store_.find_signer(alice_.id, token.substr(0, token.size() - 2)).value(), std::nullopt);
}

TEST_F(AccountKeysTest, CannotBeRotatedBeforeTheyAreMade) {
  EXPECT_TRUE(absl::IsFailedPrecondition(
      store_.rotate_secret(alice_.id, 0, at(kNow), Algorithm::kRs256).status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(
      store_.rotate_secret(alice_.id, 0, at(kNow), Algorithm::kHs256).status()));
  EXPECT_EQ(store_.secrets(alice_.id).value().size(), 1u);
}

// A registry that was written before there were keys, with a token.
TEST_F(RegistryTest, OfAnOlderSchemaKeepsItsTokensAndTakesKeys) {
  make_empty_file();
  const SecretText secret = Vault::make_secret().value();
  const std::string jti = make_jti(0).value();
  const std::string claims = R"({"jti":")" + jti + "\"}";
  {
    const Vault vault = Vault::open_or_create(path() + ".key").value();
    Database database = Database::open(path()).value();
    ASSERT_TRUE(migrate(database, schema_scripts().first(4)).ok());
    const std::string check = vault.make_check().value();
    const std::string sealed = vault.seal(1, 1, "", secret).value();
    ASSERT_TRUE(
        database
            .run("INSERT INTO registry VALUES (1, 0, 0, 1, ?, ?, ?)", kIssuer, Blob{check}, kNow)
            .ok());
    ASSERT_TRUE(
        database.run("INSERT INTO accounts VALUES (1, 'alice', ?, 0, 1, NULL, 1)", kNow).ok());
    ASSERT_TRUE(
        database.run("INSERT INTO secrets VALUES (1, 1, ?, NULL, ?)", kNow, Blob{sealed}).ok());
    ASSERT_TRUE(database
                    .run("INSERT INTO tokens (idx, account, jti, header, generation, created, "
                         "description, claims) VALUES (0, 1, ?, 'HS256', 1, ?, 'old', ?)",
                         jti, kNow, claims)
                    .ok());
  }
  Store store = Store::open(path()).value();
  const Account alice = store.find_account("alice").value();
  EXPECT_EQ(alice.algorithm, Algorithm::kHs256);
  EXPECT_EQ(store.show_secret(alice.id, at(kNow)).value().view(), secret.view());
  const std::string old = store.copy_token(alice.id, jti, at(kNow)).value();
  EXPECT_EQ(old, testing::forge(testing::kHeader, claims, secret.view()));
  ASSERT_TRUE(store.set_policy(alice.id, {}, {}, at(kNow), Algorithm::kEdDsa).ok());
  EXPECT_TRUE(header_of(make_token(store, alice.id).text).starts_with(R"({"alg":"EdDSA")"));
  EXPECT_EQ(store.copy_token(alice.id, jti, at(kNow)).value(), old);
}

}  // namespace
}  // namespace simdjwt::registry
