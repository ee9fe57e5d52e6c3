// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// AdminServer: the thread and the listener of the AdminService.

#ifndef SIMDJWT_IO_SERVE_ADMIN_SERVER_H_
#define SIMDJWT_IO_SERVE_ADMIN_SERVER_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "net/listener.h"
#include "net/reactor.h"
#include "serve/admin_service.h"
#include "serve/config.h"
#include "serve/readiness.h"

namespace simdjwt::serve {

class AdminServer {
 public:
  // Listens, but does not serve yet. For the rest see AdminService.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<AdminServer>> create(
      const AdminConfig& config, net::IoMode io, const Readiness& readiness,
      std::function<std::string()> metrics);
  ~AdminServer();

  // Serves. `failed` is called, by the thread it happened to, should the reactor break down.
  void start(std::function<void()> failed);
  // OK unless the reactor broke down.
  [[nodiscard]] absl::Status stop();

  [[nodiscard]] const std::vector<net::SocketAddress>& addresses() const noexcept {
    return listeners_.addresses();
  }

 private:
  explicit AdminServer(net::ListenerGroup listeners) : listeners_(std::move(listeners)) {}

  net::ListenerGroup listeners_;
  std::unique_ptr<AdminService> service_;
  std::unique_ptr<net::Reactor> reactor_;
  absl::Status status_;
  std::thread thread_;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_ADMIN_SERVER_H_
