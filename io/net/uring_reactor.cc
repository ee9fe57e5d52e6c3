// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "net/uring_reactor.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include "net/listener.h"
#include "net/os_error.h"

namespace simdjwt::net {
namespace {

// With fewer free places than clients that may wait at a listener, connections are accepted one at
// a time: a multishot accept takes all of them at once, and if it finds the table full, resets the
// one it has in hand.
constexpr uint32_t kMultishotAcceptRoom = kBacklog;

// Buffers that a client may fill in a turn. Whoever fills more gets one a turn, until that is not
// filled: the kernel goes on with a client who has more to give before it looks at others.
constexpr uint16_t kShare = 32;

// user_data = operation (8 bits) | generation (24) | slot or listener (32).
constexpr uint32_t kGenerationMask = 0xffffff;

constexpr uint64_t pack(uint8_t operation, uint32_t generation, uint32_t index) {
  return uint64_t{operation} << 56 | uint64_t{generation & kGenerationMask} << 32 | index;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Reactor>> UringReactor::create(Parts& parts) {
  if (absl::Status status = check_io_uring(); !status.ok()) return status;
  const ReactorOptions& options = parts.options;
  absl::StatusOr<Ring> ring = Ring::create(options.num_submissions, options.num_completions);
  if (!ring.ok()) return ring.status();
  absl::Status status = ring->reserve_descriptors(options.num_connections_max);
  if (!status.ok()) return status;
  absl::StatusOr<BufferRing> buffers =
      BufferRing::create(*ring, options.num_buffers, options.buffer_bytes);
  if (!buffers.ok()) return buffers.status();
  return std::unique_ptr<Reactor>(
      new UringReactor(std::move(parts), *std::move(ring), *std::move(buffers)));
}

UringReactor::UringReactor(Parts&& parts, Ring ring, BufferRing buffers)
    : Reactor(std::move(parts), "io_uring/" + std::string(ring.mode())),
      work_(slots_.size()),
      accepts_(listeners_.size()),
      ring_(std::move(ring)),
      buffers_(std::move(buffers)) {}

absl::Status UringReactor::start() {
  if (absl::Status status = ring_.enable(); !status.ok()) return status;
  // The ring itself waits; with O_NONBLOCK, which a socket may have been inherited with, it would
  // not.
  for (const ReactorListener& listener : listeners_) fcntl(listener.socket.get(), F_SETFL, 0);
  await_wake();
  return absl::OkStatus();
}

// Sends mostly complete while they are submitted and so end the wait: a client that is alone costs
// two system calls a request. To wait for one completion more than there are sends (all of which
// are prompt with MSG_DONTWAIT) makes that one, saves nothing that could be measured with 1, 4 or
// 64 clients, and leaves a connection that is to be closed behind its answer open until another
// event.
absl::Status UringReactor::wait(uint64_t timeout_ms) {
  bool is_good;
  if (timeout_ms == kNever) {
    is_good = ring_.submit_and_wait(nullptr);
  } else {
    __kernel_timespec timeout{.tv_sec = static_cast<int64_t>(timeout_ms / 1000),
                              .tv_nsec = static_cast<int64_t>(timeout_ms % 1000 * 1'000'000)};
    is_good = ring_.submit_and_wait(&timeout);
  }
  if (is_good) return absl::OkStatus();
  return os_error("io_uring", ring_.last_error());
}

void UringReactor::handle_events() {
  if (ring_.has_overflown()) counters_.completions_overflown.add();
  counters_.completions.add(
      ring_.for_each_completion([this](const io_uring_cqe& cqe) { handle(cqe); }));
}

// --- Completions ---

void UringReactor::handle(const io_uring_cqe& cqe) {
  const auto operation = static_cast<Operation>(cqe.user_data >> 56);
  switch (operation) {
    case Operation::kWake:
      woken();
      return await_wake();
    case Operation::kAccept:
      return handle_accept(cqe);
    case Operation::kCancelAccept:
    case Operation::kClose:  // its slot was given up when it was submitted
      return;
    default:
      break;
  }
  const auto index = static_cast<uint32_t>(cqe.user_data);
  Work& work = work_[index];
  if (((cqe.user_data >> 32 ^ work.generation) & kGenerationMask) != 0) {
    counters_.completions_stale.add();
    if ((cqe.flags & IORING_CQE_F_BUFFER) != 0) (void)buffers_.take(cqe);
    return;
  }
  touch(index);
  if ((cqe.flags & IORING_CQE_F_MORE) == 0) --work.num_operations;
  if (operation == Operation::kReceive) handle_receive(index, cqe);
  if (operation == Operation::kSend) handle_send(index, cqe.res);
}

void UringReactor::handle_accept(const io_uring_cqe& cqe) {
  const auto listener = static_cast<uint8_t>(cqe.user_data);
  Accept& accept = accepts_[listener];
  // Whatever the result, this flag alone tells whether the kernel goes on.
  if ((cqe.flags & IORING_CQE_F_MORE) == 0) accept.is_armed = false;
  if (cqe.res >= 0) {
    adopt(static_cast<uint32_t>(cqe.res), listener, PeerAddress::from(accept.peer));
  } else if (cqe.res != -ECANCELED) {
    (void)accept_failed(-cqe.res);
  }
}

void UringReactor::handle_receive(uint32_t index, const io_uring_cqe& cqe) {
  // Again the flag, not the result, tells whether there is a buffer to give back.
  Work& work = work_[index];
  std::string_view bytes;
  if ((cqe.flags & IORING_CQE_F_BUFFER) != 0) bytes = buffers_.take(cqe);
  if ((cqe.flags & IORING_CQE_F_MORE) == 0) work.is_receiving = work.is_cancelling = false;
  switch (cqe.res) {
    case 0:
      return slots_[index].connection.receive_end();
    case -ENOBUFS:  // all buffers are taken; by the time we settle, they are back, and others
      counters_.receives_starved.add();
      buffers_.note_shortage();
      return;
    case -ECANCELED:
      return;
    default:
      if (cqe.res < 0) return broken(index, "recv", -cqe.res);
      ++work.num_buffers;
      if (!work.is_multishot) work.is_greedy = bytes.size() == buffers_.buffer_bytes();
      received(index, bytes);
  }
}

void UringReactor::handle_send(uint32_t index, int result) {
  slots_[index].is_sending = false;
  if (result <= 0) return broken(index, "send", result == 0 ? EPIPE : -result);
  sent(index, static_cast<size_t>(result));
}

// --- Submissions ---

template <class Prepare>
void UringReactor::submit(Operation operation, uint32_t generation, uint32_t index,
                          Prepare prepare) {
  counters_.submissions.add();
  io_uring_sqe* sqe = ring_.next_submission();
  prepare(sqe);
  sqe->user_data = pack(static_cast<uint8_t>(operation), generation, index);
}

template <class Prepare>
void UringReactor::submit_for(uint32_t index, Operation operation, Prepare prepare) {
  ++work_[index].num_operations;
  submit(operation, work_[index].generation, index, [&prepare](io_uring_sqe* sqe) {
    prepare(sqe);
    // Not of the cancellation, which names an operation and no descriptor.
    if (sqe->opcode != IORING_OP_ASYNC_CANCEL) sqe->flags |= IOSQE_FIXED_FILE;
  });
}

void UringReactor::await_wake() {
  submit(Operation::kWake, 0, 0, [this](io_uring_sqe* sqe) {
    io_uring_prep_read(sqe, wake_.get(), &wake_value_, sizeof(wake_value_), 0);
  });
}

// Accepts many at a time while there is ample room, one at a time while there is little, and not at
// all while there is none.
void UringReactor::update_accept(uint32_t room) {
  const bool is_roomy = room > kMultishotAcceptRoom;
  for (uint32_t listener = 0; listener < listeners_.size(); ++listener) {
    const Accept& current = accepts_[listener];
    if (!current.is_armed) {
      if (room > 0) accept(listener, is_roomy && !listeners_[listener].needs_peer());
    } else if (!current.is_cancelling && (current.is_multishot ? !is_roomy : room == 0)) {
      cancel_accept(listener);
    }
  }
}

bool UringReactor::is_accepting() const {
  return std::any_of(accepts_.begin(), accepts_.end(),
                     [](const Accept& accept) { return accept.is_armed; });
}

void UringReactor::accept(uint32_t listener, bool is_multishot) {
  Accept& accept = accepts_[listener];
  accept = {.is_armed = true, .is_multishot = is_multishot};
  submit(Operation::kAccept, 0, listener, [=, this, &accept](io_uring_sqe* sqe) {
    // "- 1" chooses any free descriptor: newer liburing takes the constant itself, and this too.
    constexpr unsigned kAnyDescriptor = IORING_FILE_INDEX_ALLOC - 1;
    const ReactorListener& from = listeners_[listener];
    if (is_multishot) {
      io_uring_prep_multishot_accept_direct(sqe, from.socket.get(), nullptr, nullptr, 0);
    } else {
      io_uring_prep_accept_direct(
          sqe, from.socket.get(),
          from.needs_peer() ? reinterpret_cast<sockaddr*>(&accept.peer) : nullptr,
          from.needs_peer() ? &accept.peer_length : nullptr, 0, kAnyDescriptor);
    }
  });
}

void UringReactor::cancel_accept(uint32_t listener) {
  accepts_[listener].is_cancelling = true;
  submit(Operation::kCancelAccept, 0, listener, [listener](io_uring_sqe* sqe) {
    io_uring_prep_cancel64(sqe, pack(static_cast<uint8_t>(Operation::kAccept), 0, listener), 0);
  });
}

std::optional<uint32_t> UringReactor::install(UniqueFd client) {
  ring_.submit();  // closes that still wait would otherwise hit whoever gets their places here
  while (install_at_ < slots_.size() && slots_[install_at_].is_open) ++install_at_;
  if (install_at_ == slots_.size()) return std::nullopt;
  if (!ring_.install_descriptor(install_at_, client.get())) return std::nullopt;
  return install_at_;
}

void UringReactor::update_receive(uint32_t index, bool wants_input) {
  Work& work = work_[index];
  if (std::exchange(work.num_buffers, 0) > kShare) work.is_greedy = true;
  if (!work.is_receiving) {
    if (wants_input) receive(index);
  } else if ((!wants_input || (work.is_greedy && work.is_multishot)) && !work.is_cancelling) {
    cancel_receive(index);
  }
}

void UringReactor::receive(uint32_t index) {
  Work& work = work_[index];
  work.is_receiving = true;
  work.is_multishot = !work.is_greedy;
  submit_for(index, Operation::kReceive, [index, &work](io_uring_sqe* sqe) {
    const auto place = static_cast<int>(index);
    work.is_multishot ? BufferRing::prepare_receive(sqe, place)
                      : BufferRing::prepare_receive_once(sqe, place);
  });
}

void UringReactor::cancel_receive(uint32_t index) {
  Work& work = work_[index];
  work.is_cancelling = true;
  submit_for(index, Operation::kCancelReceive, [&work, index](io_uring_sqe* sqe) {
    io_uring_prep_cancel64(
        sqe, pack(static_cast<uint8_t>(Operation::kReceive), work.generation, index), 0);
  });
}

bool UringReactor::send(uint32_t index, std::string_view bytes) {
  slots_[index].is_sending = true;
  submit_for(index, Operation::kSend, [index, bytes](io_uring_sqe* sqe) {
    io_uring_prep_send(sqe, static_cast<int>(index), bytes.data(), bytes.size(),
                       MSG_NOSIGNAL | MSG_WAITALL);
  });
  return false;
}

void UringReactor::shut_down_write(uint32_t index) { shut_down(index, SHUT_WR); }

void UringReactor::shut_down(uint32_t index, int how) {
  submit_for(index, Operation::kShutdown, [index, how](io_uring_sqe* sqe) {
    io_uring_prep_shutdown(sqe, static_cast<int>(index), how);
  });
}

void UringReactor::close(uint32_t index) {
  Work& work = work_[index];
  if (work.num_operations > 0) {
    // Ends them; the last of their completions gets us here again.
    if (!std::exchange(work.is_closing, true)) shut_down(index, SHUT_RDWR);
    return;
  }
  submit(Operation::kClose, work.generation, index,
         [index](io_uring_sqe* sqe) { io_uring_prep_close_direct(sqe, index); });
  work = Work{.generation = work.generation + 1};
  release(index);
}

}  // namespace simdjwt::net
