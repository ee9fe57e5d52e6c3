// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The program as people run it.

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "e2e/client.h"
#include "e2e/daemon.h"
#include "e2e/running_server.h"

namespace simdjwt {
namespace {

using namespace testing;
using namespace std::chrono_literals;

using SimdjwtdTest = ServerTest;

TEST_F(SimdjwtdTest, AnswersAndStopsOnSigterm) {
  const DaemonFiles files;
  Daemon daemon(files);
  ASSERT_NE(daemon.port(), 0) << daemon.output();
  Client client(daemon.port());
  EXPECT_EQ(client.ask(request_with(good_token())), kOk);
  EXPECT_EQ(client.ask(request_with(tampered_token())), bad_signature());
  EXPECT_EQ(client.ask(request_with(expired_token())), expired());
  EXPECT_EQ(client.ask(request_of("")), kNoCredentials);
  client.close();
  daemon.kill(SIGTERM);
  EXPECT_EQ(daemon.wait(), 0);
  EXPECT_NE(daemon.output().find("stopped after 1 connections, 4 requests: 1 tokens accepted, 2 "
                                 "rejected"),
            std::string::npos)
      << daemon.output();
}

TEST_F(SimdjwtdTest, StopsOnSigint) {
  const DaemonFiles files;
  Daemon daemon(files);
  ASSERT_NE(daemon.port(), 0) << daemon.output();
  daemon.kill(SIGINT);
  EXPECT_EQ(daemon.wait(), 0);
}

TEST_F(SimdjwtdTest, SaysWhatItRunsOn) {
  const DaemonFiles files;
  Daemon daemon(files);
  ASSERT_NE(daemon.port(), 0) << daemon.output();
  const char* io = io_under_test() == net::IoMode::kUring ? "io: io_uring/" : "io: epoll";
  for (const char* word : {"threads: 1", "keys: 1", io, "base64url/", "sha256/"}) {
    EXPECT_NE(daemon.output().find(word), std::string::npos) << word << "\n" << daemon.output();
  }
}

TEST_F(SimdjwtdTest, NeverPrintsTokensOrSecrets) {
  const DaemonFiles files;
  Daemon daemon(files);
  Client client(daemon.port());
  const std::string good = good_token();
  const std::string bad = tampered_token();
  client.ask(request_with(good));
  client.ask(request_with(bad));
  client.ask("GET /" + good + "\n\n");
  daemon.kill(SIGTERM);
  EXPECT_EQ(daemon.wait(), 0);
  for (const std::string& secret : {good.substr(0, 20), bad.substr(bad.size() - 20),
                                    std::string(kSecret), base64url(kSecret)}) {
    EXPECT_EQ(daemon.output().find(secret), std::string::npos) << daemon.output();
  }
}

TEST_F(SimdjwtdTest, ServesFromTwoThreads) {
  const DaemonFiles files("127.0.0.1:0", "[server]\nthreads = 2\n");
  Daemon daemon(files);
  ASSERT_NE(daemon.port(), 0) << daemon.output();
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([port = daemon.port()] {
      for (int round = 0; round < 20; ++round) {
        Client client(port);
        EXPECT_EQ(client.ask(request_with(good_token())), kOk);
        EXPECT_EQ(client.ask(request_with(tampered_token())), bad_signature());
      }
    });
  }
  for (std::thread& client : clients) client.join();
  daemon.kill(SIGTERM);
  EXPECT_EQ(daemon.wait(), 0);
  EXPECT_NE(daemon.output().find("160 tokens accepted, 160 rejected"), std::string::npos)
      << daemon.output();
}

// A load of clients, each of which gets an answer to all it asks while the signal comes.
TEST_F(SimdjwtdTest, LosesNoRequestOnSigterm) {
  const DaemonFiles files;
  Daemon daemon(files);
  const uint16_t port = daemon.port();
  ASSERT_NE(port, 0) << daemon.output();
  std::atomic<int> num_answered{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&num_answered, client = Client(port), i]() mutable {
      const std::string request = request_with(good_token("client" + std::to_string(i)));
      std::string answer;
      while ((answer = client.ask(request)) == kOk) ++num_answered;
      EXPECT_EQ(answer, kOkAndClose);
    });
  }
  while (num_answered < 500) std::this_thread::sleep_for(1ms);
  daemon.kill(SIGTERM);
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(daemon.wait(), 0);
}

TEST_F(SimdjwtdTest, WorksWithCurl) {
  if (std::system("curl --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "curl is not installed";
  const DaemonFiles files;
  Daemon daemon(files);
  const std::string url =
      "http://127.0.0.1:" + std::to_string(daemon.port()) + std::string(kCheckPath);
  const auto status_of = [&url](const std::string& options) {
    const std::string command =
        "curl -s -o /dev/null -w '%{http_code} %{num_connects}' " + options + ' ' + url + ' ' + url;
    FILE* pipe = popen(command.c_str(), "r");
    std::string output(64, '\0');
    output.resize(fread(output.data(), 1, output.size(), pipe));
    pclose(pipe);
    return output;
  };
  // One connection for two requests, whatever the answer; none is left for a second with HTTP/1.0.
  EXPECT_EQ(status_of("-H 'Authorization: Bearer " + good_token() + "' -o /dev/null"),
            "200 1200 0");
  EXPECT_EQ(status_of("-H 'Authorization: Bearer " + tampered_token() + "' -o /dev/null"),
            "401 1401 0");
  EXPECT_EQ(status_of("-I -o /dev/null"), "401 1401 0");
  EXPECT_EQ(status_of("-0 -o /dev/null"), "401 1401 1");
}

// --- How it ends when it cannot begin ---

struct Failure {
  int status;
  std::string output;
};

Failure fail_with(std::vector<std::string> arguments) {
  Daemon daemon(std::move(arguments));
  const int status = daemon.wait();
  return {status, daemon.output()};
}

TEST_F(SimdjwtdTest, ExitsWithTwoForAMistakeInItsConfiguration) {
  const DaemonFiles files("127.0.0.1:0", "leway_seconds = 5\n");
  const Failure failure = fail_with({"--config", files.config()});
  EXPECT_EQ(failure.status, 2);
  EXPECT_NE(failure.output.find("simdjwtd.toml:10: policy.default.leway_seconds: unknown\n"),
            std::string::npos)
      << failure.output;
}

TEST_F(SimdjwtdTest, ExitsWithTwoWithoutFilesOrArguments) {
  EXPECT_EQ(fail_with({}).status, 2);
  EXPECT_EQ(fail_with({"--config", "/no/such/file"}).status, 2);
  EXPECT_EQ(fail_with({"--no-such-option"}).status, 2);
  EXPECT_EQ(fail_with({"--io=aio"}).status, 2);
  const DaemonFiles files;
  unlink(files.path("keys.json").c_str());
  const Failure failure = fail_with({"--config", files.config()});
  EXPECT_EQ(failure.status, 2);
  EXPECT_NE(failure.output.find("keys.json: No such file or directory"), std::string::npos);
}

TEST_F(SimdjwtdTest, ExitsWithOneWhenItsAddressIsTaken) {
  const DaemonFiles files;
  Daemon first(files);
  const DaemonFiles same("127.0.0.1:" + std::to_string(first.port()));
  const Failure failure = fail_with({"--config", same.config()});
  EXPECT_EQ(failure.status, 1);
  EXPECT_NE(failure.output.find("Address already in use (another process listens there)"),
            std::string::npos)
      << failure.output;
}

// As the default profiles of Docker and containerd do.
void deny_io_uring() {
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, SYS_io_uring_setup, 0, 2),
      BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, SYS_io_uring_register, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{.len = std::size(filter), .filter = filter};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

constexpr std::string_view kWhyRefused =
    "io_uring: no ring: refused, most likely by a seccomp profile such as the default one of "
    "Docker or containerd\n";

TEST(SimdjwtdWithoutIoUring, ServesByEpollAndSaysWhy) {
  const DaemonFiles files;
  Daemon daemon({"--config", files.config()}, deny_io_uring);
  ASSERT_NE(daemon.port(), 0) << daemon.output();
  EXPECT_NE(daemon.output().find("serving by epoll: " + std::string(kWhyRefused)),
            std::string::npos)
      << daemon.output();
  EXPECT_NE(daemon.output().find("io: epoll,"), std::string::npos) << daemon.output();
  Client client(daemon.port());
  EXPECT_EQ(client.ask(request_with(good_token())), kOk);
  EXPECT_EQ(client.ask(request_with(tampered_token())), bad_signature());
  client.close();
  daemon.kill(SIGTERM);
  EXPECT_EQ(daemon.wait(), 0);
}

TEST(SimdjwtdWithoutIoUring, NamesTheSettingThatRefusesIt) {
  const DaemonFiles files;
  files.write("disabled", "2\n");
  Daemon daemon({"--config", files.config()}, [&files] {
    // In this process's view of the file system only.
    if (unshare(CLONE_NEWNS) == 0 &&
        mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
        mount(files.path("disabled").c_str(), "/proc/sys/kernel/io_uring_disabled", nullptr,
              MS_BIND, nullptr) == 0) {
      files.write("mounted", "");
    }
    deny_io_uring();
  });
  ASSERT_NE(daemon.port(), 0) << daemon.output();
  if (access(files.path("mounted").c_str(), F_OK) != 0) GTEST_SKIP() << "needs CAP_SYS_ADMIN";
  EXPECT_NE(daemon.output().find("serving by epoll: io_uring: no ring: refused by the setting "
                                 "kernel.io_uring_disabled = 2\n"),
            std::string::npos)
      << daemon.output();
}

TEST(SimdjwtdWithoutIoUring, FailsWhereNothingElseIsAllowed) {
  const DaemonFiles files;
  Daemon daemon({"--config", files.config(), "--io=uring"}, deny_io_uring);
  EXPECT_EQ(daemon.wait(), 1);
  EXPECT_NE(daemon.output().find(kWhyRefused), std::string::npos) << daemon.output();
}

TEST(SimdjwtdWithoutIoUring, SaysNothingOfItWhenEpollWasAskedFor) {
  const DaemonFiles files;
  Daemon daemon({"--config", files.config(), "--io=epoll"}, deny_io_uring);
  ASSERT_NE(daemon.port(), 0) << daemon.output();
  EXPECT_EQ(daemon.output().find("io_uring"), std::string::npos) << daemon.output();
}

// The usual limit of those who are not root. It is the user's, not the process's.
void limit_locked_memory() {
  prctl(PR_CAPBSET_DROP, CAP_IPC_LOCK, 0, 0, 0);
  const rlimit limit{.rlim_cur = 64 * 1024, .rlim_max = 64 * 1024};
  setrlimit(RLIMIT_MEMLOCK, &limit);
}

// On a unix socket, which all threads accept from: it blocks as io_uring has it, or does not as
// epoll has it, for all of them.
TEST(SimdjwtdWithoutIoUring, GoesWithoutInAllThreadsIfOneMust) {
  const std::string name = "unix:@simdjwtd_test_threads_" + std::to_string(getpid());
  const DaemonFiles files("127.0.0.1:0\"\n[[listen]]\naddress = \"" + name,
                          "[server]\nthreads = 16\n");
  Daemon daemon({"--config", files.config()}, limit_locked_memory);
  ASSERT_NE(daemon.port(), 0) << daemon.output();
  EXPECT_NE(daemon.output().find("serving by epoll: io_uring: "), std::string::npos)
      << daemon.output();
  EXPECT_NE(daemon.output().find("io: epoll,"), std::string::npos) << daemon.output();
  EXPECT_NE(daemon.output().find("not enough lockable memory (raise RLIMIT_MEMLOCK)\n"),
            std::string::npos)
      << daemon.output();
  std::vector<Client> clients;
  for (int i = 0; i < 50; ++i) clients.emplace_back(*net::SocketAddress::parse(name));
  for (int round = 0; round < 3; ++round) {
    for (Client& client : clients) EXPECT_EQ(client.ask(request_with(good_token())), kOk);
    EXPECT_EQ(Client(daemon.port()).ask(request_with(good_token())), kOk);
  }
  clients.clear();
  daemon.kill(SIGTERM);
  EXPECT_EQ(daemon.wait(), 0);
}

TEST_F(SimdjwtdTest, ChoosesIoUringWhereItMay) {
  const DaemonFiles files;
  Daemon daemon({"--config", files.config(), "--io=auto"});
  ASSERT_NE(daemon.port(), 0) << daemon.output();
  const absl::Status status = net::check_io_uring();
  EXPECT_NE(daemon.output().find(status.ok() ? "io: io_uring/" : "io: epoll,"), std::string::npos)
      << daemon.output();
}

TEST_F(SimdjwtdTest, OutlivesTheReaderOfItsLog) {
  const DaemonFiles files;
  Daemon daemon(files);
  ASSERT_NE(daemon.port(), 0) << daemon.output();
  daemon.close_output();
  daemon.kill(SIGTERM);
  EXPECT_EQ(daemon.wait(), 0);
}

TEST_F(SimdjwtdTest, ChecksItsConfigurationOnly) {
  const DaemonFiles files;
  const Failure checked = fail_with({"--config", files.config(), "--check"});
  EXPECT_EQ(checked.status, 0);
  EXPECT_NE(checked.output.find("keys: 1\n"), std::string::npos) << checked.output;
  EXPECT_NE(checked.output.find("exp: required"), std::string::npos) << checked.output;
  files.write("keys.json", "{}");
  EXPECT_EQ(fail_with({"--config", files.config(), "--check"}).status, 2);
}

TEST_F(SimdjwtdTest, TellsItsVersion) {
  const Failure version = fail_with({"--version"});
  EXPECT_EQ(version.status, 0);
  EXPECT_TRUE(version.output.starts_with("simdjwtd ")) << version.output;
}

TEST_F(SimdjwtdTest, WarnsOfSecretsThatEverybodyMayRead) {
  const DaemonFiles files;
  chmod(files.path("keys.json").c_str(), 0644);
  const Failure checked = fail_with({"--config", files.config(), "--check"});
  EXPECT_EQ(checked.status, 0);
  EXPECT_NE(checked.output.find("everybody on this machine may read these secrets"),
            std::string::npos)
      << checked.output;
}

}  // namespace
}  // namespace simdjwt
