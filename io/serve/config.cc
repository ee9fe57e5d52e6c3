// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/config.h"

#include <algorithm>
#include <string_view>

#include "net/cpus.h"
#include "serve/file_text.h"
#include "serve/text.h"
#include "serve/toml_section.h"

namespace simdjwt::serve {
namespace {

constexpr size_t kConfigBytesMax = 16 * 1024 * 1024;  // thousands of policies
constexpr int64_t kThreadsMax = 256;
constexpr int64_t kSecondsMax = 24 * 3600;
constexpr int64_t kCachedSignaturesMax = 100'000'000;  // 2.4 GB

std::string optional_file(TomlSection& section, const char* key, const std::string& config_path) {
  const auto file = section.string(key);
  return file ? relative_to(config_path, *file) : "";
}

// "0660".
std::optional<uint32_t> read_mode(TomlSection& section) {
  const auto text = section.string("mode");
  if (!text) return std::nullopt;
  uint32_t mode = 0;
  bool is_octal = !text->empty() && text->size() <= 4;
  for (const char digit : *text) {
    is_octal = is_octal && digit >= '0' && digit <= '7';
    mode = mode * 8 + static_cast<uint32_t>(digit - '0');
  }
  if (is_octal && mode <= 0777) return mode;
  section.fail("mode", "not octal permissions such as \"0660\"");
  return std::nullopt;
}

net::ListenOptions read_socket(TomlSection& section) {
  net::ListenOptions config;
  const std::string address = section.required_string("address");
  if (absl::StatusOr<net::SocketAddress> parsed = net::SocketAddress::parse(address); parsed.ok()) {
    config.address = *parsed;
  } else {
    section.fail("address", std::string(parsed.status().message()));
  }
  config.mode = read_mode(section);
  config.owner = section.string("owner").value_or("");
  for (const char* key : {"mode", "owner"}) {
    if (section.has(key) && !address.starts_with("unix:/")) {
      section.fail(key, "only of a unix socket with a path");
    }
  }
  return config;
}

std::vector<net::PeerRange> read_proxies(TomlSection& section, std::string_view address) {
  std::vector<net::PeerRange> proxies;
  for (const std::string& text : section.strings("proxy_protocol_from")) {
    if (absl::StatusOr<net::PeerRange> range = net::PeerRange::parse(text); range.ok()) {
      proxies.push_back(*range);
    } else {
      section.fail("proxy_protocol_from", std::string(range.status().message()));
    }
  }
  const auto is_unix = [](const net::PeerRange& range) { return range.to_string() == "unix"; };
  if (!proxies.empty() && address.starts_with("unix:") &&
      std::none_of(proxies.begin(), proxies.end(), is_unix)) {
    section.fail("proxy_protocol_from", "the peers of a unix socket are \"unix\"");
  }
  return proxies;
}

std::optional<net::TlsOptions> read_tls(TomlSection& section, const std::string& config_path) {
  net::TlsOptions config{.certificate_file = optional_file(section, "tls_certificate", config_path),
                         .key_file = optional_file(section, "tls_key", config_path),
                         .client_ca_file = optional_file(section, "tls_client_ca", config_path),
                         .client_required = section.boolean("tls_client_required").value_or(true)};
  const auto demand = [&section](const char* key, const char* other) {
    if (section.has(key) && !section.has(other)) {
      section.fail(key, concat("needs ", other, " beside it"));
    }
  };
  demand("tls_certificate", "tls_key");
  demand("tls_key", "tls_certificate");
  demand("tls_client_ca", "tls_certificate");
  demand("tls_client_required", "tls_client_ca");
  if (config.certificate_file.empty()) return std::nullopt;
  return config;
}

ListenConfig read_listener(TomlSection& section, const std::string& config_path) {
  const std::string address = section.string("address").value_or("");
  return {.socket = read_socket(section),
          .proxy_protocol_from = read_proxies(section, address),
          .tls = read_tls(section, config_path)};
}

std::vector<ListenConfig> read_listeners(TomlFile& file, const std::string& config_path) {
  std::vector<ListenConfig> listeners;
  for (TomlSection& section : file.sections("listen")) {
    const std::string address = section.string("address").value_or("");
    ListenConfig listener = read_listener(section, config_path);
    // The kernel would not notice: our sockets may share a port, so that every thread has its own.
    for (const ListenConfig& other : listeners) {
      if (!address.ends_with(":0") &&
          other.socket.address.to_string() == listener.socket.address.to_string()) {
        section.fail("address", "the same as of another listener");
      }
    }
    listeners.push_back(std::move(listener));
  }
  return listeners;
}

IssuerConfig read_issuer(TomlSection& section, const std::string& config_path, bool has_registry) {
  constexpr int64_t kFailuresPerMinute = 60;
  constexpr int64_t kFailuresMax = 1'000'000;
  constexpr int64_t kStatusListSeconds = 300;
  if (!has_registry) section.fail("address", "needs [registry], whose tokens are issued");
  if (section.has("status_list_seconds") && !section.has("signing_key_file")) {
    section.fail("status_list_seconds", "needs signing_key_file beside it");
  }
  const int64_t status_list_seconds =
      section.integer("status_list_seconds", 1, kSecondsMax).value_or(kStatusListSeconds);
  return {.listener = read_listener(section, config_path),
          .failures_per_minute = static_cast<uint32_t>(
              section.integer("failures_per_minute", 0, kFailuresMax).value_or(kFailuresPerMinute)),
          .is_in_challenges = section.boolean("resource_metadata").value_or(false),
          .signing_key_file = optional_file(section, "signing_key_file", config_path),
          .status_list_seconds = status_list_seconds};
}

ServerConfig read_server(TomlSection section) {
  const auto num_threads =
      static_cast<uint32_t>(section.integer("threads", 0, kThreadsMax).value_or(0));
  if (num_threads != 0) return {num_threads};
  return {std::min(net::num_usable_cpus(), uint32_t{kThreadsMax})};
}

LimitsConfig read_limits(TomlSection section) {
  LimitsConfig limits;
  const auto read_seconds = [&section](const char* key, std::chrono::seconds& seconds,
                                       int64_t min = 1) {
    seconds =
        std::chrono::seconds(section.integer(key, min, kSecondsMax).value_or(seconds.count()));
  };
  limits.num_connections_max = static_cast<uint32_t>(
      section.integer("connections", 1, 1 << 20).value_or(limits.num_connections_max));
  read_seconds("head_seconds", limits.head);
  read_seconds("body_seconds", limits.body);
  read_seconds("idle_seconds", limits.idle);
  read_seconds("write_seconds", limits.write);
  read_seconds("drain_seconds", limits.drain);
  read_seconds("drain_delay_seconds", limits.drain_delay, 0);
  limits.head_bytes_max =
      static_cast<size_t>(section.integer("head_bytes", 16 * 1024, 64 * 1024)
                              .value_or(static_cast<int64_t>(limits.head_bytes_max)));
  limits.body_bytes_max =
      static_cast<size_t>(section.integer("body_bytes", 1024, 1 << 30)
                              .value_or(static_cast<int64_t>(limits.body_bytes_max)));
  limits.num_cached_signatures =
      static_cast<size_t>(section.integer("cached_signatures", 0, kCachedSignaturesMax)
                              .value_or(static_cast<int64_t>(limits.num_cached_signatures)));
  return limits;
}

LogConfig read_log(TomlSection section, const std::string& config_path) {
  LogConfig log;
  log.decisions = section.string("decisions").value_or("");
  if (section.has("decisions") && log.decisions.empty()) {
    section.fail("decisions", "neither \"stderr\" nor a file");
  } else if (!log.decisions.empty() && log.decisions != "stderr") {
    log.decisions = relative_to(config_path, log.decisions);
  }
  log.allow_sample = section.number("allow_sample", 0, 1).value_or(0);
  log.hashes_subjects = section.boolean("hash_subjects").value_or(false);
  return log;
}

std::string octal(uint32_t mode) {
  std::string digits = "0000";
  for (size_t i = digits.size(); i-- > 0; mode /= 8) digits[i] = static_cast<char>('0' + mode % 8);
  return digits;
}

std::string describe(const net::ListenOptions& socket) {
  std::string line = socket.address.to_string();
  if (socket.mode) append(line, ", mode ", octal(*socket.mode));
  if (!socket.owner.empty()) append(line, ", owner ", socket.owner);
  return line;
}

std::string describe(const ListenConfig& listener) {
  std::string line = describe(listener.socket);
  if (!listener.proxy_protocol_from.empty()) {
    append(line, ", PROXY protocol from");
    for (const net::PeerRange& range : listener.proxy_protocol_from) {
      append(line, " ", range.to_string());
    }
  }
  if (listener.tls) {
    append(line, ", TLS with ", listener.tls->certificate_file);
    if (!listener.tls->client_ca_file.empty()) {
      append(line, ", client certificates of ", listener.tls->client_ca_file,
             listener.tls->client_required ? " required" : " accepted");
    }
  }
  return line;
}

std::string describe(const IssuerConfig& issuer) {
  std::string line = describe(issuer.listener);
  if (!issuer.signing_key_file.empty()) {
    append(line, ", status lists for ", issuer.status_list_seconds, " seconds, signed by ",
           issuer.signing_key_file);
  }
  return line;
}

}  // namespace

absl::StatusOr<Config> load_config(const std::string& path) {
  const absl::StatusOr<FileText> text = FileText::read(path, kConfigBytesMax);
  if (!text.ok()) return text.status();
  absl::StatusOr<TomlFile> file = TomlFile::parse(path, text->view());
  if (!file.ok()) return file.status();

  Config config;
  config.server = read_server(file->section("server"));
  config.listeners = read_listeners(*file, path);
  if (TomlSection admin = file->section("admin"); admin.is_present()) {
    config.admin = AdminConfig{read_socket(admin)};
  }
  config.jwks = read_jwks(file->section("jwks"), path);
  if (TomlSection registry = file->section("registry"); registry.is_present()) {
    config.registry = RegistryConfig{relative_to(path, registry.required_string("path")),
                                     read_conduct_of_servers(registry)};
  }
  if (TomlSection issuer = file->section("issuer"); issuer.is_present()) {
    config.issuer = read_issuer(issuer, path, config.registry.has_value());
  }
  for (const TomlSection& section : file->members("policy", config.registry ? 0 : 1)) {
    config.policies.push_back(read_policy(section, path, config.jwks.fetch.plain_http));
  }
  config.limits = read_limits(file->section("limits"));
  config.log = read_log(file->section("log"), path);
  if (absl::Status status = file->finish(); !status.ok()) return status;
  return config;
}

std::string describe(const Config& config) {
  std::string text = concat("threads: ", config.server.num_threads, "\n");
  for (const ListenConfig& listener : config.listeners) {
    append(text, "listen: ", describe(listener), "\n");
  }
  append(text, "admin: ", config.admin ? describe(config.admin->socket) : "none", "\n");
  const LimitsConfig& limits = config.limits;
  append(text, "limits: ", limits.num_connections_max, " connections, ", limits.head_bytes_max,
         " bytes of head, ", limits.body_bytes_max, " bytes of body, ",
         limits.num_cached_signatures, " cached signatures; seconds: head ", limits.head.count(),
         ", body ", limits.body.count(), ", idle ", limits.idle.count(), ", write ",
         limits.write.count(), ", drain ", limits.drain.count(), " after ",
         limits.drain_delay.count(), "\n");
  if (config.log.decisions.empty()) {
    append(text, "decisions: not logged\n");
  } else {
    append(text, "decisions: to ", config.log.decisions, ", all denied and ",
           config.log.allow_sample, " of the allowed",
           config.log.hashes_subjects ? ", subjects hashed\n" : "\n");
  }
  if (config.registry) append(text, "registry: ", config.registry->path, "\n");
  if (config.issuer) append(text, "issuer: ", describe(*config.issuer), "\n");
  const auto fetches = [](const PolicyConfig& policy) {
    const std::span<const KeyConfig> keys = policy.all_keys();
    return std::any_of(keys.begin(), keys.end(),
                       [](const KeyConfig& k) { return k.source || !k.status_lists.empty(); });
  };
  if (std::any_of(config.policies.begin(), config.policies.end(), fetches))
    text += describe(config.jwks);
  for (const PolicyConfig& policy : config.policies) text += describe(policy);
  return text;
}

}  // namespace simdjwt::serve
