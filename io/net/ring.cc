// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "net/ring.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "net/unique_fd.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#endif
#endif
// The sanitizer does not see what the kernel writes, but it can see us read a buffer that is the
// kernel's again.
#if !defined(ASAN_POISON_MEMORY_REGION)
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

namespace simdjwt::net {
namespace {

// With less it could not work well.
constexpr unsigned kSubmissionsMin = 64;

// Why the kernel says no, as far as it can be known.
std::string explain(int error) {
  switch (error) {
    case EPERM: {
      std::ifstream sysctl("/proc/sys/kernel/io_uring_disabled");
      int disabled = 0;
      if (sysctl >> disabled && disabled != 0) {
        return "refused by the setting kernel.io_uring_disabled = " + std::to_string(disabled);
      }
      return "refused, most likely by a seccomp profile such as the default one of Docker or "
             "containerd";
    }
    case ENOSYS:
      return "this kernel or sandbox has none";
    case ENOMEM:
      return "not enough lockable memory (raise RLIMIT_MEMLOCK)";
    case EMFILE:
      return "too few file descriptors allowed (raise RLIMIT_NOFILE)";
    case EINVAL:
      return "this kernel's is too old (Linux 6.0 is needed)";
    default:
      return std::strerror(error);
  }
}

absl::Status refusal(std::string_view what, int error) {
  return absl::UnavailableError("io_uring: " + std::string(what) + ": " + explain(error));
}

// Best first. Completion work runs when the thread asks for it, not by interrupting it: up to a
// fifth less CPU than without either flag. SQPOLL burns a core and excludes the first.
struct Mode {
  std::string_view name;
  unsigned flags;
};
constexpr Mode kModes[] = {
    {"defer-taskrun", IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN},  // Linux 6.1
    {"coop-taskrun", IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG},
};

size_t round_up_to_page(size_t num_bytes) {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return (num_bytes + page - 1) / page * page;
}

}  // namespace

void Ring::Exit::operator()(io_uring* ring) const noexcept {
  io_uring_queue_exit(ring);
  delete ring;
}

absl::StatusOr<Ring> Ring::create(unsigned num_submissions, unsigned num_completions) {
  int error = 0;
  for (const Mode& mode : kModes) {
    unsigned divisor = 1;
    do {
      io_uring_params params{};
      params.flags = mode.flags | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_CQSIZE |
                     IORING_SETUP_CLAMP | IORING_SETUP_R_DISABLED;
      params.cq_entries = num_completions / divisor;
      auto memory = std::make_unique<io_uring>();
      error = -io_uring_queue_init_params(num_submissions / divisor, memory.get(), &params);
      if (error == 0) {
        std::unique_ptr<io_uring, Exit> ring(memory.release());
        io_uring_ring_dontfork(ring.get());
        return Ring(std::move(ring), mode.name);
      }
      divisor *= 2;
    } while (error == ENOMEM && num_submissions / divisor >= kSubmissionsMin);
    if (error != EINVAL) break;
  }
  return refusal("no ring", error);
}

absl::Status Ring::reserve_descriptors(unsigned num_descriptors) {
  const int result = io_uring_register_files_sparse(ring_.get(), num_descriptors);
  return result == 0 ? absl::OkStatus() : refusal("no room for connections", -result);
}

absl::Status Ring::enable() {
  // Spelt out, as the shared library of liburing 2.3 does not export io_uring_enable_rings().
  const int result = io_uring_register(static_cast<unsigned>(ring_->ring_fd),
                                       IORING_REGISTER_ENABLE_RINGS, nullptr, 0);
  return result == 0 ? absl::OkStatus() : refusal("not enabled", -result);
}

bool Ring::install_descriptor(unsigned index, int fd) noexcept {
  return io_uring_register_files_update(ring_.get(), index, &fd, 1) == 1;
}

io_uring_sqe* Ring::next_submission() noexcept {
  io_uring_sqe* sqe = io_uring_get_sqe(ring_.get());
  while (sqe == nullptr) {
    // Full. A refusal here (-EAGAIN, -EBUSY) is want of memory, which passes.
    if (io_uring_submit(ring_.get()) <= 0) sched_yield();
    sqe = io_uring_get_sqe(ring_.get());
  }
  return sqe;
}

void Ring::submit() noexcept { io_uring_submit(ring_.get()); }

bool Ring::submit_and_wait(__kernel_timespec* timeout) noexcept {
  io_uring_cqe* first = nullptr;
  const int result = io_uring_submit_and_wait_timeout(ring_.get(), &first, 1, timeout, nullptr);
  switch (result) {
    case -ETIME:
    case -EINTR:
    case -EAGAIN:  // memory or the completion queue is short: what is there gets handled first
    case -EBUSY:
      return true;
    default:
      last_error_ = result < 0 ? -result : 0;
      return result >= 0;
  }
}

void BufferRing::Unmap::operator()(char* memory) const noexcept {
  ASAN_UNPOISON_MEMORY_REGION(memory, num_bytes);
  munmap(memory, num_bytes);
}

BufferRing::BufferRing(Memory memory, size_t descriptor_bytes, unsigned num_buffers,
                       size_t buffer_bytes)
    : memory_(std::move(memory)),
      descriptors_(reinterpret_cast<io_uring_buf_ring*>(memory_.get())),
      buffers_(memory_.get() + descriptor_bytes),
      num_buffers_(num_buffers),
      buffer_bytes_(buffer_bytes) {
  use(kBuffersMin);
}

void BufferRing::use(unsigned num_buffers) noexcept {
  const unsigned num_wanted = std::min(num_buffers, num_buffers_);
  while (num_used_ < num_wanted) taken_.push_back(static_cast<uint16_t>(num_used_++));
}

absl::StatusOr<BufferRing> BufferRing::create(Ring& ring, unsigned num_buffers,
                                              size_t buffer_bytes) {
  while (true) {
    const size_t descriptor_bytes = round_up_to_page(num_buffers * sizeof(io_uring_buf));
    const size_t num_bytes = descriptor_bytes + num_buffers * buffer_bytes;
    void* mapping =
        mmap(nullptr, num_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping == MAP_FAILED) return refusal("no receive buffers", errno);
    Memory memory(static_cast<char*>(mapping), Unmap{num_bytes});

    io_uring_buf_reg registration{};
    registration.ring_addr = reinterpret_cast<uintptr_t>(mapping);
    registration.ring_entries = num_buffers;
    registration.bgid = kGroup;
    const int result = io_uring_register_buf_ring(ring.ring_.get(), &registration, 0);
    if (result == 0) {
      BufferRing buffers(std::move(memory), descriptor_bytes, num_buffers, buffer_bytes);
      io_uring_buf_ring_init(buffers.descriptors_);
      buffers.give_back_all();
      return buffers;
    }
    num_buffers /= 2;
    if (result != -ENOMEM || num_buffers < kBuffersMin) {
      return refusal("no receive buffers", -result);
    }
  }
}

void BufferRing::prepare_receive(io_uring_sqe* sqe, int socket) noexcept {
  // No length: before Linux 6.17 it is refused, and there it does not keep a turn from bringing
  // dozens of buffers of one socket, either.
  io_uring_prep_recv_multishot(sqe, socket, nullptr, 0, 0);
  sqe->flags |= IOSQE_BUFFER_SELECT;
  sqe->buf_group = kGroup;
}

void BufferRing::prepare_receive_once(io_uring_sqe* sqe, int socket) noexcept {
  io_uring_prep_recv(sqe, socket, nullptr, 0, 0);
  sqe->flags |= IOSQE_BUFFER_SELECT;
  sqe->buf_group = kGroup;
}

std::string_view BufferRing::take(const io_uring_cqe& cqe) noexcept {
  const unsigned id = cqe.flags >> IORING_CQE_BUFFER_SHIFT;
  if (id >= num_used_) return {};
  taken_.push_back(static_cast<uint16_t>(id));
  if (cqe.res <= 0) return {};
  const auto num_bytes = static_cast<size_t>(cqe.res);
  ASAN_UNPOISON_MEMORY_REGION(buffer(id), num_bytes);
  return {buffer(id), num_bytes};
}

void BufferRing::give_back_all() noexcept {
  if (std::exchange(is_short_, false)) use(2 * num_used_);
  if (taken_.empty()) return;
  int offset = 0;
  for (const uint16_t id : taken_) {
    ASAN_POISON_MEMORY_REGION(buffer(id), buffer_bytes_);
    io_uring_buf_ring_add(descriptors_, buffer(id), static_cast<unsigned>(buffer_bytes_), id,
                          io_uring_buf_ring_mask(num_buffers_), offset++);
  }
  io_uring_buf_ring_advance(descriptors_, offset);
  taken_.clear();
}

// Receives into two buffers through one request, prepared as the reactor will.
absl::Status check_io_uring() {
  absl::StatusOr<Ring> ring = Ring::create(4 * kSubmissionsMin, 4 * kSubmissionsMin);
  if (!ring.ok()) return ring.status();
  const absl::StatusOr<BufferRing> buffers = BufferRing::create(*ring, 2, 64);
  if (!buffers.ok()) return buffers.status();
  if (absl::Status status = ring->reserve_descriptors(1); !status.ok()) return status;
  if (absl::Status status = ring->enable(); !status.ok()) return status;

  int sockets[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0) {
    return refusal("no socket pair for the self-test", errno);
  }
  const UniqueFd sender(sockets[0]);
  const UniqueFd receiver(sockets[1]);
  for (const char* message : {"first", "second"}) {
    if (send(sender.get(), message, std::strlen(message), MSG_NOSIGNAL) < 0) {
      return refusal("the self-test cannot send", errno);
    }
  }
  BufferRing::prepare_receive(ring->next_submission(), receiver.get());

  unsigned num_received = 0;
  int error = 0;
  while (num_received < 2 && error == 0) {
    __kernel_timespec second{.tv_sec = 1, .tv_nsec = 0};
    if (!ring->submit_and_wait(&second)) return refusal("self-test", ring->last_error());
    const unsigned before = num_received;
    ring->for_each_completion([&](const io_uring_cqe& cqe) {
      if (cqe.res > 0 && (cqe.flags & IORING_CQE_F_BUFFER) != 0) ++num_received;
      if (num_received == 2) return;  // what follows is that both buffers are taken
      if (cqe.res < 0) error = -cqe.res;
      if ((cqe.flags & IORING_CQE_F_MORE) == 0) error = EINVAL;
    });
    if (num_received == before && error == 0) error = ETIMEDOUT;
  }
  return error == 0 ? absl::OkStatus() : refusal("multishot receive", error);
}

}  // namespace simdjwt::net
