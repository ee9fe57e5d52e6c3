// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/operations.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

#include "oauth/issuer_metrics.h"
#include "serve/exposition.h"
#include "support/exposition_reader.h"

namespace simdjwt::serve {
namespace {

using http::Status;
using testing::read_exposition;

// --- The endpoints ---

class OperationsTest : public ::testing::Test {
 protected:
  ControlResponse ask(std::string path, std::string method = "GET") {
    return operations_.answer({.method = std::move(method), .path = std::move(path)});
  }

  Readiness readiness_;
  Operations operations_{readiness_, [] { return std::string("m 1\n"); }};
};

TEST_F(OperationsTest, SaysThatItLives) {
  EXPECT_EQ(ask("/livez").status, Status::kOk);
  EXPECT_EQ(ask("/livez").content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(ask("/livez").body, "ok\n");
}

TEST_F(OperationsTest, IsReadyBetweenItsStartAndItsEnd) {
  EXPECT_EQ(ask("/readyz").status, Status::kUnavailable);
  EXPECT_EQ(ask("/readyz").body, "starting: configuration and keys are being loaded\n");
  readiness_.begin();
  EXPECT_EQ(ask("/readyz").status, Status::kOk);
  readiness_.end();
  EXPECT_EQ(ask("/readyz").status, Status::kUnavailable);
  EXPECT_EQ(ask("/readyz").body, "draining: the server is shutting down\n");
  EXPECT_EQ(ask("/livez").status, Status::kOk) << "but it lives";
}

TEST_F(OperationsTest, GivesTheMetrics) {
  EXPECT_EQ(ask("/metrics").status, Status::kOk);
  EXPECT_EQ(ask("/metrics").content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(ask("/metrics").body, "m 1\n");
}

TEST_F(OperationsTest, RefusesWhatItDoesNotServe) {
  EXPECT_EQ(ask("/").status, Status::kNotFound);
  EXPECT_EQ(ask("/metrics/").status, Status::kNotFound);
  EXPECT_EQ(ask("/metrics", "PUT").status, Status::kMethodNotAllowed);
  EXPECT_EQ(ask("/metrics", "PUT").fields, "Allow: GET, HEAD\r\n");
}

// --- The metrics ---

class ExpositionTest : public ::testing::Test {
 protected:
  std::string text() {
    return expose({.metrics = metrics_,
                   .log = *log_,
                   .listeners = {"127.0.0.1:1", "unix:b"},
                   .reactors = {&reactors_[0], &reactors_[1]},
                   .wires = {{"127.0.0.1:1", "tls", &tls_}, {"[::1]:2", "proxy", &proxy_}},
                   .key_sources = key_sources_,
                   .signature_cache_bytes = signature_cache_bytes_,
                   .version = "1.2.3",
                   .commit = "0123456789ab",
                   .io = "epoll",
                   .kernels = "base64url/scalar \"x\"",
                   .revocations = revocations_,
                   .issuer = issuer_});
  }

  ExpositionTest() {
    for (net::ReactorCounters& reactor : reactors_) reactor.listeners.resize(2);
  }

  Metrics metrics_{2, 2};
  net::ReactorCounters reactors_[2];
  net::WireCounters tls_;
  net::WireCounters proxy_;
  std::vector<jwks::SourceStatus> key_sources_;
  size_t signature_cache_bytes_ = 0;
  std::optional<registry::RevocationCounts> revocations_;
  const oauth::IssuerMetrics* issuer_ = nullptr;
  std::unique_ptr<DecisionLog> log_ =
      *DecisionLog::create({.target = "", .allow_sample = 0}, 2, [](const std::string&) {});
};

TEST_F(ExpositionTest, TellsOfTheCacheOfSignatures) {
  EXPECT_EQ(text().find("simdjwt_token_cache"), std::string::npos) << "there is none";
  signature_cache_bytes_ = 6400;
  metrics_.reactor(0).count_lookups({.hits = 2, .misses = 8, .inserts = 4, .evictions = 1});
  metrics_.reactor(1).count_lookups({.hits = 3, .misses = 1, .inserts = 1, .evictions = 1});
  const std::string text = this->text();
  EXPECT_NE(text.find("\nsimdjwt_token_cache_hits_total 5\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\nsimdjwt_token_cache_misses_total 9\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\nsimdjwt_token_cache_inserts_total 5\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\nsimdjwt_token_cache_evictions_total 2\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\nsimdjwt_token_cache_entries 3\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\nsimdjwt_token_cache_bytes 6400\n"), std::string::npos) << text;
}

TEST_F(ExpositionTest, TellsOfTheRegistryAndTheIssuerWhereThereAreSome) {
  EXPECT_EQ(text().find("simdjwt_revocation"), std::string::npos);
  EXPECT_EQ(text().find("simdjwt_refresh"), std::string::npos);
  oauth::IssuerMetrics issuer;
  issuer.count("refresh", "invalid_grant");
  issuer.count("token", "no word for it");
  issuer.count_reuse();
  issuer_ = &issuer;
  revocations_ = {.entries = {7, 8, 9}, .taken_in = {1, 2, 3}};
  const auto series = read_exposition(text());
  EXPECT_EQ(series.at("simdjwt_revocations_total{kind=\"index\"}"), 1);
  EXPECT_EQ(series.at("simdjwt_revocations_total{kind=\"not_before\"}"), 3);
  EXPECT_EQ(series.at("simdjwt_revocation_entries{kind=\"jti\"}"), 8);
  EXPECT_EQ(series.at("simdjwt_issuer_requests_total{endpoint=\"refresh\",outcome="
                      "\"invalid_grant\"}"),
            1);
  EXPECT_EQ(series.at("simdjwt_issuer_requests_total{endpoint=\"token\",outcome="
                      "\"server_error\"}"),
            1);
  EXPECT_EQ(series.at("simdjwt_refresh_reuses_total"), 1);
}

TEST_F(ExpositionTest, IsWellFormedFromTheStart) {
  const auto series = read_exposition(text());
  EXPECT_EQ(series.at("simdjwt_build_info{version=\"1.2.3\",commit=\"0123456789ab\",io="
                      "\"epoll\",kernels=\"base64url/scalar \\\"x\\\"\"}"),
            1);
  EXPECT_EQ(series.at("simdjwt_http_request_duration_seconds_count"), 0);
  EXPECT_EQ(series.at("simdjwt_config_last_reload_successful"), 1);
}

TEST_F(ExpositionTest, TellsOfFilesOfKeys) {
  metrics_.set_file_keys({{"/etc/a.json", 3}});
  EXPECT_EQ(
      read_exposition(text()).at("simdjwt_keys{source=\"jwks_file /etc/a.json\",state=\"usable\"}"),
      3);
  metrics_.set_file_keys({});
  EXPECT_EQ(text().find("jwks_file"), std::string::npos) << "no policy names it any more";
}

TEST_F(ExpositionTest, TellsListenersApart) {
  metrics_.reactor(0).count_request(0, Contract::kNginx, http::Status::kOk);
  metrics_.reactor(1).count_request(1, Contract::kNginx, http::Status::kOk);
  metrics_.reactor(0).count_request(1, Contract::kNginx, http::Status::kOk);
  reactors_[0].listeners[1].accepted.add(6);
  reactors_[0].listeners[1].idle.add(4);
  reactors_[0].listeners[1].busy.add(2);
  const auto series = read_exposition(text());
  const std::string first = "listener=\"127.0.0.1:1\"";
  const std::string second = "listener=\"unix:b\"";
  const std::string rest = ",contract=\"nginx\",code=\"200\"}";
  EXPECT_EQ(series.at("simdjwt_http_requests_total{" + first + rest), 1);
  EXPECT_EQ(series.at("simdjwt_http_requests_total{" + second + rest), 2);
  EXPECT_EQ(series.at("simdjwt_accepts_total{reactor=\"0\"," + first + "}"), 0);
  EXPECT_EQ(series.at("simdjwt_accepts_total{reactor=\"0\"," + second + "}"), 6);
  EXPECT_EQ(series.at("simdjwt_connections{reactor=\"0\"," + second + ",state=\"idle\"}"), 4);
  EXPECT_EQ(series.at("simdjwt_connections{reactor=\"0\"," + second + ",state=\"busy\"}"), 2);
  EXPECT_EQ(series.at("simdjwt_connections{reactor=\"1\"," + second + ",state=\"idle\"}"), 0);
}

TEST_F(ExpositionTest, TellsOfSourcesOfKeys) {
  jwks::SourceStatus never{.name = "issuer https://a"};
  never.fetches[static_cast<size_t>(jwks::FetchResult::kRefused)] = 3;
  jwks::SourceStatus good{.name = "jwks_url https://b"};
  good.fetches[static_cast<size_t>(jwks::FetchResult::kSuccess)] = 2;
  good.num_refetches = 1;
  good.generation = 4;
  good.num_keys = 5;
  good.num_skipped = 6;
  good.loaded_unix_seconds = time(nullptr) - 100;
  good.num_save_failures = 7;
  good.fresh_until = std::chrono::steady_clock::now() + std::chrono::hours(1);
  key_sources_ = {never, good};
  const auto series = read_exposition(text());
  EXPECT_EQ(series.at("simdjwt_jwks_reload_total{source=\"issuer https://a\",result=\"refused\"}"),
            3);
  EXPECT_EQ(
      series.at("simdjwt_jwks_reload_total{source=\"jwks_url https://b\",result=\"success\"}"), 2);
  EXPECT_EQ(
      series.at("simdjwt_jwks_reload_total{source=\"jwks_url https://b\",result=\"invalid\"}"), 0);
  EXPECT_EQ(series.at("simdjwt_jwks_refetch_total{source=\"jwks_url https://b\"}"), 1);
  EXPECT_EQ(series.at("simdjwt_jwks_save_failures_total{source=\"jwks_url https://b\"}"), 7);
  EXPECT_EQ(series.at("simdjwt_keys{source=\"jwks_url https://b\",state=\"usable\"}"), 5);
  EXPECT_EQ(series.at("simdjwt_keys{source=\"jwks_url https://b\",state=\"skipped\"}"), 6);
  EXPECT_EQ(series.at("simdjwt_keyset_generation{source=\"jwks_url https://b\"}"), 4);
  EXPECT_EQ(series.at("simdjwt_jwks_stale{source=\"issuer https://a\"}"), 1);
  EXPECT_EQ(series.at("simdjwt_jwks_stale{source=\"jwks_url https://b\"}"), 0);
  EXPECT_GE(series.at("simdjwt_jwks_age_seconds{source=\"jwks_url https://b\"}"), 100);
  EXPECT_FALSE(series.contains("simdjwt_jwks_age_seconds{source=\"issuer https://a\"}"))
      << "it has none";
}

TEST_F(ExpositionTest, AddsTheReactorsUp) {
  PolicyMetrics& policy = metrics_.policy("a");
  policy.of(0).accepted.add(2);
  policy.of(1).accepted.add(3);
  policy.of(0).count(outcome_of(Reason::kExpired));
  policy.of(1).count(outcome_of(Reason::kExpired));
  policy.of(1).count(outcome_of(Reason::kScope));
  policy.of(1).count(outcome_of(Reason::kUnavailable));
  (void)metrics_.policy("b");
  for (size_t i = 0; i < 2; ++i) {
    metrics_.reactor(i).count_request(0, Contract::kEnvoy, http::Status::kForbidden);
    metrics_.reactor(i).count_parse_error(http::Status::kUriTooLong);
    metrics_.reactor(i).request_duration.observe(300, 2);
    metrics_.reactor(i).count_batch({static_cast<size_t>(Algorithm::kEs256)}, 4000, 10);
    metrics_.reactor(i).uploads_active.add();
    metrics_.reactor(i).answers_cut_off.add(2);
  }
  reactors_[0].bodies_expired.add(3);
  reactors_[0].outputs_full.add(4);
  reactors_[1].postponements.add(5);
  reactors_[1].submissions.add(7);
  metrics_.count_reload(false, 5);
  const auto series = read_exposition(text());
  EXPECT_EQ(series.at("simdjwt_verify_total{policy=\"a\",result=\"ok\"}"), 5);
  EXPECT_EQ(series.at("simdjwt_verify_total{policy=\"a\",result=\"rejected\"}"), 3);
  EXPECT_EQ(series.at("simdjwt_verify_total{policy=\"a\",result=\"error\"}"), 1);
  EXPECT_EQ(series.at("simdjwt_verify_total{policy=\"b\",result=\"ok\"}"), 0);
  EXPECT_EQ(series.at("simdjwt_verify_rejected_total{policy=\"a\",reason=\"expired\"}"), 2);
  EXPECT_EQ(series.at("simdjwt_verify_rejected_total{policy=\"a\",reason=\"scope\"}"), 1);
  EXPECT_FALSE(series.contains("simdjwt_verify_rejected_total{policy=\"a\",reason=\"none\"}"));
  EXPECT_EQ(series.at("simdjwt_http_requests_total{listener=\"127.0.0.1:1\",contract=\"envoy\","
                      "code=\"403\"}"),
            2);
  EXPECT_EQ(series.at("simdjwt_parse_errors_total{reason=\"uri_too_long\"}"), 2);
  EXPECT_EQ(series.at("simdjwt_http_request_duration_seconds_bucket{le=\"2.56e-07\"}"), 0);
  EXPECT_EQ(series.at("simdjwt_http_request_duration_seconds_bucket{le=\"5.12e-07\"}"), 4);
  EXPECT_EQ(series.at("simdjwt_verify_duration_seconds_count{alg=\"ES256\"}"), 20);
  EXPECT_EQ(series.at("simdjwt_verify_duration_seconds_bucket{alg=\"ES256\",le=\"2.56e-07\"}"), 0);
  EXPECT_EQ(series.at("simdjwt_verify_duration_seconds_bucket{alg=\"ES256\",le=\"5.12e-07\"}"), 20);
  EXPECT_FALSE(series.contains("simdjwt_verify_duration_seconds_count{alg=\"HS256\"}"));
  EXPECT_EQ(series.at("simdjwt_verify_batch_duration_seconds_count"), 2);
  EXPECT_EQ(series.at("simdjwt_verify_tokens_total"), 20);
  EXPECT_EQ(series.at("simdjwt_http_uploads"), 2);
  EXPECT_EQ(series.at("simdjwt_http_answers_cut_off_total"), 4);
  EXPECT_EQ(series.at("simdjwt_connections_refused_total{reactor=\"0\",reason=\"slow_body\"}"), 3);
  EXPECT_EQ(series.at("simdjwt_output_pauses_total{reactor=\"0\"}"), 4);
  EXPECT_EQ(series.at("simdjwt_postponements_total{reactor=\"1\"}"), 5);
  EXPECT_EQ(series.at("simdjwt_http_request_duration_seconds_count"), 4);
  EXPECT_NEAR(series.at("simdjwt_http_request_duration_seconds_sum"), 1.2e-6, 1e-12);
  EXPECT_EQ(series.at("simdjwt_uring_sqe_total{reactor=\"0\"}"), 0);
  EXPECT_EQ(series.at("simdjwt_uring_sqe_total{reactor=\"1\"}"), 7);
  EXPECT_EQ(series.at("simdjwt_config_reloads_total{result=\"failure\"}"), 1);
  EXPECT_EQ(series.at("simdjwt_config_last_reload_successful"), 0);
}

TEST_F(ExpositionTest, TellsOfTheWires) {
  tls_.opened = 5;
  tls_.failed = 2;
  proxy_.refused = 1;
  const auto series = read_exposition(text());
  const auto value = [&series](const std::string& labels) {
    return series.at("simdjwt_wires_total{" + labels + "}");
  };
  EXPECT_EQ(value("listener=\"127.0.0.1:1\",protocol=\"tls\",result=\"opened\""), 5);
  EXPECT_EQ(value("listener=\"127.0.0.1:1\",protocol=\"tls\",result=\"failed\""), 2);
  EXPECT_EQ(value("listener=\"[::1]:2\",protocol=\"proxy\",result=\"opened\""), 0);
  EXPECT_EQ(value("listener=\"[::1]:2\",protocol=\"proxy\",result=\"refused\""), 1);
}

TEST_F(ExpositionTest, TellsOfTheProcess) {
  const auto series = read_exposition(text());
  EXPECT_GT(series.at("process_resident_memory_bytes"), 1e6);
  EXPECT_GT(series.at("process_virtual_memory_bytes"), series.at("process_resident_memory_bytes"));
  EXPECT_GE(series.at("process_open_fds"), 3);
  EXPECT_GT(series.at("process_max_fds"), series.at("process_open_fds"));
  EXPECT_EQ(series.at("process_threads"), 2) << "this one and the log's";
  const double age = static_cast<double>(time(nullptr)) - series.at("process_start_time_seconds");
  EXPECT_GE(age, -2);
  EXPECT_LT(age, 3600);
}

TEST_F(ExpositionTest, SatisfiesPromtool) {
  if (std::system("promtool --version > /dev/null 2>&1") != 0) {
    GTEST_SKIP() << "promtool is not installed";
  }
  metrics_.policy("a").of(0).count(outcome_of(Reason::kExpired));
  const std::string path = ::testing::TempDir() + "exposition";
  std::ofstream(path) << text();
  EXPECT_EQ(std::system(("promtool check metrics < " + path).c_str()), 0);
}

}  // namespace
}  // namespace simdjwt::serve
