// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// simdjwtd: answers, over HTTP, whether a token is good.

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <ctime>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "daemon/daemon.h"
#include "registry/follower.h"
#include "serve/config.h"
#include "serve/policy_set.h"
#include "serve/wires.h"

namespace {

using simdjwt::net::IoMode;

constexpr int kExitFailure = 1;
constexpr int kExitConfiguration = 2;

// Secrets are in this memory: no core dump, and no debugger of another process of this user.
void protect_memory() { prctl(PR_SET_DUMPABLE, 0); }

// Whoever reads our log may go away, and its file may grow too large: writing fails then, no more.
void ignore_write_signals() {
  for (const int signal : {SIGPIPE, SIGXFSZ}) (void)std::signal(signal, SIG_IGN);
}

int fail(const absl::Status& status) {
  spdlog::error("{}", std::string(status.message()));
  return absl::IsInvalidArgument(status) ? kExitConfiguration : kExitFailure;
}

// Says what the configuration means. Fetches nothing: nobody waits for the sources.
int check(const simdjwt::serve::Config& config) {
  std::vector<std::string> warnings;
  const auto sources = simdjwt::jwks::KeySources::create({}, {});
  if (!sources.ok()) return fail(sources.status());
  simdjwt::status::ListSources lists(**sources, {});
  const auto policies =
      simdjwt::serve::PolicySet::load(config.policies, **sources, lists, nullptr, warnings);
  const auto tls = simdjwt::serve::load_tls(config.listeners, warnings);
  for (const std::string& warning : warnings) spdlog::warn("{}", warning);
  if (!policies.ok()) return fail(policies.status());
  if (!tls.ok()) return fail(tls.status());
  if (config.registry) {
    const auto registry = simdjwt::registry::Follower::open(config.registry->path, time(nullptr));
    if (!registry.ok()) return fail(registry.status());
  }
  std::cout << describe(config) << "keys: " << policies->num_keys() << '\n';
  return 0;
}

int serve(const std::string& config_path, simdjwt::serve::Config config, IoMode io) {
  auto daemon = simdjwt::daemon::Daemon::create(config_path, std::move(config), io);
  if (!daemon.ok()) return fail(daemon.status());
  const absl::Status status = (*daemon)->run();
  return status.ok() ? 0 : fail(status);
}

// Returns the exit status.
int run(int argc, char** argv) {
  CLI::App app("Checks JSON Web Tokens for reverse proxies and whoever asks");
  std::string config_path;
  bool only_check = false;
  IoMode io = IoMode::kAuto;
  app.add_option("--config", config_path, "TOML file to read")->required();
  app.add_flag("--check", only_check, "read configuration and keys, say what they mean, and exit");
  app.add_option("--io", io, "how to talk to the kernel: auto, uring or epoll")
      ->transform(CLI::CheckedTransformer(std::map<std::string, IoMode>{
          {"auto", IoMode::kAuto}, {"uring", IoMode::kUring}, {"epoll", IoMode::kEpoll}}));
  app.set_version_flag("--version", "simdjwtd " SIMDJWT_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitConfiguration;
  }

  protect_memory();
  ignore_write_signals();
  spdlog::set_default_logger(spdlog::stderr_color_mt("simdjwtd"));
  auto config = simdjwt::serve::load_config(config_path);
  if (!config.ok()) return fail(config.status());
  return only_check ? check(*config) : serve(config_path, *std::move(config), io);
}

// The same, whatever happens.
int run_guarded(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    return fail(absl::InternalError(error.what()));
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
