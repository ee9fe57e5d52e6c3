// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Server: the reactors of a process, a thread each, and the verifier they share.

#ifndef SIMDJWT_IO_SERVE_SERVER_H_
#define SIMDJWT_IO_SERVE_SERVER_H_

#include <absl/status/statusor.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

#include "net/listener.h"
#include "net/reactor.h"
#include "serve/answers.h"
#include "serve/check_service.h"
#include "simdjwt/snapshot.h"
#include "simdjwt/verifier.h"

namespace simdjwt::serve {

struct ServerOptions {
  net::SocketAddress address;
  net::IoMode io = net::IoMode::kAuto;
  uint32_t num_threads = 1;
  ChallengeConfig challenge;
  net::ReactorOptions reactor = {};  // of each thread
};

class Server {
 public:
  // Listens, but does not serve yet. Everything that can fail fails here.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<Server>> create(const ServerOptions& options,
                                                                      Verifier verifier);
  // Serves. `failed` is called, by the thread it happened to, should a reactor break down.
  void start(std::function<void()> failed);
  // Stops accepting, finishes what is under way, and returns when all of it is done.
  // OK unless a reactor broke down.
  [[nodiscard]] absl::Status stop();

  [[nodiscard]] const net::SocketAddress& address() const noexcept { return address_; }
  // Of the first thread, which stands for all.
  [[nodiscard]] const net::Reactor& reactor() const noexcept { return *workers_.front().reactor; }

  // Sums over the threads. Thread-safe.
  [[nodiscard]] net::ReactorCounters reactor_counters() const noexcept;
  // Only after stop().
  [[nodiscard]] CheckCounters check_counters() const noexcept;

 private:
  struct Worker {
    std::unique_ptr<CheckService> service;
    std::unique_ptr<net::Reactor> reactor;
    absl::Status status = {};
    std::thread thread = {};
  };

  explicit Server(Verifier verifier, uint32_t num_threads)
      : verifier_(std::move(verifier), num_threads) {}

  Snapshot<Verifier> verifier_;  // replaced, once keys can be reloaded, while the reactors run
  net::SocketAddress address_;
  std::vector<Worker> workers_;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_SERVER_H_
