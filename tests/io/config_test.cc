// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/config.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <string>
#include <string_view>

namespace simdjwt::serve {
namespace {

using namespace std::chrono_literals;

void write_file(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

class ConfigTest : public ::testing::Test {
 protected:
  ConfigTest() {
    std::string directory = ::testing::TempDir() + "simdjwt_config_XXXXXX";
    EXPECT_NE(mkdtemp(directory.data()), nullptr);
    path_ = directory + "/simdjwtd.toml";
    keys_path_ = directory + "/keys.json";
  }

  absl::StatusOr<Config> load(const std::string& text) {
    write_file(path_, text);
    return load_config(path_);
  }
  // The error of loading `text`, without the path of the file.
  std::string error_of(const std::string& text) {
    const absl::StatusOr<Config> config = load(text);
    if (config.ok()) return "no error";
    std::string message(config.status().message());
    if (message.starts_with(path_)) message.erase(0, path_.size());
    return message;
  }

  std::string path_;
  std::string keys_path_;
};

constexpr std::string_view kListen = "[listen]\naddress = \"127.0.0.1:8080\"\n";
constexpr std::string_view kKeys = "[keys]\njwks_file = \"keys.json\"\n";

// A valid file, with these lines in [policy], which is line 5.
std::string with_policy(std::string_view lines) {
  return std::string(kListen) + std::string(kKeys) + "[policy]\n" + std::string(lines);
}
std::string with_all_said(std::string_view more = "") {
  return with_policy("iss = false\naud = false\ntyp = false\nexp = \"optional\"\n" +
                     std::string(more));
}

TEST_F(ConfigTest, ReadsTheSmallestFile) {
  const auto config = load(with_all_said());
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->address.to_string(), "127.0.0.1:8080");
  EXPECT_EQ(config->num_threads, 1);
  EXPECT_EQ(config->jwks_file, keys_path_);
  EXPECT_EQ(config->fallback_algorithm, std::nullopt);
  EXPECT_EQ(config->challenge.realm, "simdjwt");
  EXPECT_EQ(config->challenge.scope, "");
  EXPECT_EQ(config->timeouts.head, 10s);
  EXPECT_EQ(config->policy.describe(), PolicyBuilder()
                                           .ignore_iss()
                                           .ignore_aud()
                                           .ignore_typ()
                                           .allow_missing_exp()
                                           .build()
                                           ->describe());
}

TEST_F(ConfigTest, ReadsTheLargestFile) {
  const auto config = load(
      "[listen]\naddress = \"[::1]:0\"\nthreads = 2\n"
      "[keys]\njwks_file = \"/etc/keys.json\"\nalgorithm = \"HS512\"\n"
      "[policy]\niss = [\"a\", \"b\"]\naud_all = [\"x\", \"y\"]\ntyp = \"at+jwt\"\n"
      "exp = \"required\"\nleeway_seconds = 5\nmax_age_seconds = 3600\n"
      "required_claims = [\"sub\", \"jti\"]\nforbidden_claims = \"act\"\n"
      "claims = { tenant = \"t\", level = 3, beta = true, role = [\"admin\", \"ops\"] }\n"
      "scope = \"read  write\"\nrealm = \"my api\"\n"
      "[limits]\nconnections = 100\nhead_seconds = 1\nidle_seconds = 2\nwrite_seconds = 3\n");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->address.to_string(), "[::1]:0");
  EXPECT_EQ(config->num_threads, 2);
  EXPECT_EQ(config->jwks_file, "/etc/keys.json");
  EXPECT_EQ(config->fallback_algorithm, Algorithm::kHs512);
  EXPECT_EQ(config->challenge.realm, "my api");
  EXPECT_EQ(config->challenge.scope, "read  write");
  EXPECT_EQ(config->num_connections_max, 100);
  EXPECT_EQ(config->timeouts.head, 1s);
  EXPECT_EQ(config->timeouts.idle, 2s);
  EXPECT_EQ(config->timeouts.write, 3s);
  PolicyBuilder expected;
  expected.expect_iss_any_of({"a", "b"})
      .expect_aud_all_of({"x", "y"})
      .expect_typ("at+jwt")
      .expect_exp()
      .leeway_seconds(5)
      .max_age_seconds(3600)
      .require_claim("sub")
      .require_claim("jti")
      .forbid_claim("act")
      .expect_boolean("beta", true)
      .expect_integer("level", 3)
      .expect_any_of("role", {"admin", "ops"})
      .expect_string("tenant", "t")
      .expect_scope("scope", "read")
      .expect_scope("scope", "write");
  EXPECT_EQ(config->policy.describe(), expected.build()->describe());
}

TEST_F(ConfigTest, ReadsTheExampleInItsHeader) {
  EXPECT_TRUE(load(with_policy("iss = \"https://issuer.example\"\naud = \"https://api.example\"\n"
                               "typ = \"JWT\"\nexp = \"required\"\n"))
                  .ok());
}

// The heart of it: what is not checked must be said, so that nothing is unchecked by oversight.
TEST_F(ConfigTest, DemandsThatEveryDecisionIsSaid) {
  EXPECT_EQ(error_of(with_policy("aud = false\ntyp = false\nexp = \"optional\"\n")),
            ":5: policy.iss: missing: write iss = \"https://...\", or iss = false to accept any "
            "issuer");
  EXPECT_EQ(error_of(with_policy("iss = false\ntyp = false\nexp = \"optional\"\n")),
            ":5: policy.aud: missing: write aud = \"https://...\", or aud = false to accept any "
            "audience");
  EXPECT_EQ(error_of(with_policy("iss = false\naud = false\nexp = \"optional\"\n")),
            ":5: policy.typ: missing: write typ = \"JWT\" or another, or typ = false to accept any "
            "type");
  EXPECT_EQ(error_of(with_policy("iss = false\naud = false\ntyp = false\n")),
            ":5: policy.exp: missing: write exp = \"required\", or \"optional\" for tokens without "
            "end");
}

TEST_F(ConfigTest, NamesTheLineOfAWrongValue) {
  EXPECT_EQ(error_of(with_all_said("leeway_seconds = 601\n")),
            ":10: policy.leeway_seconds: not an integer from 0 to 600");
  EXPECT_EQ(error_of(with_all_said("leeway_seconds = \"5\"\n")),
            ":10: policy.leeway_seconds: not an integer from 0 to 600");
  EXPECT_EQ(error_of(with_all_said("leeway_seconds = 5.0\n")),
            ":10: policy.leeway_seconds: not an integer from 0 to 600");
  EXPECT_EQ(error_of(with_all_said("max_age_seconds = 0\n")),
            ":10: policy.max_age_seconds: not an integer from 1 to 253402300799");
  EXPECT_EQ(error_of(with_all_said("realm = \"a\\\"b\"\n")),
            ":10: policy.realm: not printable ASCII without quotes and backslashes, or too long");
  EXPECT_EQ(error_of(with_all_said("scope = \"a\\nb\"\n")),
            ":10: policy.scope: not blank-separated scope words");
  EXPECT_EQ(error_of(with_all_said("required_claims = [\"a\", 1]\n")),
            ":10: policy.required_claims: not a string or an array of strings");
  EXPECT_EQ(error_of(with_all_said("claims = { a = 1.5 }\n")),
            ":10: policy.claims.a: not a string, an integer, a boolean or an array of strings");
  EXPECT_EQ(error_of(with_all_said("aud_all = \"x\"\n")),
            ":10: policy.aud_all: excludes aud: say one of them");
  EXPECT_EQ(error_of(with_policy("iss = true\naud = false\ntyp = false\nexp = \"optional\"\n")),
            ":6: policy.iss: not a string or an array of strings");
  EXPECT_EQ(error_of(with_policy("iss = []\naud = false\ntyp = false\nexp = \"optional\"\n")),
            ":6: policy.iss: not a string or an array of strings");
  EXPECT_EQ(error_of(with_policy("iss = false\naud = false\ntyp = false\nexp = \"no\"\n")),
            ":9: policy.exp: neither \"required\" nor \"optional\"");
}

TEST_F(ConfigTest, PassesOnWhatThePolicyRefuses) {
  EXPECT_EQ(error_of(with_policy("iss = \"\"\naud = false\ntyp = false\nexp = \"optional\"\n")),
            ":5: policy: an expected iss is empty");
}

TEST_F(ConfigTest, RefusesUnknownKeys) {
  EXPECT_EQ(error_of(with_all_said("require_claims = [\"sub\"]\n")),
            ":10: policy.require_claims: unknown");
  EXPECT_EQ(error_of(with_all_said("[polcy]\n")), ":10: polcy: unknown");
  EXPECT_EQ(error_of("threads = 1\n" + with_all_said()), ":1: threads: unknown");
}

TEST_F(ConfigTest, RefusesIncompleteAndBrokenFiles) {
  EXPECT_EQ(error_of(""), ": listen.address: missing: it must be given");
  EXPECT_EQ(error_of("[listen]\nthreads = 1\n"), ":1: listen.address: missing: it must be given");
  EXPECT_EQ(error_of("listen = 1\n"), ":1: listen: not a table");
  EXPECT_EQ(error_of("[listen]\naddress = 8080\n"), ":2: listen.address: not a string");
  EXPECT_EQ(error_of("[listen]\naddress = \"localhost:80\"\n"),
            ":2: listen.address: expected an address and a port such as \"127.0.0.1:8080\" or "
            "\"[::1]:8080\"");
  EXPECT_EQ(error_of(std::string(kListen) + "[keys]\njwks_file = \"k\"\nalgorithm = \"none\"\n"),
            ":5: keys.algorithm: not one of HS256, HS384 and HS512");
  EXPECT_TRUE(error_of("[listen]\naddress = \n").starts_with(":2: ")) << error_of("[listen");
  EXPECT_EQ(load_config(path_ + "x").status().message(), path_ + "x: No such file or directory");
  EXPECT_EQ(load_config("/").status().message(), "/: not a regular file");
}

// --- Keys ---

constexpr std::string_view kJwk =
    R"({"kty":"oct","kid":"1","alg":"HS256","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"})";

TEST_F(ConfigTest, LoadsKeysBesideTheConfiguration) {
  const auto config = load(with_all_said());
  ASSERT_TRUE(config.ok()) << config.status();
  write_file(keys_path_, kJwk);
  chmod(keys_path_.c_str(), 0640);
  std::vector<std::string> warnings;
  const auto keys = load_keys(*config, warnings);
  ASSERT_TRUE(keys.ok()) << keys.status();
  EXPECT_EQ(keys->num_keys(), 1);
  EXPECT_EQ(warnings, std::vector<std::string>());
}

TEST_F(ConfigTest, WarnsOfSecretsThatEverybodyMayRead) {
  const auto config = load(with_all_said());
  write_file(keys_path_, kJwk);
  chmod(keys_path_.c_str(), 0644);
  std::vector<std::string> warnings;
  EXPECT_TRUE(load_keys(*config, warnings).ok());
  EXPECT_EQ(warnings, std::vector<std::string>(
                          {keys_path_ + ": everybody on this machine may read these secrets"}));
}

TEST_F(ConfigTest, WarnsOfKeysThatAreSkipped) {
  const auto config = load(with_all_said());
  write_file(keys_path_, R"({"keys":[{"kty":"XYZ"},)" + std::string(kJwk) + "]}");
  chmod(keys_path_.c_str(), 0600);
  std::vector<std::string> warnings;
  EXPECT_TRUE(load_keys(*config, warnings).ok());
  ASSERT_EQ(warnings.size(), 1);
  EXPECT_TRUE(warnings[0].starts_with(keys_path_ + ": keys[0]")) << warnings[0];
}

TEST_F(ConfigTest, SaysWhyKeysCannotBeLoaded) {
  const auto config = load(with_all_said());
  std::vector<std::string> warnings;
  EXPECT_EQ(load_keys(*config, warnings).status().message(),
            keys_path_ + ": No such file or directory");
  write_file(keys_path_, "{}");
  const absl::Status status = load_keys(*config, warnings).status();
  EXPECT_TRUE(std::string(status.message()).starts_with(keys_path_ + ": ")) << status;
}

}  // namespace
}  // namespace simdjwt::serve
