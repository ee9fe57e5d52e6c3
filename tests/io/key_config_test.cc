// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// What a configuration says of keys that are fetched.

#include "serve/key_config.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "serve/config.h"
#include "support/temporary_directory.h"

namespace simdjwt::serve {
namespace {

using namespace std::chrono_literals;
using jwks::SourceConfig;

class KeyConfigTest : public ::testing::Test {
 protected:
  absl::StatusOr<Config> load(const std::string& text) {
    const std::string path = directory_ / "simdjwtd.toml";
    std::ofstream(path) << text;
    return load_config(path);
  }
  // Of [policy.default] in line 3, with these lines about its keys, and perhaps more sections.
  absl::StatusOr<Config> load_keys(const std::string& lines, const std::string& sections = "") {
    return load("[[listen]]\naddress = \"127.0.0.1:0\"\n[policy.default]\n" + lines +
                "aud = false\ntyp = false\nexp = \"required\"\n" + sections);
  }
  // What is wrong, behind the name of the file.
  std::string error_of(const std::string& lines, const std::string& sections = "") {
    const absl::StatusOr<Config> config = load_keys(lines, sections);
    if (config.ok()) return "no error";
    const std::string message(config.status().message());
    return message.substr(message.find(".toml:") + 5);
  }
  std::string error_of_jwks(const std::string& line) {
    return error_of("jwks_url = \"https://a\"\niss = false\n", "[jwks]\n" + line + "\n");
  }

  const testing::TemporaryDirectory directory_;
};

TEST_F(KeyConfigTest, TakesAUrl) {
  const auto config = load_keys("jwks_url = \"https://id.example/jwks\"\niss = \"a\"\n");
  ASSERT_TRUE(config.ok()) << config.status();
  const KeyConfig& keys = config->policies[0].keys;
  ASSERT_TRUE(keys.source);
  EXPECT_EQ(keys.source->kind, SourceConfig::Kind::kJwksUrl);
  EXPECT_EQ(keys.source->name(), "jwks_url https://id.example/jwks");
  EXPECT_EQ(keys.file, "");
}

TEST_F(KeyConfigTest, TakesAnIssuerWhoseTokensItThenDemands) {
  const auto config = load_keys("issuer = \"https://id.example\"\ndiscovery = true\n");
  ASSERT_TRUE(config.ok()) << config.status();
  const PolicyConfig& policy = config->policies[0];
  ASSERT_TRUE(policy.keys.source);
  EXPECT_EQ(policy.keys.source->kind, SourceConfig::Kind::kIssuer);
  EXPECT_EQ(policy.keys.source->name(), "issuer https://id.example");
  EXPECT_NE(policy.demands.describe().find("iss: \"https://id.example\""), std::string::npos)
      << policy.demands.describe();
}

TEST_F(KeyConfigTest, TakesAnIssuerWhoseKeysAreElsewhere) {
  for (const char* keys : {"jwks_url = \"https://cdn.example/jwks\"\n", "jwks_file = \"a\"\n"}) {
    const auto config = load_keys(std::string("issuer = \"https://id.example\"\n") + keys);
    ASSERT_TRUE(config.ok()) << config.status();
    EXPECT_EQ(config->policies[0].keys.issuer, "https://id.example");
    const std::string demands = config->policies[0].demands.describe();
    EXPECT_NE(demands.find("iss: \"https://id.example\""), std::string::npos) << demands;
  }
  EXPECT_EQ(error_of("issuer = \"\"\njwks_file = \"a\"\niss = false\n"),
            ":4: policy.default.issuer: is nobody's name");
  EXPECT_EQ(error_of("issuer = \"a\"\njwks_file = \"a\"\niss = \"a\"\n"),
            ":6: policy.default.iss: is the issuer already: leave it out");
}

// With [[policy.default.issuers]] in line 7.
constexpr const char* kIssuers =
    "[[policy.default.issuers]]\nissuer = \"https://b.example\"\ndiscovery = true\n"
    "[[policy.default.issuers]]\nissuer = \"any name\"\njwks_url = \"https://a.example/jwks\"\n"
    "[[policy.default.issuers]]\nissuer = \"https://c.example\"\njwks_file = \"c.json\"\n";

TEST_F(KeyConfigTest, TakesManyIssuersWhoseKeysAreApart) {
  const auto config = load_keys("", kIssuers);
  ASSERT_TRUE(config.ok()) << config.status();
  const std::vector<KeyConfig>& issuers = config->policies[0].issuers;
  ASSERT_EQ(issuers.size(), 3u);
  EXPECT_EQ(issuers[0].issuer, "any name") << "sorted";
  EXPECT_EQ(issuers[0].source->name(), "jwks_url https://a.example/jwks");
  EXPECT_EQ(issuers[1].issuer, "https://b.example");
  EXPECT_EQ(issuers[1].source->name(), "issuer https://b.example");
  EXPECT_EQ(issuers[2].issuer, "https://c.example");
  EXPECT_EQ(issuers[2].file, directory_ / "c.json");
  const std::string text = describe(*config);
  EXPECT_NE(text.find("policy default:\n  keys: https://a.example/jwks, of any name\n"
                      "  keys: of https://b.example, by discovery\n  keys: " +
                      directory_.path() +
                      "/c.json, of https://c.example\n"
                      "  iss: one of these, by whose keys it is verified\n"),
            std::string::npos)
      << text;
}

TEST_F(KeyConfigTest, TellsTheAlgorithmsToAllIssuers) {
  const auto config = load_keys("algorithms = \"RS256\"\n", kIssuers);
  ASSERT_TRUE(config.ok()) << config.status();
  for (const KeyConfig& keys : config->policies[0].issuers) {
    if (!keys.source) continue;
    EXPECT_EQ(keys.source->options.algorithms, std::vector{Algorithm::kRs256});
  }
}

TEST_F(KeyConfigTest, DemandsOfEachIssuerANameAndKeys) {
  const std::string begin = "[[policy.default.issuers]]\n";
  EXPECT_EQ(error_of("", begin + "jwks_url = \"https://a\"\n"),
            ":7: policy.default.issuers.issuer: missing: write whose keys they are");
  EXPECT_EQ(error_of("", begin + "issuer = \"\"\njwks_url = \"https://a\"\n"),
            ":8: policy.default.issuers.issuer: is nobody's name");
  EXPECT_EQ(error_of("", begin + "issuer = \"a\"\n"),
            ":7: policy.default.issuers.jwks_file: missing: write jwks_file, jwks_url, or issuer "
            "with discovery = true");
  EXPECT_EQ(error_of("", begin + "issuer = \"a\"\njwks_file = \"a\"\naud = \"x\"\n"),
            ":10: policy.default.issuers.aud: unknown");
  EXPECT_EQ(error_of("", begin + "issuer = \"a\"\njwks_file = \"a\"\n" + begin +
                             "issuer = \"a\"\njwks_file = \"b\"\n"),
            ":11: policy.default.issuers.issuer: this issuer is given twice");
  EXPECT_EQ(error_of("issuers = []\njwks_file = \"a\"\niss = false\n"),
            ":4: policy.default.issuers: not an array of tables: write "
            "[[policy.default.issuers]]");
  for (const char* line : {"jwks_file = \"a\"", "jwks_url = \"https://a\"", "issuer = \"a\"",
                           "discovery = true", "iss = false"}) {
    const std::string key(line, std::string_view(line).find(' '));
    EXPECT_EQ(error_of(std::string(line) + "\n", kIssuers),
              ":4: policy.default." + key + ": is each issuer's own beside issuers: leave it out");
  }
}

TEST_F(KeyConfigTest, DemandsOneSourceOfKeys) {
  EXPECT_EQ(error_of("iss = false\n"),
            ":3: policy.default.jwks_file: missing: write jwks_file, jwks_url, or issuer with "
            "discovery = true");
  EXPECT_EQ(error_of("jwks_file = \"a\"\njwks_url = \"https://a\"\niss = false\n"),
            ":5: policy.default.jwks_url: excludes jwks_file: say one of them");
  EXPECT_EQ(
      error_of("jwks_url = \"https://a\"\nissuer = \"https://a\"\ndiscovery = true\niss = false\n"),
      ":4: policy.default.jwks_url: excludes discovery: say one of them");
  EXPECT_EQ(error_of("issuer = \"https://a\"\ndiscovery = true\njwks_file = \"a\"\n"),
            ":6: policy.default.jwks_file: excludes discovery: say one of them");
}

TEST_F(KeyConfigTest, DemandsThatDiscoveryIsSaidWithItsIssuer) {
  EXPECT_EQ(error_of("issuer = \"https://a\"\n"),
            ":3: policy.default.jwks_file: missing: write jwks_file, jwks_url, or issuer with "
            "discovery = true");
  EXPECT_EQ(error_of("discovery = true\njwks_file = \"a\"\niss = false\n"),
            ":4: policy.default.discovery: needs issuer beside it");
  EXPECT_EQ(error_of("issuer = \"https://a\"\ndiscovery = true\niss = \"https://a\"\n"),
            ":6: policy.default.iss: is the issuer already: leave it out");
  EXPECT_EQ(error_of("jwks_url = \"https://a\"\n"),
            ":3: policy.default.iss: missing: write iss = \"https://...\", or iss = false to "
            "accept any issuer");
}

TEST_F(KeyConfigTest, DemandsUrlsThatKeysMayComeFrom) {
  EXPECT_EQ(error_of("jwks_url = \"http://127.0.0.1/jwks\"\niss = false\n"),
            ":4: policy.default.jwks_url: not an https URL: http is only for tests, and must "
            "be allowed (allow_http)");
  EXPECT_EQ(error_of("issuer = \"id.example\"\ndiscovery = true\n"),
            ":4: policy.default.issuer: not a URL");
  EXPECT_EQ(error_of("jwks_url = 1\niss = false\n"), ":4: policy.default.jwks_url: not a string");
  EXPECT_EQ(error_of("jwks_url = \"http://127.0.0.1/jwks\"\niss = false\n",
                     "[jwks]\nallow_http = true\n"),
            "no error");
}

TEST_F(KeyConfigTest, TakesStatusLists) {
  const std::string keys = "jwks_url = \"https://id.example/jwks\"\niss = false\n";
  EXPECT_EQ(load_keys(keys)->policies[0].keys.lists(), std::nullopt);
  auto lists = load_keys(keys + "status_lists = \"https://id.example/lists/\"\n");
  ASSERT_TRUE(lists.ok()) << lists.status();
  EXPECT_TRUE(lists->policies[0].keys.signs_lists());
  EXPECT_EQ(lists->policies[0].keys.lists()->name(),
            "https://id.example/lists/ by https://id.example/jwks");
  EXPECT_NE(describe(*lists).find("status lists: https://id.example/lists/ by https://id.example"),
            std::string::npos);

  lists = load_keys(
      "jwks_file = \"a.json\"\niss = false\nstatus_lists = [\"https://a/0\", "
      "\"https://a/1\"]\nstatus_jwks_url = \"https://a/jwks\"\n");
  ASSERT_TRUE(lists.ok()) << lists.status();
  EXPECT_FALSE(lists->policies[0].keys.signs_lists());
  EXPECT_EQ(lists->policies[0].keys.lists()->name(), "https://a/0 https://a/1 by https://a/jwks");

  lists = load_keys("",
                    "[[policy.default.issuers]]\nissuer = \"a\"\njwks_file = \"a.json\"\n"
                    "status_lists = \"https://a/\"\nstatus_jwks_file = \"b.json\"\n"
                    "[[policy.default.issuers]]\nissuer = \"b\"\njwks_file = \"b.json\"\n");
  ASSERT_TRUE(lists.ok()) << lists.status();
  EXPECT_EQ(lists->policies[0].issuers[0].lists()->name(),
            "https://a/ by " + directory_.path() + "/b.json");
  EXPECT_EQ(lists->policies[0].issuers[1].lists(), std::nullopt);
}

TEST_F(KeyConfigTest, DemandsUrlsThatListsMayComeFrom) {
  const auto error_with = [this](const std::string& lines) {
    return error_of("jwks_url = \"https://a/jwks\"\niss = false\n" + lines + "\n");
  };
  EXPECT_EQ(error_with("status_lists = \"http://a/\""),
            ":6: policy.default.status_lists: \"http://a/\": not an https URL: http is only for "
            "tests, and must be allowed (allow_http)");
  EXPECT_EQ(error_with("status_lists = [\"https://a/\", \"https://b\"]"),
            ":6: policy.default.status_lists: \"https://b\": a URL without a path");
  EXPECT_EQ(
      error_with("status_lists = \"https://a/b/../c/\""),
      ":6: policy.default.status_lists: \"https://a/b/../c/\": a URL that can be written more "
      "simply");
  EXPECT_EQ(error_with("status_jwks_url = \"https://a/b\""),
            ":6: policy.default.status_jwks_url: needs status_lists beside it");
  EXPECT_EQ(error_with("status_lists = \"https://a/\"\nstatus_jwks_file = \"b\"\n"
                       "status_jwks_url = \"https://a/b\""),
            ":8: policy.default.status_jwks_url: excludes status_jwks_file: say one of them");
  EXPECT_EQ(error_with("status_lists = \"https://a/\"\nstatus_jwks_url = \"a\""),
            ":7: policy.default.status_jwks_url: not a URL");
}

TEST_F(KeyConfigTest, ReadsHowKeysAreFetched) {
  const auto config = load_keys(
      "jwks_url = \"https://a\"\niss = false\n",
      "[jwks]\ncache_directory = \"keys\"\nca_file = \"/ca.pem\"\ndocument_bytes = 2048\n"
      "connect_seconds = 1\nfetch_seconds = 2\nredirects = 0\nrefresh_seconds = 3\n"
      "refresh_min_seconds = 4\nrefresh_max_seconds = 5\ncooldown_seconds = 6\n"
      "allow_private_addresses = true\nallow_http = true\nproxy_from_environment = true\n");
  ASSERT_TRUE(config.ok()) << config.status();
  const jwks::KeySourcesOptions& options = config->jwks;
  EXPECT_EQ(options.cache_directory, directory_ / "keys");
  EXPECT_EQ(options.fetch.ca_file, "/ca.pem");
  EXPECT_EQ(options.fetch.document_bytes_max, 2048u);
  EXPECT_EQ(options.fetch.connect, 1s);
  EXPECT_EQ(options.fetch.total, 2s);
  EXPECT_EQ(options.fetch.num_redirects_max, 0u);
  EXPECT_EQ(options.refresh.lifetime_unsaid, 3s);
  EXPECT_EQ(options.refresh.lifetime_min, 4s);
  EXPECT_EQ(options.refresh.lifetime_max, 5s);
  EXPECT_EQ(options.refresh.cooldown, 6s);
  EXPECT_TRUE(options.fetch.allow_private_addresses);
  EXPECT_EQ(options.fetch.plain_http, jwks::PlainHttp::kAllow);
  EXPECT_TRUE(options.fetch.proxy_from_environment);
}

TEST_F(KeyConfigTest, IsCarefulUnlessToldOtherwise) {
  const auto config = load_keys("jwks_url = \"https://a\"\niss = false\n");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_FALSE(config->jwks.fetch.allow_private_addresses);
  EXPECT_EQ(config->jwks.fetch.plain_http, jwks::PlainHttp::kRefuse);
  EXPECT_FALSE(config->jwks.fetch.proxy_from_environment);
  EXPECT_EQ(config->jwks.cache_directory, "");
}

TEST_F(KeyConfigTest, RefusesLimitsThatAreNone) {
  EXPECT_EQ(error_of_jwks("document_bytes = 0"),
            ":10: jwks.document_bytes: not an integer from 1024 to 4194304");
  EXPECT_EQ(error_of_jwks("redirects = 11"), ":10: jwks.redirects: not an integer from 0 to 10");
  EXPECT_EQ(error_of_jwks("fetch_seconds = 0"),
            ":10: jwks.fetch_seconds: not an integer from 1 to 300");
  EXPECT_EQ(error_of_jwks("refresh_min_seconds = 100000"),
            ":10: jwks.refresh_min_seconds: more than refresh_max_seconds");
  EXPECT_EQ(error_of_jwks("proxy_from_environment = true"),
            ":10: jwks.proxy_from_environment: needs allow_private_addresses = true beside it: "
            "addresses are the proxy's choice");
  EXPECT_EQ(error_of_jwks("cache = \"a\""), ":10: jwks.cache: unknown");
}

TEST_F(KeyConfigTest, TellsWhatItUnderstood) {
  const auto config =
      load_keys("issuer = \"https://id.example\"\ndiscovery = true\n",
                "[jwks]\ncache_directory = \"/keys\"\nallow_private_addresses = true\n"
                "[policy.url]\njwks_url = \"https://id.example/jwks\"\niss = false\naud = false\n"
                "typ = false\nexp = \"required\"\n");
  ASSERT_TRUE(config.ok()) << config.status();
  const std::string text = describe(*config);
  EXPECT_NE(text.find("fetched keys: 1048576 bytes, 3 redirects; seconds: connect 5, fetch 10, "
                      "fresh for 900 or 60 to 86400, cooldown 30; kept in /keys; from private "
                      "addresses, too\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("policy default:\n  keys: of https://id.example, by discovery\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("policy url:\n  keys: https://id.example/jwks\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace simdjwt::serve
