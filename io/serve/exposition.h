// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The metrics as Prometheus reads them.

#ifndef SIMDJWT_IO_SERVE_EXPOSITION_H_
#define SIMDJWT_IO_SERVE_EXPOSITION_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "jwks/source_status.h"
#include "net/reactor.h"
#include "net/wire.h"
#include "registry/revocation_counts.h"
#include "serve/decision_log.h"
#include "serve/metrics.h"
#include "status/list_sources.h"

namespace simdjwt::oauth {
class IssuerMetrics;
}
namespace simdjwt::registry {
class UsageBook;
}

namespace simdjwt::serve {

// Of the TLS, or of the PROXY protocol, at one listener.
struct WireSource {
  std::string listener;  // its address
  std::string protocol;  // "tls", "proxy"
  const net::WireCounters* counters;
};

// What is told. All of it outlives the call, and may change during it.
struct MetricsSources {
  const Metrics& metrics;
  const DecisionLog& log;
  std::vector<std::string> listeners;  // their addresses, by number
  std::vector<const net::ReactorCounters*> reactors;
  std::vector<WireSource> wires;
  std::vector<jwks::SourceStatus> key_sources;
  std::vector<status::ListsStatus> status_lists = {};
  size_t signature_cache_bytes;  // 0: there is none
  std::string version;
  std::string commit;                          // that was built; empty: nobody knows
  std::string io;                              // "io_uring/...", "epoll"
  std::string kernels;                         // see active_kernels()
  const registry::UsageBook* usage = nullptr;  // null: there is no registry
  std::optional<registry::RevocationCounts> revocations = {};  // likewise
  const oauth::IssuerMetrics* issuer = nullptr;                // null: nothing is issued
};

// Text format 0.0.4. Reads a few files of /proc; takes some hundred microseconds.
[[nodiscard]] std::string expose(const MetricsSources& sources);

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_EXPOSITION_H_
