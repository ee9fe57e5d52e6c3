// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// simdjwtd: answers, over HTTP, whether a bearer token is good.

#include <simdjwt/cpu.h>
#include <simdjwt/verifier.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "serve/config.h"
#include "serve/server.h"

namespace {

using simdjwt::serve::Config;
using simdjwt::serve::PolicySet;
using simdjwt::serve::Server;

constexpr int kExitFailure = 1;
constexpr int kExitConfiguration = 2;

// Secrets are in this memory: no core dump, and no debugger of another process of this user.
void protect_memory() { prctl(PR_SET_DUMPABLE, 0); }

// The ring may reserve no more places for connections than the process may open files.
void raise_descriptor_limit() {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

uint32_t connections_of_each_thread(const Config& config) {
  rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  const uint32_t num_threads = config.server.num_threads;
  const uint32_t wanted = (config.limits.num_connections_max + num_threads - 1) / num_threads;
  const auto allowed = static_cast<uint32_t>(std::min<rlim_t>(limit.rlim_cur, wanted));
  if (allowed < wanted) {
    spdlog::warn("{} connections a thread instead of {}: RLIMIT_NOFILE", allowed, wanted);
  }
  return allowed;
}

int fail(const absl::Status& status, int exit_status) {
  spdlog::error("{}", std::string(status.message()));
  return exit_status;
}

// Blocked in all threads, as they inherit it; this one waits for them.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

int serve(const Config& config, simdjwt::net::IoMode io, PolicySet policies) {
  const sigset_t stop_signals = block_stop_signals();
  raise_descriptor_limit();
  const size_t num_policies = policies.size();
  const size_t num_keys = policies.num_keys();
  const simdjwt::serve::LimitsConfig& limits = config.limits;
  auto server = Server::create(
      {.address = config.listeners.front().socket.address,
       .io = io,
       .num_threads = config.server.num_threads,
       .reactor = {.num_connections_max = connections_of_each_thread(config),
                   .timeouts = {.head = limits.head, .idle = limits.idle, .write = limits.write},
                   .drain_limit = limits.drain},
       .parser_limits = {.head_bytes = static_cast<uint32_t>(limits.head_bytes_max)}},
      std::move(policies));
  if (!server.ok()) return fail(server.status(), kExitFailure);
  (*server)->start([] { kill(getpid(), SIGTERM); });
  const simdjwt::net::Reactor& reactor = (*server)->reactor();
  if (!reactor.why_not_uring().ok()) {
    spdlog::warn("serving by {}: {}", reactor.mode(),
                 std::string(reactor.why_not_uring().message()));
  }
  spdlog::info("listening on {}; threads: {}, policies: {}, keys: {}, io: {}, kernels: {}",
               (*server)->address().to_string(), config.server.num_threads, num_policies, num_keys,
               reactor.mode(), simdjwt::active_kernels());

  int signal = 0;
  sigwait(&stop_signals, &signal);
  spdlog::info("stopping: finishing what is under way");
  pthread_sigmask(SIG_UNBLOCK, &stop_signals, nullptr);  // a second signal ends it at once
  const absl::Status status = (*server)->stop();
  if (!status.ok()) return fail(status, kExitFailure);
  const auto connections = (*server)->reactor_counters();
  const auto checks = (*server)->check_counters();
  spdlog::info("stopped after {} connections, {} requests: {} tokens accepted, {} rejected",
               connections.connections_accepted, checks.requests, checks.tokens_accepted,
               checks.tokens_rejected);
  return 0;
}

// Returns the exit status.
int run(int argc, char** argv) {
  CLI::App app("Checks JSON Web Tokens for reverse proxies and whoever asks");
  std::string config_path;
  bool only_check = false;
  simdjwt::net::IoMode io = simdjwt::net::IoMode::kAuto;
  app.add_option("--config", config_path, "TOML file to read")->required();
  app.add_flag("--check", only_check, "read configuration and keys, say what they mean, and exit");
  app.add_option("--io", io, "how to talk to the kernel: auto, uring or epoll")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, simdjwt::net::IoMode>{{"auto", simdjwt::net::IoMode::kAuto},
                                                      {"uring", simdjwt::net::IoMode::kUring},
                                                      {"epoll", simdjwt::net::IoMode::kEpoll}}));
  app.set_version_flag("--version", "simdjwtd " SIMDJWT_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitConfiguration;
  }

  protect_memory();
  (void)std::signal(SIGPIPE, SIG_IGN);  // whoever read our log may go away
  spdlog::set_default_logger(spdlog::stderr_color_st("simdjwtd"));
  const auto config = simdjwt::serve::load_config(config_path);
  if (!config.ok()) return fail(config.status(), kExitConfiguration);
  std::vector<std::string> warnings;
  auto policies = PolicySet::load(config->policies, warnings);
  for (const std::string& warning : warnings) spdlog::warn("{}", warning);
  if (!policies.ok()) return fail(policies.status(), kExitConfiguration);
  if (only_check) {
    std::cout << describe(*config) << "keys: " << policies->num_keys() << '\n';
    return 0;
  }
  return serve(*config, io, *std::move(policies));
}

// The same, whatever happens.
int run_guarded(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    return fail(absl::InternalError(error.what()), kExitFailure);
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run_guarded(argc, argv);
  } catch (...) {  // out of memory, while saying so
    return kExitFailure;
  }
}
