// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "daemon/config_parts.h"

#include <utility>

namespace simdjwt::daemon {

using serve::Config;

uint32_t connections_of_each_thread(const Config& config) {
  const uint32_t num_threads = config.server.num_threads;
  return (config.limits.num_connections_max + num_threads - 1) / num_threads;
}

std::vector<serve::ListenConfig> wired_listeners(const Config& config) {
  std::vector<serve::ListenConfig> listeners = config.listeners;
  if (config.issuer) listeners.push_back(config.issuer->listener);
  return listeners;
}

std::vector<serve::ServerListener> listeners_of(const Config& config, const serve::Wires& wires) {
  std::vector<serve::ServerListener> listeners;
  for (const serve::ListenConfig& listener : config.listeners) {
    listeners.push_back({.socket = listener.socket, .wire = wires.factory(listeners.size())});
  }
  return listeners;
}

std::vector<std::string> names_of(const std::vector<serve::ListenConfig>& listeners) {
  std::vector<std::string> names;
  for (const serve::ListenConfig& listener : listeners) {
    names.push_back(listener.socket.address.to_string());
  }
  return names;
}

std::vector<serve::WireSource> wire_sources(const Config& config, const serve::Wires& wires) {
  std::vector<serve::WireSource> sources;
  for (size_t i = 0; i < config.listeners.size(); ++i) {
    const std::string listener = config.listeners[i].socket.address.to_string();
    if (const auto* tls = wires.tls(i)) sources.push_back({listener, "tls", &tls->counters()});
    if (const auto* proxy = wires.proxy(i)) {
      sources.push_back({listener, "proxy", &proxy->counters()});
    }
  }
  return sources;
}

serve::DecisionLogOptions log_options(const Config& config) {
  return {
      .target = config.log.decisions,
      .allow_sample = config.log.allow_sample,
      .subjects = config.log.hashes_subjects ? serve::Subjects::kHashed : serve::Subjects::kPlain};
}

std::string fixed_part(Config config) {
  config.policies.clear();
  config.log = {};
  return describe(config) + serve::describe(config.jwks);
}

std::vector<jwks::SourceConfig> sources_of(const Config& config) {
  std::vector<jwks::SourceConfig> sources;
  for (const serve::PolicyConfig& policy : config.policies) {
    for (const serve::KeyConfig& keys : policy.all_keys()) {
      if (keys.source) sources.push_back(*keys.source);
      if (keys.status_source) sources.push_back(*keys.status_source);
    }
  }
  return sources;
}

std::vector<status::ListsConfig> lists_of(const Config& config) {
  std::vector<status::ListsConfig> all;
  for (const serve::PolicyConfig& policy : config.policies) {
    for (const serve::KeyConfig& keys : policy.all_keys()) {
      if (auto lists = keys.lists()) all.push_back(*std::move(lists));
    }
  }
  return all;
}

std::vector<std::string> files_of_policies(const Config& config) {
  std::vector<std::string> paths;
  for (const serve::PolicyConfig& policy : config.policies) {
    for (const serve::KeyConfig& keys : policy.all_keys()) {
      if (!keys.source) paths.push_back(keys.file);
      if (!keys.status_file.empty()) paths.push_back(keys.status_file);
    }
    const std::string& secret = policy.introspection_secret_file;
    if (!secret.empty()) paths.push_back(secret);
  }
  return paths;
}

std::vector<std::string> files_of_listeners(const Config& config) {
  std::vector<std::string> paths;
  for (const serve::ListenConfig& listener : wired_listeners(config)) {
    if (!listener.tls) continue;
    paths.push_back(listener.tls->certificate_file);
    paths.push_back(listener.tls->key_file);
    if (!listener.tls->client_ca_file.empty()) paths.push_back(listener.tls->client_ca_file);
  }
  return paths;
}

}  // namespace simdjwt::daemon
