// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "net/epoll_reactor.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

#include "net/os_error.h"

namespace simdjwt::net {
namespace {

// Stays in the second-level cache, which what is received is read from right away.
constexpr size_t kInputBytes = 256 * 1024;

// epoll_event.data = what it is (32 bits) | slot or listener (32).
enum class Source : uint32_t { kConnection, kListener, kWake };

epoll_event event_of(uint32_t events, Source source, uint32_t index) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = uint64_t{static_cast<uint32_t>(source)} << 32 | index;
  return event;
}

absl::Status failure(int error) { return os_error("epoll", error); }

}  // namespace

absl::StatusOr<std::unique_ptr<Reactor>> EpollReactor::create(Parts& parts) {
  UniqueFd epoll(epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return failure(errno);
  return std::unique_ptr<Reactor>(new EpollReactor(std::move(parts), std::move(epoll)));
}

EpollReactor::EpollReactor(Parts&& parts, UniqueFd epoll)
    : Reactor(std::move(parts), "epoll"),
      epoll_(std::move(epoll)),
      watches_(slots_.size()),
      input_(std::max(kInputBytes, options_.buffer_bytes)) {
  for (size_t index = slots_.size(); index > 0; --index) {
    free_.push_back(static_cast<uint32_t>(index - 1));
  }
}

absl::Status EpollReactor::start() {
  for (const ReactorListener& listener : listeners_) {
    fcntl(listener.socket.get(), F_SETFL, O_NONBLOCK);
  }
  epoll_event event = event_of(EPOLLIN, Source::kWake, 0);
  const int result = epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event);
  return result == 0 ? absl::OkStatus() : failure(errno);
}

absl::Status EpollReactor::wait(uint64_t timeout_ms) {
  const int timeout =
      timeout_ms > std::numeric_limits<int>::max() ? -1 : static_cast<int>(timeout_ms);
  const int result = epoll_wait(epoll_.get(), events_.data(), kEventsMax, timeout);
  num_events_ = static_cast<size_t>(std::max(result, 0));
  return result >= 0 || errno == EINTR ? absl::OkStatus() : failure(errno);
}

void EpollReactor::handle_events() {
  for (size_t i = 0; i < num_events_; ++i) {
    const auto index = static_cast<uint32_t>(events_[i].data.u64);
    switch (static_cast<Source>(events_[i].data.u64 >> 32)) {
      case Source::kConnection:
        handle(index, events_[i].events);
        break;
      case Source::kListener:
        accept_all(static_cast<uint8_t>(index));
        break;
      case Source::kWake: {
        uint64_t value;
        if (::read(wake_.get(), &value, sizeof(value)) > 0) woken();
      }
    }
  }
}

void EpollReactor::handle(uint32_t index, uint32_t events) {
  touch(index);
  // EPOLLERR and EPOLLHUP come unasked; whatever was waited for will then find the cause.
  const uint32_t ready = (events & (EPOLLERR | EPOLLHUP)) != 0 ? watches_[index].events : events;
  if ((ready & EPOLLOUT) != 0) slots_[index].is_sending = false;
  if ((ready & EPOLLIN) != 0) receive(index);
}

void EpollReactor::receive(uint32_t index) {
  if (input_.size() - input_used_ < options_.buffer_bytes) {
    protocol_.flush();
    input_used_ = 0;
  }
  char* const input = input_.data() + input_used_;
  const ssize_t result =
      ::recv(watches_[index].fd.get(), input, options_.buffer_bytes, MSG_DONTWAIT);
  if (result > 0) {
    const auto num_bytes = static_cast<size_t>(result);
    input_used_ += num_bytes;
    received(index, {input, num_bytes});
  } else if (result == 0) {
    slots_[index].connection.receive_end();
  } else if (errno != EAGAIN && errno != EINTR) {
    broken(index, "recv", errno);
  }
}

void EpollReactor::update_accept(uint32_t room) {
  if (is_accepting_ == (room > 0)) return;
  is_accepting_ = room > 0;
  for (uint32_t i = 0; i < listeners_.size(); ++i) {
    // Exclusive: of several reactors that wait at one socket, few are woken for a client.
    epoll_event event = event_of(EPOLLIN | EPOLLEXCLUSIVE, Source::kListener, i);
    const int operation = is_accepting_ ? EPOLL_CTL_ADD : EPOLL_CTL_DEL;
    if (epoll_ctl(epoll_.get(), operation, listeners_[i].socket.get(), &event) == 0) continue;
    if (!is_accepting_) continue;  // it was not there
    pause_accept();
    return update_accept(0);
  }
}

std::optional<uint32_t> EpollReactor::install(UniqueFd client) {
  if (free_.empty()) return std::nullopt;
  const uint32_t index = free_.back();
  free_.pop_back();
  watches_[index].fd = std::move(client);
  return index;
}

bool EpollReactor::send(uint32_t index, std::string_view bytes) {
  const ssize_t result =
      ::send(watches_[index].fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (result > 0) {
    sent(index, static_cast<size_t>(result));
    slots_[index].is_sending = static_cast<size_t>(result) < bytes.size();
  } else if (errno == EAGAIN || errno == EINTR) {
    slots_[index].is_sending = true;
  } else {
    broken(index, "send", errno);
  }
  return !slots_[index].is_sending;
}

void EpollReactor::update_receive(uint32_t index, bool wants_input) {
  const uint32_t events = (wants_input ? EPOLLIN : 0U) | (slots_[index].is_sending ? EPOLLOUT : 0U);
  if (!watch(index, events)) close(index);  // no memory
}

void EpollReactor::shut_down_write(uint32_t index) {
  ::shutdown(watches_[index].fd.get(), SHUT_WR);
}

void EpollReactor::close(uint32_t index) {
  // To close the descriptor is not enough: epoll forgets a socket when nobody has it any more, and
  // a child process that has yet to exec has it. Its events would come to whoever is in the slot
  // next.
  (void)watch(index, 0);
  watches_[index].fd = UniqueFd();
  free_.push_back(index);
  release(index);
}

bool EpollReactor::watch(uint32_t index, uint32_t events) {
  Watch& watch = watches_[index];
  if (events == watch.events) return true;
  const int operation = events == 0         ? EPOLL_CTL_DEL
                        : watch.events == 0 ? EPOLL_CTL_ADD
                                            : EPOLL_CTL_MOD;
  epoll_event event = event_of(events, Source::kConnection, index);
  if (epoll_ctl(epoll_.get(), operation, watch.fd.get(), &event) != 0) return false;
  watch.events = events;
  return true;
}

}  // namespace simdjwt::net
