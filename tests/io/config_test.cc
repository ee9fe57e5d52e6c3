// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/config.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>

#include "net/cpus.h"
#include "serve/secret_files.h"
#include "support/temporary_directory.h"

namespace simdjwt::serve {
namespace {

using namespace std::chrono_literals;

void write_file(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

class ConfigTest : public ::testing::Test {
 protected:
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

  const testing::TemporaryDirectory directory_;
  const std::string path_ = directory_ / "simdjwtd.toml";
  const std::string keys_path_ = directory_ / "keys.json";
};

constexpr std::string_view kListen = "[[listen]]\naddress = \"127.0.0.1:8080\"\n";
constexpr std::string_view kDemands = "iss = false\naud = false\ntyp = false\nexp = \"optional\"\n";

// A valid file, with these lines in [policy.default], which is line 3.
std::string with_policy(std::string_view lines) {
  return std::string(kListen) + "[policy.default]\njwks_file = \"keys.json\"\n" +
         std::string(lines);
}
// The same; what is added begins in line 9.
std::string with_all_said(std::string_view more = "") {
  return with_policy(std::string(kDemands) + std::string(more));
}
std::string with_listen(std::string_view more) {
  return "[[listen]]\n" + std::string(more) + "[policy.default]\njwks_file = \"keys.json\"\n" +
         std::string(kDemands);
}

TEST_F(ConfigTest, ReadsAnIssuerBesideARegistryOnly) {
  const std::string issuer =
      "[issuer]\naddress = \"127.0.0.1:8081\"\nproxy_protocol_from = [\"10.0.0.0/8\"]\n";
  const std::string registry = "[registry]\npath = \"tokens.db\"\n";
  const auto config = load(std::string(kListen) + registry + issuer);
  ASSERT_TRUE(config.ok()) << config.status();
  ASSERT_TRUE(config->issuer.has_value());
  EXPECT_EQ(config->issuer->listener.socket.address.to_string(), "127.0.0.1:8081");
  EXPECT_EQ(config->issuer->failures_per_minute, 60u);
  EXPECT_FALSE(config->issuer->is_in_challenges);
  EXPECT_NE(describe(*config).find("issuer: 127.0.0.1:8081, PROXY protocol from 10.0.0.0/8\n"),
            std::string::npos);

  const auto other = load(std::string(kListen) + registry + issuer +
                          "failures_per_minute = 0\nresource_metadata = true\n");
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ(other->issuer->failures_per_minute, 0u);
  EXPECT_TRUE(other->issuer->is_in_challenges);
  EXPECT_NE(error_of(with_all_said(issuer)).find("needs [registry]"), std::string::npos);

  EXPECT_EQ(config->issuer->signing_key_file, "");
  const auto publishing =
      load(std::string(kListen) + registry + issuer + "signing_key_file = \"issuer.jwk\"\n");
  ASSERT_TRUE(publishing.ok()) << publishing.status();
  EXPECT_TRUE(publishing->issuer->signing_key_file.ends_with("/issuer.jwk"));
  EXPECT_EQ(publishing->issuer->status_list_seconds, 300);
  EXPECT_NE(describe(*publishing).find(", status lists for 300 seconds, signed by "),
            std::string::npos);
  EXPECT_NE(error_of(std::string(kListen) + registry + issuer + "status_list_seconds = 60\n")
                .find("needs signing_key_file"),
            std::string::npos);
}

TEST_F(ConfigTest, ReadsTheSmallestFile) {
  const auto config = load(with_all_said());
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->server.num_threads, net::num_usable_cpus());
  ASSERT_EQ(config->listeners.size(), 1);
  EXPECT_EQ(config->listeners[0].socket.address.to_string(), "127.0.0.1:8080");
  EXPECT_EQ(config->listeners[0].tls, std::nullopt);
  EXPECT_EQ(config->admin, std::nullopt);
  EXPECT_EQ(config->limits.head, 10s);
  EXPECT_EQ(config->limits.idle, 1h) << "longer than any proxy's pool keeps a connection";
  EXPECT_EQ(config->log.decisions, "");
  ASSERT_EQ(config->policies.size(), 1);
  const PolicyConfig& policy = config->policies[0];
  EXPECT_EQ(policy.name, "default");
  EXPECT_EQ(policy.keys.file, keys_path_);
  EXPECT_EQ(policy.algorithms, std::vector<Algorithm>());
  EXPECT_EQ(policy.challenge.realm, "simdjwt");
  EXPECT_EQ(policy.challenge.scope, "");
  EXPECT_TRUE(policy.challenge.has_description);
  EXPECT_EQ(policy.token_from, std::vector<TokenSource>({TokenSource()}));
  EXPECT_FALSE(policy.is_optional);
  EXPECT_FALSE(policy.passes_preflight);
  EXPECT_EQ(policy.aud_mismatch, http::Status::kUnauthorized);
  EXPECT_EQ(policy.unavailable, std::nullopt);
  EXPECT_EQ(policy.identity_headers, std::vector<IdentityHeader>());
  EXPECT_EQ(policy.demands.describe(), PolicyBuilder()
                                           .ignore_iss()
                                           .ignore_aud()
                                           .ignore_typ()
                                           .allow_missing_exp()
                                           .build()
                                           ->describe());
}

TEST_F(ConfigTest, StartsAThreadForEachCpuThatItMayUse) {
  cpu_set_t before;
  ASSERT_EQ(sched_getaffinity(0, sizeof(before), &before), 0);
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(sched_getcpu(), &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
  EXPECT_EQ(load(with_all_said())->server.num_threads, 1);
  EXPECT_EQ(load(with_all_said("[server]\nthreads = 0\n"))->server.num_threads, 1);
  EXPECT_EQ(load(with_all_said("[server]\nthreads = 3\n"))->server.num_threads, 3);
  ASSERT_EQ(sched_setaffinity(0, sizeof(before), &before), 0);
  EXPECT_EQ(load(with_all_said())->server.num_threads, std::min(CPU_COUNT(&before), 256));
  EXPECT_EQ(error_of(with_all_said("[server]\nthreads = 257\n")),
            ":10: server.threads: not an integer from 0 to 256");
}

TEST_F(ConfigTest, ReadsTheLargestFile) {
  const auto config = load(
      "[server]\nthreads = 2\n"
      "[[listen]]\naddress = \"[::1]:0\"\nproxy_protocol_from = [\"127.0.0.1\", \"10.0.0.0/8\"]\n"
      "[[listen]]\naddress = \"127.0.0.1:8443\"\ntls_certificate = \"cert.pem\"\n"
      "tls_key = \"/etc/key.pem\"\ntls_client_ca = \"ca.pem\"\ntls_client_required = false\n"
      "[admin]\naddress = \"127.0.0.1:9090\"\n"
      "[policy.b]\njwks_file = \"/etc/keys.json\"\nalgorithms = [\"HS512\", \"HS256\"]\n"
      "introspection_secret_file = \"s\"\n"
      "iss = [\"a\", \"b\"]\naud_all = [\"x\", \"y\"]\ntyp = \"at+jwt\"\n"
      "exp = \"required\"\nleeway_seconds = 5\nmax_age_seconds = 3600\n"
      "required_claims = [\"sub\", \"jti\"]\nforbidden_claims = \"act\"\n"
      "claims = { tenant = \"t\", level = 3, beta = true, role = [\"admin\", \"ops\"] }\n"
      "scope = \"read  write\"\nrealm = \"my api\"\nresource_metadata = \"https://a/.well-known\"\n"
      "error_description = false\n"
      "token_from = [\"cookie:s\", \"header:X-Api-Token\", \"query:t\", \"authorization\"]\n"
      "optional = true\npreflight = true\naud_mismatch = 403\nunavailable = 403\n"
      "identity_headers = { X-B = \"sub\", X-A = \"tenant\" }\npayload_header = \"X-P\"\n"
      "cache_seconds = 60\n"
      "[policy.a]\njwks_file = \"keys.json\"\n" +
      std::string(kDemands) +
      "[limits]\nconnections = 100\nhead_seconds = 1\nbody_seconds = 6\nidle_seconds = 2\n"
      "write_seconds = 3\ndrain_seconds = 4\ndrain_delay_seconds = 5\nhead_bytes = 32768\n"
      "body_bytes = 2048\ncached_signatures = 0\n"
      "[log]\ndecisions = \"log.json\"\nallow_sample = 0.25\nhash_subjects = true\n");
  ASSERT_TRUE(config.ok()) << config.status();
  const std::string directory = path_.substr(0, path_.rfind('/') + 1);
  EXPECT_EQ(config->server.num_threads, 2);
  ASSERT_EQ(config->listeners.size(), 2);
  EXPECT_EQ(config->listeners[0].socket.address.to_string(), "[::1]:0");
  ASSERT_EQ(config->listeners[0].proxy_protocol_from.size(), 2);
  EXPECT_EQ(config->listeners[0].proxy_protocol_from[0].to_string(), "127.0.0.1/32");
  EXPECT_EQ(config->listeners[0].proxy_protocol_from[1].to_string(), "10.0.0.0/8");
  const std::optional<net::TlsOptions>& tls = config->listeners[1].tls;
  ASSERT_TRUE(tls);
  EXPECT_EQ(tls->certificate_file, directory + "cert.pem");
  EXPECT_EQ(tls->key_file, "/etc/key.pem");
  EXPECT_EQ(tls->client_ca_file, directory + "ca.pem");
  EXPECT_FALSE(tls->client_required);
  ASSERT_TRUE(config->admin);
  EXPECT_EQ(config->admin->socket.address.to_string(), "127.0.0.1:9090");
  const LimitsConfig& limits = config->limits;
  EXPECT_EQ(limits.num_connections_max, 100);
  EXPECT_EQ(limits.head, 1s);
  EXPECT_EQ(limits.body, 6s);
  EXPECT_EQ(limits.idle, 2s);
  EXPECT_EQ(limits.write, 3s);
  EXPECT_EQ(limits.drain, 4s);
  EXPECT_EQ(limits.drain_delay, 5s);
  EXPECT_EQ(limits.head_bytes_max, 32768);
  EXPECT_EQ(limits.body_bytes_max, 2048);
  EXPECT_EQ(limits.num_cached_signatures, 0u);
  EXPECT_EQ(config->log.decisions, directory + "log.json");
  EXPECT_EQ(config->log.allow_sample, 0.25);
  EXPECT_TRUE(config->log.hashes_subjects);

  ASSERT_EQ(config->policies.size(), 2);
  EXPECT_EQ(config->policies[0].name, "a");
  const PolicyConfig& policy = config->policies[1];
  EXPECT_EQ(policy.name, "b");
  EXPECT_EQ(policy.keys.file, "/etc/keys.json");
  EXPECT_EQ(policy.algorithms, std::vector({Algorithm::kHs512, Algorithm::kHs256}));
  EXPECT_EQ(policy.introspection_secret_file, directory + "s");
  EXPECT_EQ(policy.challenge.realm, "my api");
  EXPECT_EQ(policy.challenge.scope, "read  write");
  EXPECT_EQ(policy.challenge.resource_metadata, "https://a/.well-known");
  EXPECT_FALSE(policy.challenge.has_description);
  using Kind = TokenSource::Kind;
  EXPECT_EQ(policy.token_from, std::vector<TokenSource>({{Kind::kCookie, "s"},
                                                         {Kind::kHeader, "x-api-token"},
                                                         {Kind::kQuery, "t"},
                                                         {Kind::kAuthorization, ""}}));
  EXPECT_TRUE(policy.is_optional);
  EXPECT_TRUE(policy.passes_preflight);
  EXPECT_EQ(policy.aud_mismatch, http::Status::kForbidden);
  EXPECT_EQ(policy.unavailable, http::Status::kForbidden);
  EXPECT_EQ(policy.identity_headers,
            std::vector<IdentityHeader>({{"X-A", "tenant"}, {"X-B", "sub"}}));
  EXPECT_EQ(policy.payload_header, "X-P");
  EXPECT_EQ(policy.cache_seconds, 60);
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
  EXPECT_EQ(policy.demands.describe(), expected.build()->describe());
}

TEST_F(ConfigTest, TellsWhatItUnderstood) {
  const auto config = load(with_all_said(
      "token_from = [\"authorization\", \"cookie:s\"]\noptional = true\n"
      "identity_headers = { X-Sub = \"sub\" }\npayload_header = \"X-P\"\ncache_seconds = 5\n"));
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(
      describe(*config),
      "threads: " + std::to_string(net::num_usable_cpus()) +
          "\n"
          "listen: 127.0.0.1:8080\n"
          "admin: none\n"
          "limits: 16384 connections, 16384 bytes of head, 1048576 bytes of body, 100000 cached "
          "signatures; seconds: head 10, body 30, idle 3600, write 10, drain 25 after 0\n"
          "decisions: not logged\n"
          "policy default:\n"
          "  keys: " +
          keys_path_ +
          "\n"
          "  iss: ignored\n"
          "  aud: ignored\n"
          "  typ: ignored\n"
          "  exp: may be missing\n"
          "  leeway: 0 s\n"
          "  challenge: realm \"simdjwt\"\n"
          "  token from: authorization cookie:s\n"
          "  without a token: anonymous; CORS preflight: as any request; wrong audience: 401; "
          "not to be judged: 503 (Envoy: 403)\n"
          "  X-Sub: sub\n"
          "  X-P: all claims, base64url\n"
          "  nginx may cache for 5 seconds\n");
}

// The heart of it: what is not checked must be said, so that nothing is unchecked by oversight.
TEST_F(ConfigTest, DemandsThatEveryDecisionIsSaid) {
  EXPECT_EQ(
      error_of(with_policy("aud = false\ntyp = false\nexp = \"optional\"\n")),
      ":3: policy.default.iss: missing: write iss = \"https://...\", or iss = false to accept "
      "any issuer");
  EXPECT_EQ(
      error_of(with_policy("iss = false\ntyp = false\nexp = \"optional\"\n")),
      ":3: policy.default.aud: missing: write aud = \"https://...\", or aud = false to accept "
      "any audience");
  EXPECT_EQ(error_of(with_policy("iss = false\naud = false\nexp = \"optional\"\n")),
            ":3: policy.default.typ: missing: write typ = \"JWT\" or another, or typ = false to "
            "accept any type");
  EXPECT_EQ(error_of(with_policy("iss = false\naud = false\ntyp = false\n")),
            ":3: policy.default.exp: missing: write exp = \"required\", or \"optional\" for tokens "
            "without end");
}

TEST_F(ConfigTest, NamesTheLineOfAWrongValue) {
  const auto error_with = [this](std::string_view line) {
    const std::string error = error_of(with_all_said(line));
    constexpr std::string_view kBegin = ":9: policy.default.";
    return error.starts_with(kBegin) ? error.substr(kBegin.size()) : "elsewhere: " + error;
  };
  EXPECT_EQ(error_with("leeway_seconds = 601\n"), "leeway_seconds: not an integer from 0 to 600");
  EXPECT_EQ(error_with("leeway_seconds = \"5\"\n"), "leeway_seconds: not an integer from 0 to 600");
  EXPECT_EQ(error_with("leeway_seconds = 5.0\n"), "leeway_seconds: not an integer from 0 to 600");
  EXPECT_EQ(error_with("max_age_seconds = 0\n"),
            "max_age_seconds: not an integer from 1 to 253402300799");
  EXPECT_EQ(error_with("realm = \"a\\\"b\"\n"),
            "realm: not printable ASCII without quotes and backslashes, or too long");
  EXPECT_EQ(error_with("scope = \"a\\nb\"\n"), "scope: not blank-separated scope words");
  EXPECT_EQ(error_with("required_claims = [\"a\", 1]\n"),
            "required_claims: not a string or an array of strings");
  EXPECT_EQ(error_with("claims = { a = 1.5 }\n"),
            "claims.a: not a string, an integer, a boolean or an array of strings");
  EXPECT_EQ(error_with("aud_all = \"x\"\n"), "aud_all: excludes aud: say one of them");
  EXPECT_EQ(error_with("optional = 1\n"), "optional: neither true nor false");
  EXPECT_EQ(error_with("aud_mismatch = 400\n"), "aud_mismatch: neither 401 nor 403");
  EXPECT_EQ(error_with("unavailable = 500\n"), "unavailable: neither 503 nor 403");
  EXPECT_EQ(error_with("cache_seconds = -1\n"), "cache_seconds: not an integer from 0 to 86400");
  EXPECT_EQ(error_with("algorithms = \"none\"\n"),
            "algorithms: \"none\" is none of " + list_algorithms());
  EXPECT_EQ(error_with("algorithms = [\"RS256\", \"RS256\"]\n"), "algorithms: \"RS256\" twice");
  for (const char* url :
       {"", "/x", "ftp://a", "https://a b", "https://a\\\"", "https://a\\u0000"}) {
    EXPECT_EQ(error_with("resource_metadata = \"" + std::string(url) + "\"\n"),
              "resource_metadata: not an absolute URL, or too long");
  }
  EXPECT_EQ(error_of(with_policy("iss = true\naud = false\ntyp = false\nexp = \"optional\"\n")),
            ":5: policy.default.iss: not a string or an array of strings");
  EXPECT_EQ(error_of(with_policy("iss = []\naud = false\ntyp = false\nexp = \"optional\"\n")),
            ":5: policy.default.iss: not a string or an array of strings");
  EXPECT_EQ(error_of(with_policy("iss = false\naud = false\ntyp = false\nexp = \"no\"\n")),
            ":8: policy.default.exp: neither \"required\" nor \"optional\"");
}

TEST_F(ConfigTest, PassesOnWhatThePolicyRefuses) {
  EXPECT_EQ(error_of(with_policy("iss = \"\"\naud = false\ntyp = false\nexp = \"optional\"\n")),
            ":3: policy.default: an expected iss is empty");
}

TEST_F(ConfigTest, RefusesTokenSourcesThatNameNothing) {
  const auto error_with = [this](const std::string& source) {
    return error_of(with_all_said("token_from = [" + source + "]\n"));
  };
  const std::string begin = ":9: policy.default.token_from: ";
  for (const std::string source :
       {"", "Authorization", "header", "header:", "header:a b",
        "header:a:", "cookie:", "cookie:a=b", "query:a&b", "body:token"}) {
    EXPECT_EQ(error_with('"' + source + '"'),
              begin + '"' + source +
                  "\" is not \"authorization\", \"header:NAME\", \"cookie:NAME\" or "
                  "\"query:NAME\"");
  }
  EXPECT_EQ(error_with("\"cookie:a\", \"cookie:a\""), begin + "\"cookie:a\" twice");
  EXPECT_EQ(error_with("\"header:X-A\", \"header:x-a\""), begin + "\"header:x-a\" twice");
  EXPECT_EQ(error_with("\"header:Authorization\""),
            begin + "\"header:Authorization\": write \"authorization\"");
  EXPECT_EQ(error_with("\"header:Cookie\""), begin + "\"header:Cookie\": write \"cookie:NAME\"");
  EXPECT_EQ(error_with(""), begin + "not a string or an array of strings");
}

TEST_F(ConfigTest, RefusesIdentityHeadersThatMeanSomethingElse) {
  const auto error_with = [this](const std::string& header) {
    return error_of(with_all_said("identity_headers = { \"" + header + "\" = \"sub\" }\n"));
  };
  for (const std::string header :
       {"Content-Length", "content-type", "Transfer-Encoding", "CONNECTION", "Keep-Alive", "TE",
        "Trailer", "Upgrade", "Proxy-Connection", "Date", "WWW-Authenticate", "X-Auth-Result",
        "X-Accel-Redirect", "x-envoy-auth-headers-to-remove", "Location", "Set-Cookie", "Host"}) {
    EXPECT_EQ(error_with(header), ":9: policy.default.identity_headers." + header +
                                      ": this header has another meaning to proxies");
    EXPECT_EQ(error_of(with_all_said("payload_header = \"" + header + "\"\n")),
              ":9: policy.default.payload_header: this header has another meaning to proxies");
  }
  for (const std::string header : {"", "X A", "X:A", "X-\xc3\xa4"}) {
    EXPECT_EQ(error_with(header),
              ":9: policy.default.identity_headers." + header + ": not the name of a header");
  }
  EXPECT_EQ(error_of(with_all_said("identity_headers = { X-A = \"a\", x-a = \"b\" }\n")),
            ":9: policy.default.identity_headers.x-a: this header is given twice");
  EXPECT_EQ(
      error_of(with_all_said("payload_header = \"x-a\"\nidentity_headers = { X-A = \"a\" }\n")),
      ":9: policy.default.payload_header: this header is given twice");
  for (const std::string claim : {"\"\"", "1", "true", "[\"a\"]"}) {
    EXPECT_EQ(error_of(with_all_said("identity_headers = { X-A = " + claim + " }\n")),
              ":9: policy.default.identity_headers.X-A: not a claim's name");
  }
  EXPECT_EQ(
      error_of(with_all_said("[policy.default.identity_headers]\nX-A = \"a\"\nDate = \"b\"\n")),
      ":11: policy.default.identity_headers.Date: this header has another meaning to proxies");
}

TEST_F(ConfigTest, RefusesPolicyNamesThatAreNoPathSegment) {
  for (const std::string name : {"", ".", "..", "a/b", "a b", "a%2e", "\xc3\xa4", "a?", "a;b"}) {
    EXPECT_EQ(error_of(std::string(kListen) + "[policy.\"" + name + "\"]\njwks_file = \"k\"\n" +
                       std::string(kDemands)),
              ":3: policy." + name +
                  ": not a policy's name: letters, digits, '-', '.' and '_', at most 64");
  }
  EXPECT_EQ(error_of(std::string(kListen)),
            ": policy: missing: write at least one, as [policy.default]");
  EXPECT_EQ(error_of(std::string(kListen) + "[policy]\n"),
            ":3: policy: missing: write at least one, as [policy.default]");
  EXPECT_EQ(error_of(std::string(kListen) + "[policy]\niss = false\n"),
            ":4: policy.iss: not a table");
}

TEST_F(ConfigTest, RefusesListenersThatCannotBe) {
  EXPECT_EQ(error_of(with_listen("")), ":1: listen.address: missing: it must be given");
  EXPECT_EQ(error_of(with_listen("address = 8080\n")), ":2: listen.address: not a string");
  EXPECT_EQ(error_of(with_listen("address = \"127.0.0.1:1\"\nmode = \"0660\"\n")),
            ":3: listen.mode: only of a unix socket with a path");
  EXPECT_EQ(error_of(with_listen("address = \"127.0.0.1:1\"\nowner = \"a\"\n")),
            ":3: listen.owner: only of a unix socket with a path");
  for (const char* mode : {"", "8", "rw", "07777", "1000", "0o660"}) {
    EXPECT_EQ(
        error_of(with_listen("mode = \"" + std::string(mode) + "\"\naddress = \"1.1.1.1:1\"\n")),
        ":2: listen.mode: not octal permissions such as \"0660\"");
  }
  EXPECT_EQ(error_of(with_listen("address = \"127.0.0.1:1\"\nproxy_protocol_from = \"lb1\"\n")),
            ":3: listen.proxy_protocol_from: \"lb1\" is no address, network such as 10.0.0.0/8, or "
            "\"unix\"");
  EXPECT_EQ(error_of(with_listen("address = \"unix:/a\"\nproxy_protocol_from = \"10.0.0.1\"\n")),
            ":3: listen.proxy_protocol_from: the peers of a unix socket are \"unix\"");
  EXPECT_EQ(error_of(with_listen("address = \"127.0.0.1:1\"\ntls_key = \"k\"\n")),
            ":3: listen.tls_key: needs tls_certificate beside it");
  EXPECT_EQ(error_of(with_listen("address = \"127.0.0.1:1\"\ntls_certificate = \"c\"\n")),
            ":3: listen.tls_certificate: needs tls_key beside it");
  EXPECT_EQ(error_of(with_listen("address = \"127.0.0.1:1\"\ntls_client_required = true\n")),
            ":3: listen.tls_client_required: needs tls_client_ca beside it");
  EXPECT_EQ(error_of(std::string(kListen) + with_all_said()),
            ":4: listen.address: the same as of another listener");
}

TEST_F(ConfigTest, RefusesLimitsThatLimitNothing) {
  for (const std::string key : {"connections", "head_seconds", "body_seconds", "idle_seconds",
                                "write_seconds", "drain_seconds", "head_bytes", "body_bytes"}) {
    const std::string error = error_of(with_all_said("[limits]\n" + key + " = 0\n"));
    EXPECT_TRUE(error.starts_with(":10: limits." + key + ": not an integer from ")) << error;
  }
  EXPECT_EQ(error_of(with_all_said("[limits]\nhead_bytes = 65537\n")),
            ":10: limits.head_bytes: not an integer from 16384 to 65536");
  EXPECT_EQ(error_of(with_all_said("[limits]\ncached_signatures = 100000001\n")),
            ":10: limits.cached_signatures: not an integer from 0 to 100000000");
  EXPECT_EQ(error_of(with_all_said("[log]\nallow_sample = 1.5\n")),
            ":10: log.allow_sample: not a number from 0 to 1");
  EXPECT_EQ(error_of(with_all_said("[log]\nallow_sample = nan\n")),
            ":10: log.allow_sample: not a number from 0 to 1");
  EXPECT_EQ(error_of(with_all_said("[log]\ndecisions = \"\"\n")),
            ":10: log.decisions: neither \"stderr\" nor a file");
}

TEST_F(ConfigTest, RefusesUnknownKeys) {
  EXPECT_EQ(error_of(with_all_said("require_claims = [\"sub\"]\n")),
            ":9: policy.default.require_claims: unknown");
  EXPECT_EQ(error_of(with_all_said("[polcy]\n")), ":9: polcy: unknown");
  EXPECT_EQ(error_of("threads = 1\n" + with_all_said("x = 1\n")), ":1: threads: unknown");
  EXPECT_EQ(error_of(with_all_said("[limits]\nx = 1\n[log]\na = 1\n")), ":10: limits.x: unknown");
  EXPECT_EQ(error_of(with_listen("address = \"127.0.0.1:1\"\nthreads = 1\n")),
            ":3: listen.threads: unknown");
}

TEST_F(ConfigTest, RefusesIncompleteAndBrokenFiles) {
  EXPECT_EQ(error_of(""), ": listen.address: missing: it must be given");
  EXPECT_EQ(error_of("listen = 1\n"), ":1: listen: not an array of tables: write [[listen]]");
  EXPECT_EQ(error_of("[listen]\naddress = \"127.0.0.1:1\"\n"),
            ":1: listen: not an array of tables: write [[listen]]");
  EXPECT_EQ(error_of("listen = [1]\n"), ":1: listen: not a table");
  EXPECT_EQ(error_of("server = 1\n" + with_all_said()), ":1: server: not a table");
  EXPECT_EQ(error_of("[[listen]]\naddress = \"localhost:80\"\n").substr(0, 28),
            ":2: listen.address: expected");
  EXPECT_TRUE(error_of("[[listen]]\naddress = \n").starts_with(":2: "));
  EXPECT_EQ(load_config(path_ + "x").status().message(), path_ + "x: No such file or directory");
  EXPECT_EQ(load_config("/").status().message(), "/: not a regular file");
}

// --- Keys ---

constexpr std::string_view kJwk =
    R"({"kty":"oct","kid":"1","alg":"HS256","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"})";

// RFC 8037 appendix A.2; its kid is the name of a private member.
constexpr std::string_view kPublicJwk = R"({"kty":"OKP","crv":"Ed25519","kid":"d","alg":"EdDSA",)"
                                        R"("x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";

absl::StatusOr<KeySet> load_keys_of(const Config& config, std::vector<std::string>& warnings) {
  const PolicyConfig& policy = config.policies[0];
  return load_keys(policy.keys.file, policy.algorithms, warnings);
}

TEST_F(ConfigTest, LoadsKeysBesideTheConfiguration) {
  const auto config = load(with_all_said());
  ASSERT_TRUE(config.ok()) << config.status();
  write_file(keys_path_, kJwk);
  chmod(keys_path_.c_str(), 0640);
  std::vector<std::string> warnings;
  const auto keys = load_keys_of(*config, warnings);
  ASSERT_TRUE(keys.ok()) << keys.status();
  EXPECT_EQ(keys->num_keys(), 1);
  EXPECT_EQ(warnings, std::vector<std::string>());
}

TEST_F(ConfigTest, WarnsOfSecretsThatEverybodyMayRead) {
  const auto config = load(with_all_said());
  write_file(keys_path_, kJwk);
  chmod(keys_path_.c_str(), 0644);
  std::vector<std::string> warnings;
  EXPECT_TRUE(load_keys_of(*config, warnings).ok());
  EXPECT_EQ(warnings, std::vector<std::string>(
                          {keys_path_ + ": everybody on this machine may read these secrets"}));
}

TEST_F(ConfigTest, WarnsOfPrivateKeysAmongThemEvenIfTheyAreSkipped) {
  const auto config = load(with_all_said());
  const std::string open_to_all = keys_path_ + ": everybody on this machine may read these secrets";
  for (const std::string_view more :
       {R"({"kty":"EC","crv":"X","d" : "AA"})", R"({"kty":"XYZ","kid":"2","k":"AA"})"}) {
    write_file(keys_path_,
               R"({"keys":[)" + std::string(more) + "," + std::string(kPublicJwk) + "]}");
    chmod(keys_path_.c_str(), 0644);
    std::vector<std::string> warnings;
    EXPECT_TRUE(load_keys_of(*config, warnings).ok());
    EXPECT_EQ(std::count(warnings.begin(), warnings.end(), open_to_all), 1) << more;
  }
}

TEST_F(ConfigTest, LetsEverybodyReadPublicKeys) {
  const auto config = load(with_all_said());
  write_file(keys_path_, R"({"keys":[)" + std::string(kPublicJwk) + "]}");
  chmod(keys_path_.c_str(), 0644);
  std::vector<std::string> warnings;
  EXPECT_TRUE(load_keys_of(*config, warnings).ok());
  EXPECT_EQ(warnings, std::vector<std::string>());
}

TEST_F(ConfigTest, WarnsOfKeysThatAreSkipped) {
  const auto config = load(with_all_said());
  write_file(keys_path_, R"({"keys":[{"kty":"XYZ"},)" + std::string(kJwk) + "]}");
  chmod(keys_path_.c_str(), 0600);
  std::vector<std::string> warnings;
  EXPECT_TRUE(load_keys_of(*config, warnings).ok());
  ASSERT_EQ(warnings.size(), 1);
  EXPECT_TRUE(warnings[0].starts_with(keys_path_ + ": keys[0]")) << warnings[0];
}

TEST_F(ConfigTest, SaysWhyKeysCannotBeLoaded) {
  const auto config = load(with_all_said());
  std::vector<std::string> warnings;
  EXPECT_EQ(load_keys_of(*config, warnings).status().message(),
            keys_path_ + ": No such file or directory");
  write_file(keys_path_, "{}");
  const absl::Status status = load_keys_of(*config, warnings).status();
  EXPECT_TRUE(std::string(status.message()).starts_with(keys_path_ + ": ")) << status;
}

}  // namespace
}  // namespace simdjwt::serve
