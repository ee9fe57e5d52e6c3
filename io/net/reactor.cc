// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "net/reactor.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace simdjwt::net {
namespace {

// With fewer free places than this, connections are accepted one at a time: a multishot accept that
// finds the table full resets the connection it has in hand.
constexpr uint32_t kMultishotAcceptRoom = 1024;
constexpr uint64_t kAcceptRetryMs = 100;

// user_data = operation (8 bits) | generation (24) | slot (32).
constexpr uint32_t kGenerationMask = 0xffffff;

constexpr uint64_t pack(uint8_t operation, uint32_t generation, uint32_t index) {
  return uint64_t{operation} << 56 | uint64_t{generation & kGenerationMask} << 32 | index;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Reactor>> Reactor::create(UniqueFd listener, Protocol& protocol,
                                                         const ReactorOptions& options) {
  UniqueFd wake(eventfd(0, EFD_CLOEXEC));
  if (!wake) return absl::UnavailableError("no eventfd: " + std::string(std::strerror(errno)));
  absl::StatusOr<Ring> ring = Ring::create(options.num_submissions, options.num_completions);
  if (!ring.ok()) return ring.status();
  absl::Status status = ring->reserve_descriptors(options.num_connections_max);
  if (!status.ok()) return status;
  absl::StatusOr<BufferRing> buffers =
      BufferRing::create(*ring, options.num_buffers, options.buffer_bytes);
  if (!buffers.ok()) return buffers.status();
  return std::unique_ptr<Reactor>(new Reactor(std::move(listener), std::move(wake), protocol,
                                              options, *std::move(ring), *std::move(buffers)));
}

Reactor::Reactor(UniqueFd listener, UniqueFd wake, Protocol& protocol,
                 const ReactorOptions& options, Ring ring, BufferRing buffers)
    : protocol_(protocol),
      options_(options),
      listener_(std::move(listener)),
      wake_(std::move(wake)),
      slots_(options.num_connections_max),
      deadlines_(options.num_connections_max),
      ring_(std::move(ring)),
      buffers_(std::move(buffers)) {
  touched_.reserve(options.num_connections_max);
}

void Reactor::stop() noexcept {
  const uint64_t one = 1;
  // Only a full counter could fail, and then a wake-up is pending anyway.
  [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof(one));
}

absl::Status Reactor::run() {
  if (absl::Status status = ring_.enable(); !status.ok()) return status;
  now_ = read_clocks();
  await_wake();
  while (true) {
    update_accept();
    if (is_listener_shut_ && num_open_ == 0) {
      ring_.submit();  // the last closes
      return absl::OkStatus();
    }
    if (!wait()) {
      return absl::InternalError("io_uring: " + std::string(std::strerror(ring_.last_error())));
    }
    ++counters_.turns;
    now_ = read_clocks();
    protocol_.begin_turn(now_);
    ring_.for_each_completion([this](const io_uring_cqe& cqe) { handle(cqe); });
    deadlines_.sweep(now_.steady_ms, [this](size_t index) {
      ++counters_.connections_expired;
      slots_[index].connection.expire(protocol_, now_);
      touch(static_cast<uint32_t>(index));
    });
    protocol_.flush();
    buffers_.give_back_all();
    for (const uint32_t index : touched_) settle(index);
    touched_.clear();
  }
}

bool Reactor::wait() {
  uint64_t next_ms = deadlines_.next_sweep_ms();
  if (!is_accepting_ && accept_again_ms_ > now_.steady_ms) {
    next_ms = std::min(next_ms, accept_again_ms_);
  }
  if (next_ms == kNever) return ring_.submit_and_wait(nullptr);
  const uint64_t wait_ms = next_ms - std::min(next_ms, now_.steady_ms);
  __kernel_timespec timeout{.tv_sec = static_cast<int64_t>(wait_ms / 1000),
                            .tv_nsec = static_cast<int64_t>(wait_ms % 1000 * 1'000'000)};
  return ring_.submit_and_wait(&timeout);
}

void Reactor::handle(const io_uring_cqe& cqe) {
  const auto operation = static_cast<Operation>(cqe.user_data >> 56);
  switch (operation) {
    case Operation::kWake:
      return handle_wake();
    case Operation::kAccept:
      return handle_accept(cqe);
    case Operation::kCancelAccept:
    case Operation::kClose:  // its slot was given up when it was submitted
      return;
    default:
      break;
  }
  const auto index = static_cast<uint32_t>(cqe.user_data);
  Slot& slot = slots_[index];
  if (((cqe.user_data >> 32 ^ slot.generation) & kGenerationMask) != 0) {
    ++counters_.completions_stale;
    if ((cqe.flags & IORING_CQE_F_BUFFER) != 0) (void)buffers_.take(cqe);
    return;
  }
  touch(index);
  if ((cqe.flags & IORING_CQE_F_MORE) == 0) --slot.num_operations;
  if (operation == Operation::kReceive) handle_receive(slot, cqe);
  if (operation == Operation::kSend) handle_send(slot, cqe.res);
}

// What the kernel is to do for a connection after all that happened in the turn.
void Reactor::settle(uint32_t index) {
  Slot& slot = slots_[index];
  Connection& connection = slot.connection;
  slot.is_touched = false;
  if (slot.is_closing) {
    if (slot.num_operations == 0) close(index);
    return;
  }
  switch (connection.next_step(now_)) {
    case Connection::Step::kClose:
      return begin_close(index);
    case Connection::Step::kShutdownWrite:
      shut_down(index, SHUT_WR);
      break;
    case Connection::Step::kNone:
      break;
  }
  if (!slot.is_sending) {
    if (const std::string_view bytes = connection.begin_send(now_); !bytes.empty()) {
      send(index, bytes);
    }
  }
  if (connection.wants_input()) {
    if (!slot.is_receiving) receive(index);
  } else if (slot.is_receiving && !slot.is_cancelling) {
    cancel_receive(index);
  }
  deadlines_.set(index, connection.deadline_ms());
}

// --- Completions ---

void Reactor::handle_wake() {
  is_draining_ = true;
  protocol_.drain();
  for (uint32_t index = 0; index < slots_.size(); ++index) {
    if (!slots_[index].is_open) continue;
    slots_[index].connection.drain(now_);
    touch(index);
  }
}

void Reactor::handle_accept(const io_uring_cqe& cqe) {
  // Whatever the result, this flag alone tells whether the kernel goes on.
  if ((cqe.flags & IORING_CQE_F_MORE) == 0) is_accepting_ = is_cancelling_accept_ = false;
  if (cqe.res >= 0) {
    adopt(static_cast<uint32_t>(cqe.res));
    touch(static_cast<uint32_t>(cqe.res));
  } else if (cqe.res != -ECANCELED) {
    ++counters_.accepts_failed;
    accept_again_ms_ = now_.steady_ms + kAcceptRetryMs;
  }
}

void Reactor::handle_receive(Slot& slot, const io_uring_cqe& cqe) {
  // Again the flag, not the result, tells whether there is a buffer to give back.
  std::string_view bytes;
  if ((cqe.flags & IORING_CQE_F_BUFFER) != 0) bytes = buffers_.take(cqe);
  if ((cqe.flags & IORING_CQE_F_MORE) == 0) slot.is_receiving = slot.is_cancelling = false;
  switch (cqe.res) {
    case 0:
      return slot.connection.receive_end();
    case -ENOBUFS:  // all buffers are taken; by the time we settle, they are back
      ++counters_.receives_starved;
      return;
    case -ECANCELED:
      return;
    default:
      if (cqe.res < 0) return slot.connection.abort();
      slot.connection.receive(protocol_, bytes, now_);
  }
}

void Reactor::handle_send(Slot& slot, int result) {
  slot.is_sending = false;
  if (result <= 0) return slot.connection.abort();
  slot.connection.sent(protocol_, static_cast<size_t>(result), now_);
}

// --- Submissions ---

template <class Prepare>
void Reactor::submit(Operation operation, uint32_t generation, uint32_t index, Prepare prepare) {
  io_uring_sqe* sqe = ring_.next_submission();
  prepare(sqe);
  sqe->user_data = pack(static_cast<uint8_t>(operation), generation, index);
}

template <class Prepare>
void Reactor::submit_for(uint32_t index, Operation operation, Prepare prepare) {
  Slot& slot = slots_[index];
  ++slot.num_operations;
  submit(operation, slot.generation, index, [&prepare](io_uring_sqe* sqe) {
    prepare(sqe);
    // Not of the cancellation, which names an operation and no descriptor.
    if (sqe->opcode != IORING_OP_ASYNC_CANCEL) sqe->flags |= IOSQE_FIXED_FILE;
  });
}

void Reactor::await_wake() {
  submit(Operation::kWake, 0, 0, [this](io_uring_sqe* sqe) {
    io_uring_prep_read(sqe, wake_.get(), &wake_value_, sizeof(wake_value_), 0);
  });
}

// Accepts many at a time while there is ample room, one at a time while there is little, and not at
// all while there is none.
void Reactor::update_accept() {
  const auto num_free = static_cast<uint32_t>(slots_.size()) - num_open_;
  const bool is_roomy = num_free > kMultishotAcceptRoom;
  if (is_accepting_) {
    if (is_cancelling_accept_ || (!is_draining_ && (is_roomy || !is_accept_multishot_))) return;
    is_cancelling_accept_ = true;
    return submit(Operation::kCancelAccept, 0, 0, [](io_uring_sqe* sqe) {
      io_uring_prep_cancel64(sqe, pack(static_cast<uint8_t>(Operation::kAccept), 0, 0), 0);
    });
  }
  if (is_draining_) {
    if (!is_listener_shut_) adopt_backlog();
    return;
  }
  if (num_free == 0 || now_.steady_ms < accept_again_ms_) return;
  is_accepting_ = true;
  is_accept_multishot_ = is_roomy;
  submit(Operation::kAccept, 0, 0, [this](io_uring_sqe* sqe) {
    // "- 1" chooses any free descriptor: newer liburing takes the constant itself, and this too.
    constexpr unsigned kAnyDescriptor = IORING_FILE_INDEX_ALLOC - 1;
    if (is_accept_multishot_) {
      io_uring_prep_multishot_accept_direct(sqe, listener_.get(), nullptr, nullptr, 0);
    } else {
      io_uring_prep_accept_direct(sqe, listener_.get(), nullptr, nullptr, 0, kAnyDescriptor);
    }
  });
}

void Reactor::receive(uint32_t index) {
  slots_[index].is_receiving = true;
  submit_for(index, Operation::kReceive, [this, index](io_uring_sqe* sqe) {
    // The length bounds what one client gets before others have their turn.
    io_uring_prep_recv_multishot(sqe, static_cast<int>(index), nullptr, buffers_.buffer_bytes(), 0);
    sqe->flags |= IOSQE_BUFFER_SELECT;
    sqe->buf_group = BufferRing::kGroup;
  });
}

void Reactor::cancel_receive(uint32_t index) {
  Slot& slot = slots_[index];
  slot.is_cancelling = true;
  submit_for(index, Operation::kCancelReceive, [&slot, index](io_uring_sqe* sqe) {
    io_uring_prep_cancel64(
        sqe, pack(static_cast<uint8_t>(Operation::kReceive), slot.generation, index), 0);
  });
}

void Reactor::send(uint32_t index, std::string_view bytes) {
  slots_[index].is_sending = true;
  submit_for(index, Operation::kSend, [index, bytes](io_uring_sqe* sqe) {
    io_uring_prep_send(sqe, static_cast<int>(index), bytes.data(), bytes.size(),
                       MSG_NOSIGNAL | MSG_WAITALL);
  });
}

void Reactor::shut_down(uint32_t index, int how) {
  submit_for(index, Operation::kShutdown, [index, how](io_uring_sqe* sqe) {
    io_uring_prep_shutdown(sqe, static_cast<int>(index), how);
  });
}

// Ends what is under way; the last of its completions closes.
void Reactor::begin_close(uint32_t index) {
  Slot& slot = slots_[index];
  slot.is_closing = true;
  deadlines_.set(index, kNever);
  if (slot.num_operations == 0) {
    close(index);
  } else {
    shut_down(index, SHUT_RDWR);
  }
}

void Reactor::close(uint32_t index) {
  Slot& slot = slots_[index];
  submit(Operation::kClose, slot.generation, index,
         [index](io_uring_sqe* sqe) { io_uring_prep_close_direct(sqe, index); });
  slot = Slot{.connection = {}, .generation = slot.generation + 1};
  --num_open_;
}

// --- Connections ---

void Reactor::adopt(uint32_t index) {
  Slot& slot = slots_[index];
  slot.is_open = true;
  ++num_open_;
  ++counters_.connections_accepted;
  slot.connection.open(index, 0, PeerAddress(), nullptr, options_.timeouts, now_);
  if (is_draining_) slot.connection.drain(now_);
  protocol_.open(slot.connection);
}

// The last connections before the listener shuts: they were established before we were asked to
// stop, so their clients believe that we are there.
void Reactor::adopt_backlog() {
  ring_.submit();  // closes that still wait would otherwise hit whoever gets their places here
  fcntl(listener_.get(), F_SETFL, O_NONBLOCK);
  for (uint32_t index = 0; index < slots_.size(); ++index) {
    if (slots_[index].is_open) continue;
    const UniqueFd client(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client) break;
    if (!ring_.install_descriptor(index, client.get())) break;
    adopt(index);
    settle(index);
  }
  // Now, not when the ring's remains are cleared away: a successor may want the address.
  ::shutdown(listener_.get(), SHUT_RDWR);
  is_listener_shut_ = true;
}

void Reactor::touch(uint32_t index) {
  if (std::exchange(slots_[index].is_touched, true)) return;
  touched_.push_back(index);
}

}  // namespace simdjwt::net
