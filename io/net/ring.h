// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Ring: an io_uring with the flags that serve one thread best. BufferRing: the memory the kernel
// receives into.

#ifndef SIMDJWT_IO_NET_RING_H_
#define SIMDJWT_IO_NET_RING_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <liburing.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace simdjwt::net {

// Fails with a sentence that names the cause where io_uring is refused or lacks what the reactor
// needs (multishot receive into provided buffers: Linux 6.0). Tries it out, since no feature bit
// tells.
[[nodiscard]] absl::Status check_io_uring();

class Ring {
 public:
  // May be called by any thread. The ring works from enable() on, for the thread that called it.
  // Asks for less where memory may not be locked.
  [[nodiscard]] static absl::StatusOr<Ring> create(unsigned num_submissions,
                                                   unsigned num_completions);
  // `num_descriptors` places for accepted sockets, out of reach of the process's own table.
  [[nodiscard]] absl::Status reserve_descriptors(unsigned num_descriptors);
  [[nodiscard]] absl::Status enable();

  // Puts a copy of an ordinary descriptor into a free place.
  [[nodiscard]] bool install_descriptor(unsigned index, int fd) noexcept;

  // An entry to prepare; submitted by the next submit_and_wait(), or earlier if the queue is full.
  [[nodiscard]] io_uring_sqe* next_submission() noexcept;

  void submit() noexcept;

  // Submits everything, then waits for a completion or until `timeout` (forever if null) has
  // passed. Returns false for an error that no retry can mend, described by last_error().
  [[nodiscard]] bool submit_and_wait(__kernel_timespec* timeout) noexcept;
  [[nodiscard]] int last_error() const noexcept { return last_error_; }

  // Whether there were more completions than places for them. The kernel keeps the rest, but ends
  // every multishot request among it.
  [[nodiscard]] bool has_overflown() const noexcept {
    return io_uring_cq_has_overflow(ring_.get());
  }

  // Calls handle(cqe) for each completion and frees their places. Returns how many there were.
  template <class Handle>
  unsigned for_each_completion(Handle handle) {
    unsigned head;
    unsigned num_handled = 0;
    io_uring_cqe* cqe;
    io_uring_for_each_cqe(ring_.get(), head, cqe) {
      handle(*cqe);
      ++num_handled;
    }
    io_uring_cq_advance(ring_.get(), num_handled);
    return num_handled;
  }

  // "defer-taskrun": how the kernel runs this ring's work.
  [[nodiscard]] std::string_view mode() const noexcept { return mode_; }

 private:
  friend class BufferRing;
  struct Exit {
    void operator()(io_uring* ring) const noexcept;
  };
  Ring(std::unique_ptr<io_uring, Exit> ring, std::string_view mode) noexcept
      : ring_(std::move(ring)), mode_(mode) {}

  std::unique_ptr<io_uring, Exit> ring_;
  std::string_view mode_;
  int last_error_ = 0;
};

// `num_buffers` buffers of equal size that receives take from and give_back_all() returns: one pool
// for all connections, so that an idle one holds no memory.
//
// The kernel goes round: the buffer that was given back last is the last to be used again. So the
// fewer there are, the more likely it is still in the processor's cache. Therefore the ring begins
// with kBuffersMin of them, and each turn in which they did not suffice doubles their number.
class BufferRing {
 public:
  static constexpr unsigned kBuffersMin = 32;

  // num_buffers is a power of two, at most 32768; fewer, where memory may not be locked. The ring
  // must outlive this.
  [[nodiscard]] static absl::StatusOr<BufferRing> create(Ring& ring, unsigned num_buffers,
                                                         size_t buffer_bytes);

  // Receives into one buffer after another, until it fails or is cancelled.
  static void prepare_receive(io_uring_sqe* sqe, int socket) noexcept;
  // Receives into one buffer.
  static void prepare_receive_once(io_uring_sqe* sqe, int socket) noexcept;

  // The bytes of a completion that carries IORING_CQE_F_BUFFER; readable until give_back_all().
  [[nodiscard]] std::string_view take(const io_uring_cqe& cqe) noexcept;
  // A receive found no buffer.
  void note_shortage() noexcept { is_short_ = true; }
  // Returns all taken buffers to the kernel, and after a shortage more than these.
  void give_back_all() noexcept;

  [[nodiscard]] size_t buffer_bytes() const noexcept { return buffer_bytes_; }

 private:
  static constexpr uint16_t kGroup = 0;

  // One mapping: the ring of descriptors, page-aligned as the kernel demands, then the buffers.
  struct Unmap {
    size_t num_bytes;
    void operator()(char* memory) const noexcept;
  };
  using Memory = std::unique_ptr<char, Unmap>;

  BufferRing(Memory memory, size_t descriptor_bytes, unsigned num_buffers, size_t buffer_bytes);
  [[nodiscard]] char* buffer(unsigned id) const noexcept { return buffers_ + id * buffer_bytes_; }
  // Has so many buffers go round, or as many as there are.
  void use(unsigned num_buffers) noexcept;

  Memory memory_;
  io_uring_buf_ring* descriptors_;
  char* buffers_;
  unsigned num_buffers_;
  unsigned num_used_ = 0;  // the first ones
  bool is_short_ = false;
  size_t buffer_bytes_;
  std::vector<uint16_t> taken_;
};

}  // namespace simdjwt::net

#endif  // SIMDJWT_IO_NET_RING_H_
