// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/vault.h"

#include <sys/stat.h>

#include <set>

#include "registry/jti.h"
#include "registry/registry_fixture.h"

namespace simdjwt::registry {
namespace {

using VaultTest = RegistryTest;

TEST_F(VaultTest, SealsForOneAccountAndGeneration) {
  const Vault vault = Vault::open_or_create(path("key")).value();
  const SecretText secret = Vault::make_secret().value();
  const std::string sealed = vault.seal(7, 2, "", secret).value();
  EXPECT_EQ(sealed.find(secret.view()), std::string::npos);
  EXPECT_EQ(vault.unseal(7, 2, "", sealed).value().view(), secret.view());
  EXPECT_FALSE(vault.unseal(8, 2, "", sealed).ok());
  EXPECT_FALSE(vault.unseal(7, 3, "", sealed).ok());
  EXPECT_FALSE(Vault::open_or_create(path("other")).value().unseal(7, 2, "", sealed).ok());
}

TEST_F(VaultTest, SealsPrivateKeysBesideTheirPublicHalf) {
  const Vault vault = Vault::open_or_create(path("key")).value();
  const SecretText key("of any length");
  const std::string sealed = vault.seal(7, 2, "public", key).value();
  EXPECT_EQ(vault.unseal(7, 2, "public", sealed).value().view(), key.view());
  EXPECT_FALSE(vault.unseal(7, 2, "another", sealed).ok());
  EXPECT_FALSE(vault.unseal(7, 2, "", sealed).ok());
}

TEST_F(VaultTest, NoticesEveryChangedByte) {
  const Vault vault = Vault::open_or_create(path("key")).value();
  const SecretText secret = Vault::make_secret().value();
  const std::string sealed = vault.seal(1, 1, "", secret).value();
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(vault.unseal(1, 1, "", changed).ok()) << i;
  }
  EXPECT_FALSE(vault.unseal(1, 1, "", sealed.substr(1)).ok());
  EXPECT_FALSE(vault.unseal(1, 1, "", "").ok());
}

TEST_F(VaultTest, SealsTheSameSecretAnewEachTime) {
  const Vault vault = Vault::open_or_create(path("key")).value();
  const SecretText secret = Vault::make_secret().value();
  EXPECT_NE(vault.seal(1, 1, "", secret).value(), vault.seal(1, 1, "", secret).value());
}

TEST_F(VaultTest, KnowsItsKeyAgain) {
  const std::string check = Vault::open_or_create(path("key")).value().make_check().value();
  EXPECT_TRUE(Vault::open(path("key")).value().passes(check));
  EXPECT_FALSE(Vault::open_or_create(path("other")).value().passes(check));
  EXPECT_FALSE(Vault::open(path("key")).value().passes(""));
}

TEST_F(VaultTest, RefusesFilesThatAreNoKey) {
  const std::string digits(64, 'a');
  for (const std::string& text :
       {std::string(), digits, digits + "\n\n", digits + "x", std::string(64, 'A') + '\n',
        std::string(64, 'g') + '\n', "  " + digits.substr(2) + '\n'}) {
    std::ofstream(path("key")) << text;
    chmod(path("key").c_str(), 0600);
    EXPECT_TRUE(absl::IsInvalidArgument(Vault::open(path("key")).status())) << text;
  }
  std::ofstream(path("key")) << digits << '\n';
  EXPECT_TRUE(Vault::open(path("key")).ok());
  EXPECT_TRUE(absl::IsUnavailable(Vault::open(path("missing")).status()));
}

TEST_F(VaultTest, RefusesAKeyThatEverybodyMayRead) {
  std::ofstream(path("key")) << std::string(64, 'a') << '\n';
  chmod(path("key").c_str(), 0604);
  EXPECT_TRUE(absl::IsInvalidArgument(Vault::open(path("key")).status()));
  chmod(path("key").c_str(), 0640);
  EXPECT_TRUE(Vault::open(path("key")).ok());
}

TEST_F(VaultTest, MakesSecretsOfSixtyFourCharacters) {
  std::set<std::string> secrets;
  std::set<char> characters;
  for (int i = 0; i < 200; ++i) {
    const SecretText secret = Vault::make_secret().value();
    secrets.emplace(secret.view());
    characters.insert(secret.view().begin(), secret.view().end());
  }
  EXPECT_EQ(secrets.size(), 200u);
  EXPECT_EQ(std::string(characters.begin(), characters.end()),
            "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");
}

TEST(Jti, SaysItsIndex) {
  for (const TokenIndex index : {TokenIndex{0}, TokenIndex{1}, TokenIndex{63}, TokenIndex{64},
                                 TokenIndex{10'000'000}, kTokenIndexMax}) {
    const std::string jti = make_jti(index).value();
    EXPECT_EQ(jti.size(), kJtiChars);
    EXPECT_EQ(index_of_jti(jti), index) << jti;
    EXPECT_NE(jti, make_jti(index).value());
  }
  EXPECT_FALSE(make_jti(kTokenIndexMax + 1).ok());
}

TEST(Jti, BeginsLikeNoOption) {
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(std::isalnum(make_jti(0).value()[0]));
}

TEST(Jti, OfOthersHasNoIndex) {
  EXPECT_EQ(index_of_jti(""), std::nullopt);
  EXPECT_EQ(index_of_jti("f47ac10b-58cc-4372-a567-0e02b2c3d479"), std::nullopt);
  EXPECT_EQ(index_of_jti(std::string(31, 'A')), std::nullopt);
  EXPECT_EQ(index_of_jti(std::string(31, 'A') + '='), std::nullopt);
  EXPECT_EQ(index_of_jti(std::string(31, 'A') + '+'), std::nullopt);
  EXPECT_EQ(index_of_jti(std::string(31, 'A') + 'B'), TokenIndex{1});
}

TEST(Jti, IsGuessedWhereverItStandsInClaims) {
  const std::string jti = *make_jti(7);
  const std::string member = absl::StrCat(R"("jti":")", jti, "\"");
  for (size_t num_before = 0; num_before < 70; ++num_before) {
    for (const size_t num_after : {0U, 1U, 15U, 16U, 17U}) {
      const std::string claims =
          absl::StrCat("{", std::string(num_before, 'j'), member, std::string(num_after, '"'), "}");
      EXPECT_EQ(guess_jti(claims), jti) << claims;
    }
  }
  EXPECT_EQ(guess_jti(absl::StrCat(R"({"jtj":"","j":"j","jti":"ABC",)", member, "}")).size(),
            jti.size())
      << "the first, right or wrong";
}

TEST(Jti, IsNotGuessedWhereThereIsNone) {
  const std::string jti = *make_jti(7);
  EXPECT_EQ(guess_jti(""), "");
  EXPECT_EQ(guess_jti("{}"), "");
  EXPECT_EQ(guess_jti(absl::StrCat(R"({"sub":")", jti, "\"}")), "");
  EXPECT_EQ(guess_jti(absl::StrCat(R"({"jti": ")", jti, "\"}")), "");
  EXPECT_EQ(guess_jti(absl::StrCat(R"({"jti":")", jti.substr(1))), "")
      << "nothing is read behind the claims";
  EXPECT_EQ(guess_jti(absl::StrCat(std::string(100, '"'), std::string(100, 'j'))), "");
}

}  // namespace
}  // namespace simdjwt::registry
