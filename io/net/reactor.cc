// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "net/reactor.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "net/epoll_reactor.h"
#include "net/os_error.h"
#include "net/uring_reactor.h"

namespace simdjwt::net {
namespace {

constexpr uint64_t kAcceptRetryMs = 100;

// To look for idle connections is to look at all: 100 us of 4096. Therefore as many are remembered
// as this, and no look follows one in vain at once.
constexpr size_t kLongestIdle = 64;
constexpr uint64_t kFindIdleRetryMs = 100;

// Descriptors that are no connections of these reactors: listeners, files, an admin listener's.
constexpr rlim_t kOtherDescriptors = 128;

// As many as may be open, in a table of each reactor's own, or in the one of the process.
uint32_t connections_allowed(const ReactorOptions& options, bool is_table_shared) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return options.num_connections_max;
  rlim_t allowed = limit.rlim_cur;
  if (is_table_shared) {
    allowed = (allowed - std::min(kOtherDescriptors, allowed / 2)) / options.num_reactors;
  }
  return static_cast<uint32_t>(std::min<rlim_t>(allowed, options.num_connections_max));
}

}  // namespace

ReactorCounters& ReactorCounters::operator+=(const ReactorCounters& other) noexcept {
  for (Counter ReactorCounters::*const counter : {
           &ReactorCounters::turns,
           &ReactorCounters::connections_open,
           &ReactorCounters::connections_accepted,
           &ReactorCounters::connections_refused,
           &ReactorCounters::heads_expired,
           &ReactorCounters::bodies_expired,
           &ReactorCounters::idles_expired,
           &ReactorCounters::idles_evicted,
           &ReactorCounters::writes_expired,
           &ReactorCounters::outputs_full,
           &ReactorCounters::postponements,
           &ReactorCounters::connections_cut_off,
           &ReactorCounters::accepts_failed,
           &ReactorCounters::accepts_paused,
           &ReactorCounters::bytes_received,
           &ReactorCounters::bytes_sent,
           &ReactorCounters::submissions,
           &ReactorCounters::completions,
           &ReactorCounters::receives_starved,
           &ReactorCounters::completions_stale,
           &ReactorCounters::completions_overflown,
       }) {
    (this->*counter).add(other.*counter);
  }
  listeners.resize(std::max(listeners.size(), other.listeners.size()));
  for (size_t i = 0; i < other.listeners.size(); ++i) {
    listeners[i].accepted.add(other.listeners[i].accepted);
    listeners[i].idle.add(other.listeners[i].idle);
    listeners[i].busy.add(other.listeners[i].busy);
  }
  return *this;
}

absl::StatusOr<std::unique_ptr<Reactor>> Reactor::create(IoMode io,
                                                         std::vector<ReactorListener> listeners,
                                                         Protocol& protocol,
                                                         const ReactorOptions& options) {
  if (listeners.empty() || listeners.size() > connections_allowed(options, true)) {
    return absl::InvalidArgumentError("a reactor needs listeners, and a connection for each");
  }
  UniqueFd wake(eventfd(0, EFD_CLOEXEC));
  if (!wake) return os_error("eventfd", errno);
  Parts parts{std::move(listeners), std::move(wake), protocol, options};
  if (io != IoMode::kEpoll) {
    parts.options.num_connections_max = connections_allowed(options, false);
    absl::StatusOr<std::unique_ptr<Reactor>> reactor = UringReactor::create(parts);
    if (reactor.ok() || io == IoMode::kUring) return reactor;
  }
  parts.options.num_connections_max = connections_allowed(options, true);
  return EpollReactor::create(parts);
}

Reactor::Reactor(Parts parts, std::string mode)
    : options_(parts.options),
      protocol_(parts.protocol),
      listeners_(std::move(parts.listeners)),
      wake_(std::move(parts.wake)),
      slots_(options_.num_connections_max),
      mode_(std::move(mode)),
      deadlines_(slots_.size()) {
  touched_.reserve(slots_.size());
  for (const ReactorListener& listener : listeners_) {
    counters_.listeners.resize(std::max<size_t>(counters_.listeners.size(), listener.id + 1u));
  }
}

void Reactor::stop() noexcept {
  const uint64_t one = 1;
  // Only a full counter could fail, and then a wake-up is pending anyway.
  [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof(one));
}

absl::Status Reactor::run() {
  if (absl::Status status = start(); !status.ok()) return status;
  now_ = read_clocks();
  while (true) {
    update_accept();
    if (are_listeners_shut_ && counters_.connections_open == 0) return wait(0);  // the last closes
    if (absl::Status status = wait(timeout_ms()); !status.ok()) return status;
    counters_.turns.add();
    now_ = read_clocks();
    protocol_.begin_turn(now_);
    resume_postponed();
    handle_events();
    expire();
    protocol_.flush();
    reuse_input();
    settle_touched();
  }
}

uint64_t Reactor::timeout_ms() const noexcept {
  if (!postponed_.empty()) return 0;
  uint64_t next_ms = std::min(deadlines_.next_sweep_ms(), drain_end_ms_);
  if (accept_again_ms_ > now_.steady_ms) next_ms = std::min(next_ms, accept_again_ms_);
  if (is_full_) next_ms = std::min(next_ms, find_idle_again_ms_);
  return next_ms == kNever ? kNever : next_ms - std::min(next_ms, now_.steady_ms);
}

void Reactor::expire() {
  deadlines_.sweep(now_.steady_ms, [this](size_t index) {
    switch (slots_[index].connection.expire(protocol_, now_)) {
      case Connection::Expired::kHead:
        counters_.heads_expired.add();
        break;
      case Connection::Expired::kBody:
        counters_.bodies_expired.add();
        break;
      case Connection::Expired::kIdle:
        counters_.idles_expired.add();
        break;
      case Connection::Expired::kWrite:
        counters_.writes_expired.add();
        break;
      case Connection::Expired::kLinger:  // it had its answers
      case Connection::Expired::kNone:
        break;
    }
    touch(static_cast<uint32_t>(index));
  });
  if (now_.steady_ms < drain_end_ms_) return;
  drain_end_ms_ = kNever;
  for (uint32_t index = 0; index < slots_.size(); ++index) {
    if (!slots_[index].is_open) continue;
    counters_.connections_cut_off.add();
    slots_[index].connection.abort();
    touch(index);
  }
}

// In the order in which they were postponed, until one finds that nothing more can be done in this
// turn: that one keeps its place.
void Reactor::resume_postponed() {
  auto next = postponed_.begin();
  for (; next != postponed_.end(); ++next) {
    Slot& slot = slots_[*next];
    if (!slot.is_listed) continue;  // the place is another connection's by now
    touch(*next);
    if (!slot.connection.resume(protocol_, now_)) break;
    slot.is_listed = false;
  }
  postponed_.erase(postponed_.begin(), next);
}

void Reactor::settle_touched() {
  for (const uint32_t index : touched_) settle(index);
  touched_.clear();
}

// What the kernel is to do for a connection after all that happened in the turn.
void Reactor::settle(uint32_t index) {
  Slot& slot = slots_[index];
  Connection& connection = slot.connection;
  slot.is_touched = false;
  while (true) {
    switch (connection.next_step(now_)) {
      case Connection::Step::kClose:
        deadlines_.set(index, kNever);
        return close(index);
      case Connection::Step::kShutdownWrite:
        shut_down_write(index);
        break;
      case Connection::Step::kNone:
        break;
    }
    if (slot.is_sending) break;
    const std::string_view bytes = connection.begin_send(now_);
    if (bytes.empty() || !send(index, bytes)) break;
    protocol_.flush();  // requests that waited for room in the output may have been let in
  }
  if (connection.is_postponed() && !std::exchange(slot.is_listed, true)) {
    counters_.postponements.add();
    postponed_.push_back(index);
  }
  const bool is_output_full = connection.output_full();
  if (is_output_full && !slot.is_output_full) counters_.outputs_full.add();
  slot.is_output_full = is_output_full;
  count_busy(slot, connection.idle_since_ms() == kNever);
  update_receive(index, connection.wants_input());
  deadlines_.set(index, connection.deadline_ms());
}

void Reactor::count_busy(Slot& slot, bool is_busy) noexcept {
  if (std::exchange(slot.is_busy, is_busy) == is_busy) return;
  ListenerCounters& counters = counters_of(slot);
  (is_busy ? counters.idle : counters.busy).subtract();
  (is_busy ? counters.busy : counters.idle).add();
}

// --- Accepting ---

void Reactor::update_accept() {
  update_accept(accept_room());
  if (is_draining_ && !are_listeners_shut_ && !is_accepting()) shut_listeners();
}

uint32_t Reactor::accept_room() {
  if (is_draining_ || now_.steady_ms < accept_again_ms_) {
    is_full_ = false;
    return 0;
  }
  if (num_free() == 0) make_room();
  const bool is_full = num_free() == 0 && num_evicted_ == 0;
  if (is_full && !is_full_) counters_.accepts_paused.add();
  is_full_ = is_full;
  return num_free();
}

uint32_t Reactor::num_free() const noexcept {
  const auto num_open = static_cast<uint32_t>(counters_.connections_open);
  // Each listener may have an accept under way, which takes a place when it likes.
  const auto num_taken_max = static_cast<uint32_t>(slots_.size() - (listeners_.size() - 1));
  return num_taken_max - std::min(num_open, num_taken_max);
}

// Closes the connection that was idle longest. Without a word: whoever asks again after such a time
// must be ready to connect again.
void Reactor::make_room() {
  if (num_evicted_ > 0) return;
  while (true) {
    if (longest_idle_.empty()) find_idle();
    if (longest_idle_.empty()) return;
    const auto [since_ms, index] = longest_idle_.back();
    longest_idle_.pop_back();
    Slot& slot = slots_[index];
    if (!slot.is_open || slot.connection.idle_since_ms() != since_ms) continue;
    counters_.idles_evicted.add();
    slot.is_evicted = true;
    ++num_evicted_;
    slot.connection.abort();
    touch(index);
    return settle_touched();
  }
}

void Reactor::find_idle() {
  if (now_.steady_ms < find_idle_again_ms_) return;
  const auto spare_ms = static_cast<uint64_t>(options_.timeouts.spare.count());
  for (uint32_t index = 0; index < slots_.size(); ++index) {
    if (!slots_[index].is_open) continue;
    const uint64_t since_ms = slots_[index].connection.idle_since_ms();
    if (since_ms != kNever && since_ms + spare_ms <= now_.steady_ms) {
      longest_idle_.push_back({since_ms, index});
    }
  }
  if (longest_idle_.empty()) find_idle_again_ms_ = now_.steady_ms + kFindIdleRetryMs;
  const size_t num_kept = std::min(longest_idle_.size(), kLongestIdle);
  std::partial_sort(longest_idle_.begin(), longest_idle_.begin() + static_cast<ptrdiff_t>(num_kept),
                    longest_idle_.end(),
                    [](const Idle& a, const Idle& b) { return a.since_ms < b.since_ms; });
  longest_idle_.resize(num_kept);
  std::reverse(longest_idle_.begin(), longest_idle_.end());
}

void Reactor::accept_all(uint8_t listener) {
  const ReactorListener& from = listeners_[listener];
  while (counters_.connections_open < slots_.size()) {
    sockaddr_storage address{};
    socklen_t length = sizeof(address);
    const bool needs_peer = from.needs_peer();
    UniqueFd client(accept4(from.socket.get(),
                            needs_peer ? reinterpret_cast<sockaddr*>(&address) : nullptr,
                            needs_peer ? &length : nullptr, SOCK_CLOEXEC));
    if (!client) {
      const int error = errno;
      if (error == EAGAIN) return;
      if (accept_failed(error)) continue;
      return;
    }
    const std::optional<uint32_t> index = install(std::move(client));
    if (!index) return pause_accept();
    adopt(*index, listener, PeerAddress::from(address));
  }
}

bool Reactor::accept_failed(int error) {
  if (is_of_peer(error) || error == EINTR) return true;
  pause_accept();
  return false;
}

// For want of descriptors or memory, which may pass: to try at once would spin.
void Reactor::pause_accept() {
  counters_.accepts_failed.add();
  accept_again_ms_ = now_.steady_ms + kAcceptRetryMs;
}

// Takes the last connections before: they were established before we were asked to stop, so their
// clients believe that we are there.
void Reactor::shut_listeners() {
  for (size_t i = 0; i < listeners_.size(); ++i) {
    const int fd = listeners_[i].socket.get();
    fcntl(fd, F_SETFL, O_NONBLOCK);
    accept_all(static_cast<uint8_t>(i));
    // Now, not when the last connection is gone: a successor may want the address.
    if (!listeners_[i].is_shared) ::shutdown(fd, SHUT_RDWR);
  }
  listeners_.clear();
  are_listeners_shut_ = true;
  settle_touched();
}

// --- What a back end reports ---

void Reactor::touch(uint32_t index) {
  if (std::exchange(slots_[index].is_touched, true)) return;
  touched_.push_back(index);
}

void Reactor::adopt(uint32_t index, uint8_t listener, const PeerAddress& peer) {
  Slot& slot = slots_[index];
  slot.is_open = true;
  counters_.connections_open.add();
  counters_.connections_accepted.add();
  const WireFactory* wire = listeners_[listener].wire;
  slot.connection.open(index, listeners_[listener].id, peer,
                       wire != nullptr ? wire->make() : nullptr, options_.timeouts, now_);
  counters_of(slot).accepted.add();
  counters_of(slot).idle.add();
  if (is_draining_) slot.connection.drain(now_);
  protocol_.open(slot.connection);
  if (wire != nullptr && !wire->admits(peer)) {
    counters_.connections_refused.add();
    slot.connection.abort();
  }
  touch(index);
}

void Reactor::received(uint32_t index, std::string_view bytes) {
  counters_.bytes_received.add(bytes.size());
  slots_[index].connection.receive(protocol_, bytes, now_);
}

void Reactor::sent(uint32_t index, size_t num_bytes) {
  counters_.bytes_sent.add(num_bytes);
  slots_[index].connection.sent(protocol_, num_bytes, now_);
}

void Reactor::broken(uint32_t index, std::string_view operation, int error) {
  if (!is_of_peer(error) && options_.warn && !std::exchange(has_warned_, true)) {
    options_.warn("a connection was cut off, and more may be: " +
                  std::string(os_error(operation, error).message()));
  }
  slots_[index].connection.abort();
}

void Reactor::release(uint32_t index) {
  protocol_.close(slots_[index].connection);
  count_busy(slots_[index], false);
  counters_of(slots_[index]).idle.subtract();
  if (slots_[index].is_evicted) --num_evicted_;
  slots_[index] = Slot();
  counters_.connections_open.subtract();
}

void Reactor::woken() {
  is_draining_ = true;
  drain_end_ms_ = now_.steady_ms + static_cast<uint64_t>(options_.drain_limit.count());
  protocol_.drain();
  for (uint32_t index = 0; index < slots_.size(); ++index) {
    if (!slots_[index].is_open) continue;
    slots_[index].connection.drain(now_);
    touch(index);
  }
}

}  // namespace simdjwt::net
