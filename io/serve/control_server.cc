// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/control_server.h"

#include <utility>
#include <vector>

namespace simdjwt::serve {

absl::StatusOr<std::unique_ptr<ControlServer>> ControlServer::create(
    const ControlServerOptions& options, ControlHandler handler) {
  absl::StatusOr<net::ListenerGroup> listeners = net::ListenerGroup::listen(options.socket, 1);
  if (!listeners.ok()) return listeners.status();
  std::unique_ptr<ControlServer> server(new ControlServer(*std::move(listeners)));
  server->service_ = std::make_unique<ControlService>(std::move(handler), options.body_bytes_max,
                                                      options.num_connections_max);
  std::vector<net::ReactorListener> sockets;
  for (net::UniqueFd& socket : server->listeners_.sockets(0)) {
    sockets.push_back({.socket = std::move(socket),
                       .wire = options.wire,
                       .is_shared = server->listeners_.is_shared(),
                       .asks_for_peer = true});
  }
  absl::StatusOr<std::unique_ptr<net::Reactor>> reactor =
      net::Reactor::create(options.io, std::move(sockets), *server->service_,
                           {.num_connections_max = options.num_connections_max,
                            .num_buffers = 16,
                            .num_submissions = 64,
                            .num_completions = 256});
  if (!reactor.ok()) return reactor.status();
  server->reactor_ = *std::move(reactor);
  return server;
}

ControlServer::~ControlServer() { (void)stop(); }

void ControlServer::start(std::function<void()> failed) {
  thread_ = std::thread([this, failed = std::move(failed)] {
    status_ = reactor_->run();
    if (!status_.ok()) failed();
  });
}

absl::Status ControlServer::stop() {
  if (thread_.joinable()) {
    listeners_.remove_file();
    reactor_->stop();
    thread_.join();
  }
  return status_;
}

}  // namespace simdjwt::serve
