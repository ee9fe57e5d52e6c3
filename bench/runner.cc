// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "runner.h"

#include <openssl/crypto.h>
#include <sys/utsname.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "simdjwt/cpu.h"

namespace simdjwt::bench {
namespace {

std::atomic<bool> any_refused = false;

std::string cpu_model() {
  std::ifstream cpuinfo("/proc/cpuinfo");
  std::string line;
  while (std::getline(cpuinfo, line)) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

std::string system_name() {
  utsname name = {};
  uname(&name);
  return std::string(name.sysname) + ' ' + name.release + ' ' + name.machine;
}

bool force_kernels_of_environment() {
  const char* names = std::getenv("SIMDJWT_FORCE_KERNEL");
  if (names == nullptr) return true;
  std::istringstream list(names);
  std::string name;
  while (std::getline(list, name, ',')) {
    if (!force_kernel(name)) {
      std::fprintf(stderr, "SIMDJWT_FORCE_KERNEL: \"%s\" is not one of: %s\n", name.c_str(),
                   available_kernels().c_str());
      return false;
    }
  }
  return true;
}

}  // namespace

void refuse(benchmark::State& state, const std::string& reason) {
  any_refused = true;
  state.SkipWithError(reason.c_str());
}

int run_benchmarks(int argc, char** argv) {
  if (!force_kernels_of_environment()) return 1;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::AddCustomContext("cpu", cpu_model());
  benchmark::AddCustomContext("system", system_name());
#ifdef __clang__
  benchmark::AddCustomContext("compiler", "clang " __clang_version__);
#else
  benchmark::AddCustomContext("compiler", "g++ " __VERSION__);
#endif
  benchmark::AddCustomContext("openssl", OpenSSL_version(OPENSSL_VERSION));
  benchmark::AddCustomContext("kernels", active_kernels());
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return any_refused ? 1 : 0;
}

}  // namespace simdjwt::bench
