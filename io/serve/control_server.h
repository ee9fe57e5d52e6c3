// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// ControlServer: the thread and the listener of a ControlService.

#ifndef SIMDJWT_IO_SERVE_CONTROL_SERVER_H_
#define SIMDJWT_IO_SERVE_CONTROL_SERVER_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "net/listener.h"
#include "net/reactor.h"
#include "net/wire.h"
#include "serve/control_service.h"

namespace simdjwt::serve {

struct ControlServerOptions {
  net::ListenOptions socket;
  const net::WireFactory* wire = nullptr;  // outlives the server; null for plain text
  net::IoMode io = net::IoMode::kAuto;
  uint32_t num_connections_max = 64;  // a scraper, a few probes, and those who look
  size_t body_bytes_max = 64 * 1024;
};

class ControlServer {
 public:
  // Listens, but does not serve yet. The server's thread alone calls `handler`.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<ControlServer>> create(
      const ControlServerOptions& options, ControlHandler handler);
  ~ControlServer();

  // Serves. `failed` is called, by the thread it happened to, should the reactor break down.
  void start(std::function<void()> failed);
  // OK unless the reactor broke down.
  [[nodiscard]] absl::Status stop();

  [[nodiscard]] const std::vector<net::SocketAddress>& addresses() const noexcept {
    return listeners_.addresses();
  }

 private:
  explicit ControlServer(net::ListenerGroup listeners) : listeners_(std::move(listeners)) {}

  net::ListenerGroup listeners_;
  std::unique_ptr<ControlService> service_;
  std::unique_ptr<net::Reactor> reactor_;
  absl::Status status_;
  std::thread thread_;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_CONTROL_SERVER_H_
