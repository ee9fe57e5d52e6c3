// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Daemon: the real simdjwtd in a process of its own, with files of its own.

#ifndef SIMDJWT_TESTS_E2E_DAEMON_H_
#define SIMDJWT_TESTS_E2E_DAEMON_H_

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/unique_fd.h"
#include "support/temporary_directory.h"
#include "support/token_forge.h"

namespace simdjwt::testing {

// A directory with keys.json, holding kSecret, and simdjwtd.toml.
class DaemonFiles {
 public:
  // `more` follows the [policy.default] section. One thread, unless that has another [server].
  explicit DaemonFiles(std::string_view address = "127.0.0.1:0", std::string_view more = "") {
    write("keys.json", R"({"kty":"oct","alg":"HS256","k":")" + base64url(kSecret) + "\"}");
    write("simdjwtd.toml",
          "[[listen]]\naddress = \"" + std::string(address) +
              "\"\n[policy.default]\njwks_file = \"keys.json\"\niss = false\n"
              "aud = false\ntyp = false\nexp = \"required\"\nrealm = \"test\"\n" +
              std::string(more) +
              (more.find("[server]") == more.npos ? "[server]\nthreads = 1\n" : ""));
  }
  void write(const std::string& name, std::string_view text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    chmod(path(name).c_str(), 0600);
  }
  [[nodiscard]] std::string path(const std::string& name) const { return directory_ / name; }
  [[nodiscard]] std::string config() const { return path("simdjwtd.toml"); }

 private:
  const TemporaryDirectory directory_;
};

// So that the tests of the daemon run on both back ends, too.
inline std::string io_option() {
  const char* io = std::getenv("SIMDJWT_TEST_IO");
  return std::string("--io=") + (io == nullptr ? "uring" : io);
}

class Daemon {
 public:
  // `before_exec` runs in the new process.
  explicit Daemon(std::vector<std::string> arguments,
                  const std::function<void()>& before_exec = nullptr) {
    int pipes[2];
    EXPECT_EQ(pipe2(pipes, O_CLOEXEC), 0);
    output_ = net::UniqueFd(pipes[0]);
    net::UniqueFd write_end(pipes[1]);
    arguments.insert(arguments.begin(), SIMDJWTD_PATH);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    pid_ = fork();
    if (pid_ == 0) {
      dup2(write_end.get(), STDOUT_FILENO);
      dup2(write_end.get(), STDERR_FILENO);
      if (before_exec != nullptr) before_exec();
      execv(argv[0], argv.data());
      _exit(127);
    }
  }
  explicit Daemon(const DaemonFiles& files)
      : Daemon(std::vector<std::string>{"--config", files.config(), io_option()}) {}
  ~Daemon() {
    if (pid_ > 0) {
      kill(SIGKILL);
      (void)wait();
    }
  }
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  // The port it says it listens on; 0 if it says no such thing within twenty seconds.
  uint16_t port() {
    constexpr std::string_view kBefore = "listening on 127.0.0.1:";
    while (text_.find(kBefore) == std::string::npos || !text_.ends_with('\n')) {
      if (!read_more()) return 0;
    }
    return static_cast<uint16_t>(std::atoi(text_.c_str() + text_.find(kBefore) + kBefore.size()));
  }

  void kill(int signal) const { ::kill(pid_, signal); }

  // Its exit status; -1 if it was killed. Reads the rest of its output.
  int wait() {
    while (read_more()) {
    }
    int status = 0;
    waitpid(std::exchange(pid_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  void close_output() { output_ = net::UniqueFd(); }

  // All it has printed so far, of both streams.
  [[nodiscard]] const std::string& output() const { return text_; }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  bool read_more() {
    if (!output_) return false;
    pollfd ready{.fd = output_.get(), .events = POLLIN, .revents = 0};
    if (poll(&ready, 1, 20'000) != 1) return false;
    char buffer[4096];
    const ssize_t n = ::read(output_.get(), buffer, sizeof(buffer));
    if (n <= 0) return false;
    text_.append(buffer, static_cast<size_t>(n));
    return true;
  }

  pid_t pid_ = -1;
  net::UniqueFd output_;
  std::string text_;
};

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_E2E_DAEMON_H_
