// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// http_floor: the smallest HTTP server that io_uring allows, and so the floor for every other. It
// answers each request with the same 200; of a request it sees nothing but the end of its head.
// There are no time limits and no refusals: for benchmarks only.

#include <liburing.h>
#include <sys/socket.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "endpoint.h"
#include "net/ring.h"

namespace simdjwt::bench {
namespace {

constexpr std::string_view kReply = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
constexpr size_t kRepliesMax = 1024;  // in one send
constexpr unsigned kConnectionsMax = 32768;
constexpr unsigned kNumBuffers = 512;
constexpr size_t kBufferBytes = 8192;

// Counts the ends of heads, also where they are split over calls.
class HeadCounter {
 public:
  size_t count(std::string_view bytes) {
    size_t num_ends = 0;
    const char* const begin = bytes.data();
    const char* const end = begin + bytes.size();
    const char* at = begin;
    while ((at = static_cast<const char*>(std::memchr(at, '\n', static_cast<size_t>(end - at)))) !=
           nullptr) {
      const auto num_before = static_cast<size_t>(at - begin);
      num_ends += num_before >= 3 ? std::memcmp(at - 3, "\r\n\r", 3) == 0
                                  : is_end_across(bytes.substr(0, num_before));
      ++at;
    }
    remember(bytes);
    return num_ends;
  }

 private:
  // `before`, at most two bytes, are those between the last call's and a line feed.
  [[nodiscard]] bool is_end_across(std::string_view before) const {
    return std::string(last_, sizeof(last_)).append(before).ends_with("\r\n\r");
  }

  void remember(std::string_view bytes) {
    if (bytes.size() < sizeof(last_)) {
      const size_t num_kept = sizeof(last_) - bytes.size();
      std::memmove(last_, last_ + bytes.size(), num_kept);
      bytes.copy(last_ + num_kept, bytes.size());
    } else {
      std::memcpy(last_, bytes.data() + bytes.size() - sizeof(last_), sizeof(last_));
    }
  }

  char last_[3] = {};
};

struct Connection {
  HeadCounter heads;
  size_t num_unanswered = 0;
  size_t num_unsent = 0;  // bytes of the reply that a short send left
  bool is_touched = false;
  bool is_sending = false;
  bool is_receiving = false;
  bool is_ended = false;
};

class Floor {
 public:
  Floor(net::UniqueFd listener, net::Ring ring, net::BufferRing buffers, unsigned num_connections)
      : listener_(std::move(listener)),
        connections_(num_connections),
        ring_(std::move(ring)),
        buffers_(std::move(buffers)) {
    for (size_t i = 0; i < kRepliesMax; ++i) replies_ += kReply;
  }

  void run() {
    accept();
    while (ring_.submit_and_wait(nullptr)) {
      ring_.for_each_completion([this](const io_uring_cqe& cqe) { handle(cqe); });
      buffers_.give_back_all();
      for (const uint32_t index : touched_) settle(index);
      touched_.clear();
    }
  }

 private:
  enum class Operation : uint8_t { kAccept, kReceive, kSend, kClose };

  io_uring_sqe* submission() { return ring_.next_submission(); }

  // user_data = operation | index. Slots need no generation: one is closed when nothing is under
  // way.
  static void label(io_uring_sqe* sqe, Operation operation, uint32_t index) {
    sqe->user_data = uint64_t{static_cast<uint8_t>(operation)} << 32 | index;
  }

  void accept() {
    io_uring_sqe* sqe = submission();
    io_uring_prep_multishot_accept_direct(sqe, listener_.get(), nullptr, nullptr, 0);
    label(sqe, Operation::kAccept, 0);
  }

  void handle(const io_uring_cqe& cqe) {
    const auto index = static_cast<uint32_t>(cqe.user_data);
    switch (static_cast<Operation>(cqe.user_data >> 32)) {
      case Operation::kAccept:
        if ((cqe.flags & IORING_CQE_F_MORE) == 0) accept();
        if (cqe.res < 0) return;
        connections_[static_cast<uint32_t>(cqe.res)] = {};
        return touch(static_cast<uint32_t>(cqe.res));
      case Operation::kReceive:
        handle_receive(connections_[index], cqe);
        return touch(index);
      case Operation::kSend:
        handle_send(connections_[index], cqe.res);
        return touch(index);
      case Operation::kClose:
        return;
    }
  }

  void handle_receive(Connection& connection, const io_uring_cqe& cqe) {
    if ((cqe.flags & IORING_CQE_F_MORE) == 0) connection.is_receiving = false;
    if ((cqe.flags & IORING_CQE_F_BUFFER) != 0) {
      connection.num_unanswered += connection.heads.count(buffers_.take(cqe));
    } else if (cqe.res == -ENOBUFS) {
      buffers_.note_shortage();
    } else {
      connection.is_ended = true;  // the client may still wait for replies
    }
  }

  static void handle_send(Connection& connection, int result) {
    connection.is_sending = false;
    if (result <= 0) {
      connection.is_ended = true;
      connection.num_unanswered = connection.num_unsent = 0;
    } else {
      connection.num_unsent -= static_cast<size_t>(result);
    }
  }

  // One send a turn, straight from the prepared replies.
  void settle(uint32_t index) {
    Connection& connection = connections_[index];
    connection.is_touched = false;
    if (!connection.is_receiving && !connection.is_ended) receive(index);
    if (connection.is_sending) return;
    if (connection.num_unsent == 0) {
      const size_t num_replies = std::min(connection.num_unanswered, kRepliesMax);
      connection.num_unanswered -= num_replies;
      connection.num_unsent = num_replies * kReply.size();
    }
    if (connection.num_unsent > 0) {
      send(index);
    } else if (connection.is_ended && !connection.is_receiving) {
      close(index);
    }
  }

  void receive(uint32_t index) {
    connections_[index].is_receiving = true;
    io_uring_sqe* sqe = submission();
    net::BufferRing::prepare_receive(sqe, static_cast<int>(index));
    sqe->flags |= IOSQE_FIXED_FILE;
    label(sqe, Operation::kReceive, index);
  }

  void send(uint32_t index) {
    Connection& connection = connections_[index];
    connection.is_sending = true;
    io_uring_sqe* sqe = submission();
    // The unsent bytes are the end of a row of replies, wherever it began.
    const char* unsent = replies_.data() + replies_.size() - connection.num_unsent;
    io_uring_prep_send(sqe, static_cast<int>(index), unsent, connection.num_unsent,
                       MSG_NOSIGNAL | MSG_WAITALL);
    sqe->flags |= IOSQE_FIXED_FILE;
    label(sqe, Operation::kSend, index);
  }

  void close(uint32_t index) {
    io_uring_sqe* sqe = submission();
    io_uring_prep_close_direct(sqe, index);
    label(sqe, Operation::kClose, index);
  }

  void touch(uint32_t index) {
    if (std::exchange(connections_[index].is_touched, true)) return;
    touched_.push_back(index);
  }

  net::UniqueFd listener_;
  std::string replies_;
  std::vector<Connection> connections_;
  std::vector<uint32_t> touched_;
  net::Ring ring_;
  net::BufferRing buffers_;
};

absl::Status serve(const Endpoint& endpoint) {
  absl::StatusOr<net::UniqueFd> listener = endpoint.listen();
  if (!listener.ok()) return listener.status();
  absl::StatusOr<net::Ring> ring = net::Ring::create(512, 4096);
  if (!ring.ok()) return ring.status();
  const unsigned num_connections = std::min(kConnectionsMax, raise_descriptor_limit());
  if (absl::Status status = ring->reserve_descriptors(num_connections); !status.ok()) return status;
  absl::StatusOr<net::BufferRing> buffers =
      net::BufferRing::create(*ring, kNumBuffers, kBufferBytes);
  if (!buffers.ok()) return buffers.status();
  if (absl::Status status = ring->enable(); !status.ok()) return status;
  Floor(*std::move(listener), *std::move(ring), *std::move(buffers), num_connections).run();
  return absl::InternalError("the ring failed");
}

int run(int argc, char** argv) {
  CLI::App app("Answers every HTTP request with the same 200, as cheaply as io_uring can");
  std::string address;
  app.add_option("address", address, "127.0.0.1:8080, [::1]:8080 or unix:/path")->required();
  CLI11_PARSE(app, argc, argv);

  const absl::StatusOr<Endpoint> endpoint = Endpoint::parse(address);
  const absl::Status status = endpoint.ok() ? serve(*endpoint) : endpoint.status();
  (void)std::fprintf(stderr, "http_floor: %s\n", std::string(status.message()).c_str());
  return 1;
}

}  // namespace
}  // namespace simdjwt::bench

int main(int argc, char** argv) { return simdjwt::bench::run(argc, argv); }
