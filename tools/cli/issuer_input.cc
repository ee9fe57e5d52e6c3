// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cli/issuer_input.h"

#include <chrono>
#include <memory>
#include <utility>

#include "cli/failure.h"
#include "cli/options.h"
#include "jwks/discovery.h"
#include "jwks/fetcher.h"
#include "jwks/url.h"

namespace simdjwt::cli {
namespace {

void check_url_option(const std::string& option, const std::string& url,
                      jwks::PlainHttp plain_http) {
  if (const absl::Status status = jwks::check_url(url, plain_http); !status.ok()) {
    throw UsageError(option + ": " + std::string(status.message()));
  }
}

std::string fetch(jwks::Fetcher& fetcher, const std::string& url) {
  const std::unique_ptr<jwks::Transfer> transfer = fetcher.get(url);
  while (!transfer->is_done()) fetcher.wait({}, std::chrono::seconds(1));
  absl::StatusOr<jwks::Document> document = transfer->take();
  if (!document.ok()) throw Failure(std::string(document.status().message()));
  return std::move(document->text);
}

}  // namespace

void add_issuer_options(CLI::App& app, IssuerInput& input) {
  add_text_option(app, "--jwks-url", input.jwks_url,
                  "The keys: fetch the JWK Set of this URL, once")
      ->type_name("URL");
  add_text_option(app, "--issuer", input.issuer,
                  "The keys: those of this issuer, found by OpenID\n"
                  "discovery; tokens must name it as their iss")
      ->type_name("URL");
  add_file_option(app, "--ca-file", input.ca_file, "Certificates to trust instead of the system's");
  app.add_flag("--allow-private-addresses", input.allow_private_addresses,
               "Fetch from private addresses, too");
  app.add_flag("--allow-http", input.allow_http, "Fetch over plain HTTP, too");
}

KeySet fetch_keys(const IssuerInput& input, JwksOptions options,
                  std::vector<std::string>& skipped) {
  const auto plain_http = input.allow_http ? jwks::PlainHttp::kAllow : jwks::PlainHttp::kRefuse;
  const bool is_discovered = !input.jwks_url;
  is_discovered ? check_url_option("--issuer", *input.issuer, plain_http)
                : check_url_option("--jwks-url", *input.jwks_url, plain_http);
  jwks::Fetcher fetcher({.plain_http = plain_http,
                         .allow_private_addresses = input.allow_private_addresses,
                         .ca_file = input.ca_file.value_or("")});
  std::string url = input.jwks_url.value_or("");
  if (is_discovered) {
    const std::string metadata_url = jwks::discovery_url(*input.issuer);
    absl::StatusOr<std::string> uri =
        jwks::read_jwks_uri(fetch(fetcher, metadata_url), *input.issuer, plain_http);
    if (!uri.ok()) throw Failure(metadata_url + ": " + std::string(uri.status().message()));
    url = *std::move(uri);
  }
  options.secret_keys = SecretKeys::kSkip;
  absl::StatusOr<KeySet> keys = KeySet::from_jwks(fetch(fetcher, url), options, &skipped);
  for (std::string& reason : skipped) reason.insert(0, url + ": skipped ");
  if (!keys.ok()) throw Failure(url + ": " + std::string(keys.status().message()));
  return *std::move(keys);
}

}  // namespace simdjwt::cli
