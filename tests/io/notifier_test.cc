// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/notifier.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

#include "net/unique_fd.h"
#include "support/temporary_directory.h"

namespace simdjwt::serve {
namespace {

// What systemd has: a datagram socket.
class NotifierTest : public ::testing::Test {
 protected:
  ~NotifierTest() override {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) unsetenv(name);
  }

  void listen(const std::string& name) {
    setenv("NOTIFY_SOCKET", name.c_str(), 1);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name[0] == '@') address.sun_path[0] = '\0';
    socket_ = net::UniqueFd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(bind(socket_.get(), reinterpret_cast<sockaddr*>(&address),
                   static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size())),
              0);
  }
  [[nodiscard]] std::string receive() const {
    char bytes[1024];
    const ssize_t n = recv(socket_.get(), bytes, sizeof(bytes), MSG_DONTWAIT);
    return n < 0 ? "nothing" : std::string(bytes, static_cast<size_t>(n));
  }

  net::UniqueFd socket_;
};

TEST_F(NotifierTest, SaysEachThingInOneDatagram) {
  listen("@simdjwt-notifier-" + std::to_string(getpid()));
  setenv("WATCHDOG_USEC", "1000000", 1);
  const Notifier notifier = Notifier::from_environment();
  notifier.ready("serving 2 policies");
  EXPECT_EQ(receive(), "READY=1\nSTATUS=serving 2 policies");
  notifier.reloading();
  const std::string reloading = receive();
  EXPECT_TRUE(reloading.starts_with("RELOADING=1\nMONOTONIC_USEC=")) << reloading;
  EXPECT_GT(std::stoll(reloading.substr(reloading.rfind('=') + 1)), 0);
  notifier.stopping();
  EXPECT_EQ(receive(), "STOPPING=1\nSTATUS=finishing what is under way");
  notifier.alive();
  EXPECT_EQ(receive(), "WATCHDOG=1");
  EXPECT_EQ(receive(), "nothing");
}

TEST_F(NotifierTest, FindsASocketByItsPath) {
  const testing::TemporaryDirectory directory;
  listen(directory / "socket");
  const Notifier notifier = Notifier::from_environment();
  notifier.ready("");
  EXPECT_EQ(receive(), "READY=1\nSTATUS=");
  notifier.alive();
  EXPECT_EQ(receive(), "nothing") << "nobody wants to know";
}

TEST_F(NotifierTest, SaysNothingWhereNobodyListens) {
  Notifier::from_environment().ready("alone");
  for (const std::string& name : {std::string("/no/such/socket"), std::string("relative"),
                                  std::string("@"), "/" + std::string(200, 'x')}) {
    setenv("NOTIFY_SOCKET", name.c_str(), 1);
    Notifier::from_environment().ready("alone");
  }
}

TEST_F(NotifierTest, IsToBeAliveTwiceAsOftenAsTheWatchdogLooks) {
  setenv("NOTIFY_SOCKET", "@x", 1);
  EXPECT_EQ(Notifier::from_environment().alive_interval(), std::nullopt);
  setenv("WATCHDOG_USEC", "3000000", 1);
  EXPECT_EQ(Notifier::from_environment().alive_interval(), std::chrono::milliseconds(1500));
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
  EXPECT_EQ(Notifier::from_environment().alive_interval(), std::chrono::milliseconds(1500));
  setenv("WATCHDOG_PID", "1", 1);
  EXPECT_EQ(Notifier::from_environment().alive_interval(), std::nullopt) << "another process is";
  unsetenv("WATCHDOG_PID");
  for (const char* wrong : {"", "x", "-1", "3000000 ", "99999999999999999999999"}) {
    setenv("WATCHDOG_USEC", wrong, 1);
    EXPECT_EQ(Notifier::from_environment().alive_interval(), std::nullopt) << wrong;
  }
}

}  // namespace
}  // namespace simdjwt::serve
