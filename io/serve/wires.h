// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Wires: what lies between socket and protocol on each configured listener.

#ifndef SIMDJWT_IO_SERVE_WIRES_H_
#define SIMDJWT_IO_SERVE_WIRES_H_

#include <absl/status/statusor.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/proxy_wire.h"
#include "net/tls.h"
#include "net/wire.h"
#include "serve/config.h"

namespace simdjwt::serve {

// The certificates and keys of all listeners, read but not in use; nullopt where there is no TLS.
using TlsContexts = std::vector<std::optional<net::TlsContext>>;

// Errors are "FILE: cause"; `warnings` as of TlsContext::load().
[[nodiscard]] absl::StatusOr<TlsContexts> load_tls(const std::vector<ListenConfig>& listeners,
                                                   std::vector<std::string>& warnings);

// Outlives the reactors that serve the listeners.
class Wires {
 public:
  // `contexts` are of the same `listeners`.
  Wires(const std::vector<ListenConfig>& listeners, TlsContexts contexts);

  // Of a listener, by its place; null for plain text.
  [[nodiscard]] const net::WireFactory* factory(size_t listener) const noexcept;
  // Null where there is no such thing.
  [[nodiscard]] const net::TlsFactory* tls(size_t listener) const noexcept;
  [[nodiscard]] const net::ProxyFactory* proxy(size_t listener) const noexcept;

  // New handshakes use what was read anew, of as many listeners; connections stay as they are. A
  // listener does not begin or cease to speak TLS by this. Thread-safe.
  void replace_tls(TlsContexts contexts);

 private:
  struct Listener {
    std::unique_ptr<net::TlsFactory> tls;
    std::unique_ptr<net::ProxyFactory> proxy;  // in front of tls, if there are both
  };
  std::vector<Listener> listeners_;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_WIRES_H_
