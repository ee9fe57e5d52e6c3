// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "net/listener.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "net/inherited_sockets.h"
#include "support/temporary_directory.h"

namespace simdjwt::net {
namespace {

SocketAddress address_of(const std::string& text) {
  const auto address = SocketAddress::parse(text);
  EXPECT_TRUE(address.ok()) << text;
  return *address;
}

UniqueFd connect_to(const SocketAddress& address) {
  UniqueFd fd(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(fd.get(), address.data(), address.length()) != 0) return UniqueFd();
  return fd;
}

// --- Addresses ---

TEST(SocketAddress, ReadsWhatItWrites) {
  for (const char* text :
       {"127.0.0.1:8080", "0.0.0.0:0", "[::1]:65535", "[::]:1", "unix:/run/simdjwtd/check.sock",
        "unix:@simdjwtd", "unix:@@", "systemd:check", "systemd:a b"}) {
    EXPECT_EQ(address_of(text).to_string(), text);
  }
  EXPECT_EQ(address_of("[::1]:8080").port(), 8080);
  EXPECT_EQ(address_of("unix:/a").port(), 0);
  EXPECT_EQ(address_of("unix:/a").path(), "/a");
  EXPECT_EQ(address_of("unix:@a").path(), "");
  EXPECT_EQ(address_of("systemd:a").inherited_name(), "a");
}

TEST(SocketAddress, RefusesEverythingElse) {
  for (const char* text : {"",
                           ":",
                           ":8080",
                           "127.0.0.1",
                           "127.0.0.1:",
                           "127.0.0.1:x",
                           "127.0.0.1:65536",
                           "127.0.0.1:-1",
                           "127.0.0.1:+1",
                           "127.0.0.1: 1",
                           "127.0.0.1:1 ",
                           "127.1:80",
                           "localhost:80",
                           "::1:80",
                           "[::1:80",
                           "[127.0.0.1]:80",
                           "256.0.0.1:80",
                           "http://127.0.0.1:80",
                           "unix:",
                           "unix:@",
                           "unix:relative",
                           "UNIX:/a",
                           "/a",
                           "@a",
                           "systemd:",
                           "systemd"}) {
    EXPECT_FALSE(SocketAddress::parse(text).ok()) << text;
  }
  EXPECT_FALSE(SocketAddress::parse(std::string("unix:/a\0b", 9)).ok());
}

TEST(SocketAddress, TakesUnixNamesAsLongAsTheyMayBe) {
  for (const char first : {'/', '@'}) {
    const std::string longest = first + std::string(106, 'a');
    EXPECT_EQ(address_of("unix:" + longest).to_string(), "unix:" + longest);
    EXPECT_FALSE(SocketAddress::parse("unix:" + longest + 'a').ok());
  }
}

// --- TCP ---

TEST(ListenerGroup, SharesOneAddressAmongItsSockets) {
  auto group = ListenerGroup::listen({.address = address_of("127.0.0.1:0")}, 3);
  ASSERT_TRUE(group.ok()) << group.status();
  ASSERT_EQ(group->addresses().size(), 1);
  EXPECT_NE(group->addresses()[0].port(), 0);
  EXPECT_FALSE(group->is_shared());
  for (size_t reactor = 0; reactor < 3; ++reactor) {
    ASSERT_EQ(group->sockets(reactor).size(), 1);
    EXPECT_EQ(SocketAddress::of(group->sockets(reactor)[0].get()).to_string(),
              group->addresses()[0].to_string());
  }
}

// Also for a group: SO_REUSEPORT must not let two servers share a port by mistake.
TEST(ListenerGroup, RefusesAnAddressThatIsTaken) {
  for (const size_t num_reactors : std::vector<size_t>{1, 2}) {
    auto first = ListenerGroup::listen({.address = address_of("127.0.0.1:0")}, num_reactors);
    ASSERT_TRUE(first.ok()) << first.status();
    auto second = ListenerGroup::listen({.address = first->addresses()[0]}, num_reactors);
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.status().message(),
              "cannot listen on " + first->addresses()[0].to_string() +
                  ": Address already in use (another process listens there)");
  }
}

// --- Unix sockets ---

class UnixListenerTest : public ::testing::Test {
 protected:
  [[nodiscard]] ListenOptions options() const { return {.address = address_of("unix:" + path_)}; }
  [[nodiscard]] bool exists() const { return access(path_.c_str(), F_OK) == 0; }
  [[nodiscard]] std::string message_of(const ListenOptions& options) const {
    const auto group = ListenerGroup::listen(options, 1);
    return group.ok() ? "" : std::string(group.status().message());
  }

  const testing::TemporaryDirectory directory_;
  const std::string path_ = directory_ / "check.sock";
};

TEST_F(UnixListenerTest, HasOneSocketForAllReactorsAndRemovesItsFile) {
  {
    auto group = ListenerGroup::listen(options(), 2);
    ASSERT_TRUE(group.ok()) << group.status();
    EXPECT_TRUE(group->is_shared());
    const UniqueFd client = connect_to(options().address);
    ASSERT_TRUE(client);
    fcntl(group->sockets(0)[0].get(), F_SETFL, O_NONBLOCK);
    EXPECT_TRUE(UniqueFd(accept(group->sockets(1)[0].get(), nullptr, nullptr)));
    EXPECT_FALSE(UniqueFd(accept(group->sockets(0)[0].get(), nullptr, nullptr)));
  }
  EXPECT_FALSE(exists());
}

TEST_F(UnixListenerTest, SetsModeAndOwner) {
  ListenOptions options = this->options();
  options.mode = 0620;
  options.owner = std::to_string(getuid()) + ':' + std::to_string(getgid());
  const auto group = ListenerGroup::listen(options, 1);
  ASSERT_TRUE(group.ok()) << group.status();
  struct stat status;
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0620);
  EXPECT_EQ(status.st_uid, getuid());
}

TEST_F(UnixListenerTest, KnowsOwnersByName) {
  if (getuid() != 0) GTEST_SKIP() << "only root may give files away";
  ListenOptions options = this->options();
  options.owner = "nobody:nogroup";
  const auto group = ListenerGroup::listen(options, 1);
  ASSERT_TRUE(group.ok()) << group.status();
  struct stat status;
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 65534);
  EXPECT_EQ(status.st_gid, 65534);
}

TEST_F(UnixListenerTest, LeavesNothingBehindIfItCannotSetTheOwner) {
  ListenOptions options = this->options();
  options.owner = "no-such-user";
  EXPECT_EQ(message_of(options),
            "cannot listen on unix:" + path_ + ": there is no user \"no-such-user\"");
  options.owner = ":no-such-group";
  EXPECT_EQ(message_of(options),
            "cannot listen on unix:" + path_ + ": there is no group \"no-such-group\"");
  EXPECT_FALSE(exists());
}

TEST_F(UnixListenerTest, TakesThePlaceOfAStaleSocket) {
  {
    const UniqueFd dead(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const SocketAddress address = options().address;
    ASSERT_EQ(::bind(dead.get(), address.data(), address.length()), 0);
    ASSERT_EQ(::listen(dead.get(), 1), 0);
  }
  ASSERT_TRUE(exists());
  EXPECT_FALSE(connect_to(options().address));
  const auto group = ListenerGroup::listen(options(), 1);
  ASSERT_TRUE(group.ok()) << group.status();
  EXPECT_TRUE(connect_to(options().address));
}

TEST_F(UnixListenerTest, RefusesASocketThatIsInUse) {
  const auto first = ListenerGroup::listen(options(), 1);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(message_of(options()), "cannot listen on unix:" + path_ +
                                       ": Address already in use (another process listens there)");
  EXPECT_TRUE(connect_to(options().address)) << "the refused one took the socket away";
}

TEST_F(UnixListenerTest, RefusesToReplaceAFile) {
  std::ofstream(path_) << "precious";
  EXPECT_EQ(message_of(options()),
            "cannot listen on unix:" + path_ + ": there is a file, not a socket");
  EXPECT_TRUE(exists());
}

TEST_F(UnixListenerTest, NamesTheCauseOfOtherFailures) {
  EXPECT_EQ(message_of({.address = address_of("unix:/no/such/directory/s")}),
            "cannot listen on unix:/no/such/directory/s: No such file or directory");
}

TEST_F(UnixListenerTest, LeavesASuccessorsSocketAlone) {
  auto first = ListenerGroup::listen(options(), 1);
  ASSERT_TRUE(first.ok()) << first.status();
  unlink(path_.c_str());
  const auto second = ListenerGroup::listen(options(), 1);
  ASSERT_TRUE(second.ok()) << second.status();
  first->remove_file();
  EXPECT_TRUE(connect_to(options().address));
}

TEST_F(UnixListenerTest, ListensUnderAbstractNames) {
  const std::string name = "unix:@simdjwt_test_" + std::to_string(getpid());
  {
    const auto group = ListenerGroup::listen({.address = address_of(name)}, 2);
    ASSERT_TRUE(group.ok()) << group.status();
    EXPECT_EQ(group->addresses()[0].to_string(), name);
    EXPECT_TRUE(connect_to(address_of(name)));
    EXPECT_EQ(
        message_of({.address = address_of(name)}),
        "cannot listen on " + name + ": Address already in use (another process listens there)");
  }
  EXPECT_TRUE(ListenerGroup::listen({.address = address_of(name)}, 1).ok());
}

// --- Inherited sockets; simdjwtd_test hands some over ---

class InheritedSocketsTest : public ::testing::Test {
 protected:
  void TearDown() override {
    for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) unsetenv(name);
  }
  static std::string message() {
    const auto group = ListenerGroup::listen({.address = address_of("systemd:check")}, 1);
    return group.ok() ? "" : std::string(group.status().message());
  }
};

TEST_F(InheritedSocketsTest, SaysThatThereAreNone) {
  EXPECT_EQ(message(),
            "cannot take over systemd:check: no sockets were handed over (LISTEN_FDS is not set)");
}

TEST_F(InheritedSocketsTest, TakesNoneThatAreMeantForAnother) {
  setenv("LISTEN_FDS", "1", 1);
  for (const char* pid : {"", "1", "x"}) {
    setenv("LISTEN_PID", pid, 1);
    EXPECT_EQ(message(),
              "cannot take over systemd:check: sockets were handed over to another process "
              "(LISTEN_PID)");
  }
}

TEST_F(InheritedSocketsTest, SaysThatNoneHasTheName) {
  setenv("LISTEN_PID", std::to_string(getpid()).c_str(), 1);
  setenv("LISTEN_FDNAMES", "checks:chec:", 1);
  for (const char* number : {"0", "3", "-1", "x"}) {
    setenv("LISTEN_FDS", number, 1);
    EXPECT_EQ(message(),
              "cannot take over systemd:check: none of the sockets handed over has this name "
              "(LISTEN_FDNAMES: checks:chec:)");
  }
}

TEST_F(InheritedSocketsTest, TakesNothingThatDoesNotListen) {
  setenv("LISTEN_PID", std::to_string(getpid()).c_str(), 1);
  setenv("LISTEN_FDS", "1", 1);
  setenv("LISTEN_FDNAMES", "check", 1);
  EXPECT_EQ(message(),
            "cannot take over systemd:check: descriptor 3 is no listening stream socket");
}

}  // namespace
}  // namespace simdjwt::net
