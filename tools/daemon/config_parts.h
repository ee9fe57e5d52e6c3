// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What a configuration says to each part of the daemon.

#ifndef SIMDJWT_TOOLS_DAEMON_CONFIG_PARTS_H_
#define SIMDJWT_TOOLS_DAEMON_CONFIG_PARTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "jwks/source_config.h"
#include "serve/config.h"
#include "serve/decision_log.h"
#include "serve/exposition.h"
#include "serve/server.h"
#include "serve/wires.h"
#include "status/list_sources.h"

namespace simdjwt::daemon {

// --- Listeners ---

[[nodiscard]] uint32_t connections_of_each_thread(const serve::Config& config);

// Those that may speak TLS: of checks, then the issuer's.
[[nodiscard]] std::vector<serve::ListenConfig> wired_listeners(const serve::Config& config);

// Of checks, with wires of `wires`, which are those of wired_listeners().
[[nodiscard]] std::vector<serve::ServerListener> listeners_of(const serve::Config& config,
                                                              const serve::Wires& wires);
[[nodiscard]] std::vector<std::string> names_of(const std::vector<serve::ListenConfig>& listeners);
// What is to be told of the wires of checks.
[[nodiscard]] std::vector<serve::WireSource> wire_sources(const serve::Config& config,
                                                          const serve::Wires& wires);

// --- What others publish ---

[[nodiscard]] std::vector<jwks::SourceConfig> sources_of(const serve::Config& config);
[[nodiscard]] std::vector<status::ListsConfig> lists_of(const serve::Config& config);

// --- Others ---

[[nodiscard]] serve::DecisionLogOptions log_options(const serve::Config& config);

// In words, what is fixed when the daemon starts.
[[nodiscard]] std::string fixed_part(serve::Config config);

// Files that are read again when they change.
[[nodiscard]] std::vector<std::string> files_of_policies(const serve::Config& config);
[[nodiscard]] std::vector<std::string> files_of_listeners(const serve::Config& config);

}  // namespace simdjwt::daemon

#endif  // SIMDJWT_TOOLS_DAEMON_CONFIG_PARTS_H_
