// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "endpoint.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace simdjwt::bench {
namespace {

constexpr std::string_view kUnix = "unix:";
constexpr int kBacklog = 4096;
constexpr timeval kPatience{.tv_sec = 10, .tv_usec = 0};

}  // namespace

absl::StatusOr<Endpoint> Endpoint::parse(std::string_view text) {
  Endpoint endpoint;
  endpoint.text_ = text;
  if (text.starts_with(kUnix)) {
    const std::string_view path = text.substr(kUnix.size());
    auto* address = reinterpret_cast<sockaddr_un*>(&endpoint.address_);
    if (path.empty() || path.size() >= sizeof(address->sun_path)) {
      return absl::InvalidArgumentError("a path of 1 to 107 bytes must follow \"unix:\"");
    }
    address->sun_family = AF_UNIX;
    std::memcpy(address->sun_path, path.data(), path.size());
    endpoint.length_ = sizeof(sockaddr_un);
    return endpoint;
  }

  const size_t colon = text.rfind(':');
  std::string host(text.substr(0, colon));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (colon == std::string_view::npos || host.empty() ||
      getaddrinfo(host.c_str(), std::string(text.substr(colon + 1)).c_str(), &hints, &found) != 0) {
    return absl::InvalidArgumentError(
        "expected an address such as \"127.0.0.1:8080\", \"[::1]:8080\" or \"unix:/path\"");
  }
  std::memcpy(&endpoint.address_, found->ai_addr, found->ai_addrlen);
  endpoint.length_ = found->ai_addrlen;
  freeaddrinfo(found);
  return endpoint;
}

net::UniqueFd Endpoint::make_socket() const {
  net::UniqueFd fd(::socket(address_.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int one = 1;
  if (fd && address_.ss_family != AF_UNIX) {
    setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
  }
  return fd;
}

absl::Status Endpoint::failure(std::string_view what) const {
  std::string sentence(what);
  sentence.append(" ").append(text_).append(": ").append(std::strerror(errno));
  return absl::UnavailableError(sentence);
}

absl::StatusOr<net::UniqueFd> Endpoint::connect() const {
  net::UniqueFd fd = make_socket();
  if (!fd || ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address_), length_) != 0) {
    return failure("cannot connect to");
  }
  setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof(kPatience));
  setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof(kPatience));
  return fd;
}

absl::StatusOr<net::UniqueFd> Endpoint::listen() const {
  net::UniqueFd fd = make_socket();
  if (address_.ss_family == AF_UNIX) ::unlink(text_.c_str() + kUnix.size());
  if (!fd || ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address_), length_) != 0 ||
      ::listen(fd.get(), kBacklog) != 0) {
    return failure("cannot listen on");
  }
  return fd;
}

unsigned raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<unsigned>(std::min<rlim_t>(limit.rlim_cur, 1U << 30));
}

}  // namespace simdjwt::bench
