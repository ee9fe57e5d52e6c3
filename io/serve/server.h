// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Server: the reactors of a process, a thread each, and the policies they share.

#ifndef SIMDJWT_IO_SERVE_SERVER_H_
#define SIMDJWT_IO_SERVE_SERVER_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "http/request_parser.h"
#include "net/listener.h"
#include "net/reactor.h"
#include "serve/check_service.h"
#include "serve/decision_log.h"
#include "serve/metrics.h"
#include "serve/policy_set.h"
#include "simdjwt/snapshot.h"

namespace simdjwt::serve {

// Sums over the threads, of Metrics.
struct CheckCounters {
  uint64_t requests = 0;
  uint64_t tokens_accepted = 0;
  uint64_t tokens_rejected = 0;
  uint64_t requests_refused = 0;  // by the parser or for their slowness
  uint64_t batches = 0;
};

struct ServerListener {
  net::ListenOptions socket;
  const net::WireFactory* wire = nullptr;  // outlives the server; null for plain text
};

struct ServerOptions {
  std::vector<ServerListener> listeners;  // one or more; Connection::listener() is the place here
  net::IoMode io = net::IoMode::kAuto;
  uint32_t num_threads = 1;
  net::ReactorOptions reactor = {};  // of each thread; num_reactors is num_threads
  http::ParserLimits parser_limits = {};
  size_t body_bytes_max = 1024 * 1024;  // of an introspection
  bool asks_for_clients = false;        // addresses, for the log; of proxied ones the proxy tells
};

class Server {
 public:
  // Listens, but does not serve yet. Everything that can fail fails here. `decision_log` may be
  // null; it has a channel for each thread and outlives the server.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<Server>> create(
      const ServerOptions& options, PolicySet policies, DecisionLog* decision_log = nullptr);

  // Replaces all policies at once: a request is judged by the old ones or by the new ones, and each
  // that arrives from now on by the new ones. Counters go on where they were. Thread-safe; never
  // waits for a reactor.
  void publish(PolicySet policies);

  // Serves. `failed` is called, by the thread it happened to, should a reactor break down.
  void start(std::function<void()> failed);
  // Stops accepting, finishes what is under way, and returns when all of it is done.
  // OK unless a reactor broke down.
  [[nodiscard]] absl::Status stop();

  // All that it listens on, with the ports that the kernel chose.
  [[nodiscard]] const std::vector<net::SocketAddress>& addresses() const noexcept {
    return addresses_;
  }
  // How it talks to the kernel: "io_uring/defer-taskrun", "epoll".
  [[nodiscard]] const std::string& io_mode() const { return workers_.front().reactor->mode(); }
  // Why it uses epoll although io_uring was to be preferred; OK if that is not so. One thread for
  // which there is no ring is enough: what may be locked is the user's, so some may find room for
  // one and others not.
  [[nodiscard]] const absl::Status& why_not_uring() const noexcept { return why_not_uring_; }

  // Of the thread that has room for the fewest: what the options say, or less.
  [[nodiscard]] uint32_t num_connections_max() const noexcept;

  // Sums over the threads. Thread-safe.
  [[nodiscard]] net::ReactorCounters reactor_counters() const noexcept;
  // Of each thread; valid as long as the server. Thread-safe.
  [[nodiscard]] std::vector<const net::ReactorCounters*> counters_by_reactor() const;

  // Thread-safe.
  [[nodiscard]] Metrics& metrics() noexcept { return metrics_; }
  [[nodiscard]] CheckCounters check_counters() const;

 private:
  struct Worker {
    std::unique_ptr<CheckService> service;
    std::unique_ptr<net::Reactor> reactor;
    absl::Status status = {};
    std::thread thread = {};
  };

  Server(PolicySet policies, uint32_t num_threads, size_t num_listeners);
  [[nodiscard]] absl::Status listen(const ServerOptions& options);
  [[nodiscard]] absl::Status make_workers(const ServerOptions& options, net::IoMode io,
                                          const CheckContext& context);
  // Those of a reactor; the sockets are copies.
  [[nodiscard]] absl::StatusOr<std::vector<net::ReactorListener>> listeners_of(
      const ServerOptions& options, size_t reactor);

  Metrics metrics_;
  Snapshot<PolicySet> policies_;
  std::mutex publish_mutex_;
  std::vector<net::ListenerGroup> listeners_;
  std::vector<net::SocketAddress> addresses_;
  std::vector<Worker> workers_;
  absl::Status why_not_uring_;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_SERVER_H_
