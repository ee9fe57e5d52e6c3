// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// http_load: loads an HTTP server, checks every byte that it answers, and tells what it cost.

#include <absl/strings/str_format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "endpoint.h"
#include "expected_replies.h"
#include "load.h"
#include "requests.h"

namespace simdjwt::bench {
namespace {

constexpr char kFooter[] =
    "The first reply must have the status that --status names; all others must equal it to the\n"
    "byte, but for the date. In bulk, each request's reply is learned once before.\n"
    "\n"
    "Exit status: 0 all replies were right, 1 they were not, 2 wrong usage.\n"
    "\n"
    "Examples:\n"
    "  http_load 127.0.0.1:8080 --path /check --tokens tokens\n"
    "  http_load 127.0.0.1:8080 --path /check --tokens tokens --depth 16 --server $(pidof nginx)\n"
    "  http_load unix:/run/check.sock --path /check --tokens tokens --rate 50000 --json";

struct Arguments {
  std::string address;
  std::string path = "/";
  std::string tokens_path;
  int status = 200;
  size_t bulk = 0;
  std::string accept;
  bool json = false;
  LoadOptions load;
};

double per_request_us(double seconds, const LoadResult& result) {
  return seconds * 1e6 / static_cast<double>(result.num_requests);
}

double latency_us(const LoadResult& result, double quantile) {
  return static_cast<double>(result.latency.at(quantile)) * 1e-3;
}

void print_text(const Arguments& arguments, const LoadResult& result) {
  absl::PrintF("%d requests in %.2f s over %d connections, %d at a time\n", result.num_requests,
               result.seconds, arguments.load.num_connections, arguments.load.depth);
  absl::PrintF("%.0f requests/s\n", static_cast<double>(result.num_requests) / result.seconds);
  absl::PrintF("latency us: p50 %.0f, p90 %.0f, p99 %.0f, p99.9 %.0f, largest %.0f\n",
               latency_us(result, 0.5), latency_us(result, 0.9), latency_us(result, 0.99),
               latency_us(result, 0.999), static_cast<double>(result.latency.largest()) * 1e-3);
  absl::PrintF("CPU us/request: client %.3f (%.0f %% of a core)",
               per_request_us(result.client_cpu_seconds, result),
               100 * result.client_cpu_seconds / result.seconds);
  if (!arguments.load.server_pids.empty()) {
    const CpuSeconds& server = result.server_cpu_seconds;
    absl::PrintF(", server %.3f (%.0f %%), of it in the kernel %.3f",
                 per_request_us(server.total(), result), 100 * server.total() / result.seconds,
                 per_request_us(server.system, result));
  }
  absl::PrintF("\n");
  if (result.num_late > 0) {
    absl::PrintF("the rate was not kept: %d requests were due and never sent\n", result.num_late);
  }
}

void print_json(const LoadResult& result) {
  absl::PrintF(
      "{\"requests\": %d, \"seconds\": %.6f, \"late\": %d, "
      "\"client_cpu_seconds\": %.6f, \"server_cpu_seconds\": %.2f, "
      "\"server_system_seconds\": %.2f, "
      "\"latency_us\": {\"p50\": %.1f, \"p90\": %.1f, \"p99\": %.1f, \"p99.9\": %.1f, "
      "\"largest\": %.1f}}\n",
      result.num_requests, result.seconds, result.num_late, result.client_cpu_seconds,
      result.server_cpu_seconds.total(), result.server_cpu_seconds.system, latency_us(result, 0.5),
      latency_us(result, 0.9), latency_us(result, 0.99), latency_us(result, 0.999),
      static_cast<double>(result.latency.largest()) * 1e-3);
}

absl::Status load(const Arguments& arguments) {
  const absl::StatusOr<Endpoint> endpoint = Endpoint::parse(arguments.address);
  if (!endpoint.ok()) return endpoint.status();
  std::vector<std::string> tokens;
  if (!arguments.tokens_path.empty()) {
    absl::StatusOr<std::vector<std::string>> lines = read_lines(arguments.tokens_path);
    if (!lines.ok()) return lines.status();
    tokens = *std::move(lines);
  }
  if (arguments.bulk > tokens.size()) {
    return absl::InvalidArgumentError("--bulk needs as many tokens in --tokens");
  }
  const size_t depth = arguments.load.depth;
  const Requests requests = arguments.bulk > 0 ? Requests::bulk(arguments.path, arguments.accept,
                                                                tokens, arguments.bulk, depth)
                                               : Requests::checks(arguments.path, tokens, depth);
  const absl::StatusOr<ExpectedReplies> expected =
      learn_replies(*endpoint, requests, arguments.bulk > 0 ? requests.size() : 1, arguments.status,
                    arguments.load.tls);
  if (!expected.ok()) return expected.status();
  const absl::StatusOr<LoadResult> result =
      run_load(*endpoint, requests, *expected, arguments.load);
  if (!result.ok()) return result.status();
  if (arguments.json) {
    print_json(*result);
  } else {
    print_text(arguments, *result);
  }
  return absl::OkStatus();
}

int run(int argc, char** argv) {
  CLI::App app("Loads an HTTP server, checks every byte it answers, and tells what that cost");
  Arguments arguments;
  LoadOptions& options = arguments.load;
  app.add_option("address", arguments.address, "127.0.0.1:8080, [::1]:8080 or unix:/path")
      ->required();
  app.add_option("--path", arguments.path, "of the requests")->capture_default_str();
  app.add_option("--tokens", arguments.tokens_path,
                 "file with a bearer token a line; each request takes the next");
  app.add_option("--status", arguments.status, "that all replies must have")->capture_default_str();
  app.add_option("--bulk", arguments.bulk, "POST as many tokens with each request, a line each");
  app.add_option("--accept", arguments.accept, "form of reply to ask for in bulk");
  app.add_flag("--tls", options.tls, "speak TLS; the certificate is not checked");
  app.add_option("--connections", options.num_connections)
      ->check(CLI::Range(1, 30000))
      ->capture_default_str();
  app.add_option("--depth", options.depth, "requests that a connection sends at once")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("--rate", options.rate,
                 "requests a second, sent when they are due, whatever the server does")
      ->check(CLI::PositiveNumber);
  app.add_option("--seconds", options.seconds, "to measure")->capture_default_str();
  app.add_option("--warmup", options.warmup_seconds, "seconds before that")->capture_default_str();
  app.add_option("--requests", options.num_requests, "to measure, instead of --seconds");
  app.add_option("--server", options.server_pids,
                 "process of the server, to read its CPU time; repeatable");
  app.add_flag("--json", arguments.json, "print one JSON object");
  app.footer(kFooter);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }

  const absl::Status status = load(arguments);
  if (status.ok()) return 0;
  absl::FPrintF(stderr, "http_load: %s\n", std::string(status.message()));
  return 1;
}

}  // namespace
}  // namespace simdjwt::bench

int main(int argc, char** argv) { return simdjwt::bench::run(argc, argv); }
