// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/key_config.h"

#include <chrono>
#include <initializer_list>
#include <map>
#include <utility>

#include "serve/text.h"
#include "simdjwt/limits.h"

namespace simdjwt::serve {

using jwks::KeySourcesOptions;
using jwks::PlainHttp;
using jwks::SourceConfig;
using std::chrono::seconds;

namespace {

constexpr int64_t kFetchSecondsMax = 300;
constexpr int64_t kRefreshSecondsMax = 7 * 24 * 3600;

std::string url_of(TomlSection& section, const char* key, PlainHttp plain_http) {
  std::string url = section.required_string(key);
  if (url.empty()) return url;
  if (const absl::Status status = check_url(url, plain_http); !status.ok()) {
    section.fail(key, std::string(status.message()));
  }
  return url;
}

}  // namespace

KeySourcesOptions read_jwks(TomlSection section, const std::string& config_path) {
  KeySourcesOptions options;
  const auto read_file = [&](const char* key) {
    const auto file = section.string(key);
    return file ? relative_to(config_path, *file) : "";
  };
  const auto read_seconds = [&](const char* key, seconds& value, int64_t max) {
    value = seconds(section.integer(key, 1, max).value_or(value.count()));
  };
  jwks::FetchOptions& fetch = options.fetch;
  options.cache_directory = read_file("cache_directory");
  fetch.ca_file = read_file("ca_file");
  fetch.document_bytes_max =
      static_cast<size_t>(section.integer("document_bytes", 1024, kJwksBytesMax)
                              .value_or(static_cast<int64_t>(fetch.document_bytes_max)));
  read_seconds("connect_seconds", fetch.connect, kFetchSecondsMax);
  read_seconds("fetch_seconds", fetch.total, kFetchSecondsMax);
  fetch.num_redirects_max =
      static_cast<unsigned>(section.integer("redirects", 0, 10).value_or(fetch.num_redirects_max));
  jwks::RefreshLimits& refresh = options.refresh;
  read_seconds("refresh_seconds", refresh.lifetime_unsaid, kRefreshSecondsMax);
  read_seconds("refresh_min_seconds", refresh.lifetime_min, kRefreshSecondsMax);
  read_seconds("refresh_max_seconds", refresh.lifetime_max, kRefreshSecondsMax);
  read_seconds("cooldown_seconds", refresh.cooldown, kFetchSecondsMax);
  if (refresh.lifetime_min > refresh.lifetime_max) {
    section.fail("refresh_min_seconds", "more than refresh_max_seconds");
  }
  fetch.allow_private_addresses = section.boolean("allow_private_addresses").value_or(false);
  if (section.boolean("allow_http").value_or(false)) fetch.plain_http = PlainHttp::kAllow;
  fetch.proxy_from_environment = section.boolean("proxy_from_environment").value_or(false);
  if (fetch.proxy_from_environment && !fetch.allow_private_addresses) {
    section.fail(
        "proxy_from_environment",
        "needs allow_private_addresses = true beside it: addresses are the proxy's choice");
  }
  return options;
}

std::string describe(const KeySourcesOptions& options) {
  const jwks::FetchOptions& fetch = options.fetch;
  const jwks::RefreshLimits& refresh = options.refresh;
  std::string line = concat(
      "fetched keys: ", fetch.document_bytes_max, " bytes, ", fetch.num_redirects_max,
      " redirects; seconds: connect ", fetch.connect.count(), ", fetch ", fetch.total.count(),
      ", fresh for ", refresh.lifetime_unsaid.count(), " or ", refresh.lifetime_min.count(), " to ",
      refresh.lifetime_max.count(), ", cooldown ", refresh.cooldown.count());
  if (!options.cache_directory.empty()) append(line, "; kept in ", options.cache_directory);
  if (!fetch.ca_file.empty()) append(line, "; trusted: ", fetch.ca_file);
  if (fetch.allow_private_addresses) line += "; from private addresses, too";
  if (fetch.plain_http == PlainHttp::kAllow) line += "; over plain HTTP, too";
  if (fetch.proxy_from_environment) line += "; through the environment's proxy";
  return line + '\n';
}

std::string KeyConfig::describe() const {
  if (source && source->kind == SourceConfig::Kind::kIssuer) {
    return concat("of ", source->url, ", by discovery");
  }
  return concat(source ? source->url : file, issuer.empty() ? "" : ", of ", issuer);
}

std::optional<status::ListsConfig> KeyConfig::lists() const {
  if (status_lists.empty()) return std::nullopt;
  return status::ListsConfig{.uris = status_lists,
                             .keys = status_source         ? status_source->url
                                     : status_file.empty() ? describe()
                                                           : status_file};
}

namespace {

// The first of these keys that is there; the others must not be.
const char* only_one_of(TomlSection& section, std::initializer_list<const char*> keys,
                        const char* said = nullptr) {
  for (const char* key : keys) {
    if (!section.has(key)) continue;
    if (said != nullptr) section.fail(key, concat("excludes ", said, ": say one of them"));
    said = key;
  }
  return said;
}

void read_status_lists(TomlSection& section, KeyConfig& keys, const std::string& config_path,
                       PlainHttp plain_http) {
  constexpr size_t kUrisMax = 16;
  keys.status_lists = section.strings("status_lists");
  if (keys.status_lists.size() > kUrisMax) section.fail("status_lists", "more than 16");
  for (const std::string& uri : keys.status_lists) {
    if (const absl::Status status = status::ListUris::check(uri, plain_http); !status.ok()) {
      section.fail("status_lists", concat("\"", uri, "\": ", std::string(status.message())));
    }
  }
  const char* const said = only_one_of(section, {"status_jwks_file", "status_jwks_url"});
  if (said == nullptr) return;
  if (!section.has("status_lists")) section.fail(said, "needs status_lists beside it");
  if (section.has("status_jwks_file")) {
    keys.status_file = relative_to(config_path, section.required_string("status_jwks_file"));
  } else {
    keys.status_source = SourceConfig{.kind = SourceConfig::Kind::kJwksUrl,
                                      .url = url_of(section, "status_jwks_url", plain_http)};
  }
}

KeyConfig read_keys(TomlSection& section, const std::string& config_path, PlainHttp plain_http) {
  const bool discovers = section.boolean("discovery").value_or(false);
  only_one_of(section, {"jwks_file", "jwks_url"}, discovers ? "discovery" : nullptr);
  KeyConfig keys;
  if (discovers) {
    keys.issuer = section.has("issuer") ? url_of(section, "issuer", plain_http) : "";
    if (!section.has("issuer")) section.fail("discovery", "needs issuer beside it");
    keys.source = SourceConfig{.kind = SourceConfig::Kind::kIssuer, .url = keys.issuer};
    return keys;
  }
  if (section.has("issuer")) {
    keys.issuer = section.required_string("issuer");
    if (keys.issuer.empty()) section.fail("issuer", "is nobody's name");
  }
  if (section.has("jwks_url")) {
    keys.source = SourceConfig{.kind = SourceConfig::Kind::kJwksUrl,
                               .url = url_of(section, "jwks_url", plain_http)};
  } else if (section.has("jwks_file")) {
    keys.file = relative_to(config_path, section.required_string("jwks_file"));
  } else {
    section.fail_missing("jwks_file", "write jwks_file, jwks_url, or issuer with discovery = true");
  }
  return keys;
}

}  // namespace

KeyConfig read_key_config(TomlSection& section, const std::string& config_path,
                          PlainHttp plain_http) {
  KeyConfig keys = read_keys(section, config_path, plain_http);
  read_status_lists(section, keys, config_path, plain_http);
  return keys;
}

std::vector<KeyConfig> read_issuers(TomlSection& section, const std::string& config_path,
                                    PlainHttp plain_http) {
  std::vector<TomlSection> tables = section.tables("issuers");
  if (tables.empty()) return {};
  for (const char* key : {"jwks_file", "jwks_url", "issuer", "discovery", "iss", "status_lists",
                          "status_jwks_file", "status_jwks_url"}) {
    if (section.has(key)) section.fail(key, "is each issuer's own beside issuers: leave it out");
  }
  std::map<std::string, KeyConfig> sorted;
  for (TomlSection& table : tables) {
    if (!table.has("issuer")) table.fail_missing("issuer", "write whose keys they are");
    KeyConfig keys = read_key_config(table, config_path, plain_http);
    if (sorted.contains(keys.issuer)) table.fail("issuer", "this issuer is given twice");
    sorted.emplace(keys.issuer, std::move(keys));
  }
  std::vector<KeyConfig> issuers;
  for (auto& [issuer, keys] : sorted) issuers.push_back(std::move(keys));
  return issuers;
}

}  // namespace simdjwt::serve
