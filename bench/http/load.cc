// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "load.h"

#include <absl/strings/str_format.h>
#include <liburing.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>

#include "cpu_time.h"
#include "net/ring.h"
#include "tls_client.h"

namespace simdjwt::bench {
namespace {

constexpr unsigned kNumBuffers = 512;
constexpr size_t kBufferBytes = 8192;
constexpr size_t kExcerpt = 160;  // bytes of a wrong reply that are shown
constexpr uint64_t kPatienceNs = 10'000'000'000;

uint64_t now_ns() {
  return static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

uint64_t to_ns(double seconds) { return static_cast<uint64_t>(seconds * 1e9); }

struct Connection {
  net::UniqueFd fd;
  std::optional<TlsClient> tls;
  size_t next_request = 0;
  uint64_t num_sent = 0;
  uint64_t num_answered = 0;
  ExpectedReplies::Position position;
  bool is_touched = false;
  bool is_sending = false;
  bool is_receiving = false;
  // When each request under way was sent or due, by its number modulo the depth.
  std::vector<uint64_t> starts;

  [[nodiscard]] uint64_t num_under_way() const { return num_sent - num_answered; }
};

class Load {
 public:
  Load(const Requests& requests, const ExpectedReplies& expected, const LoadOptions& options,
       std::vector<Connection> connections, net::Ring ring, net::BufferRing buffers)
      : requests_(requests),
        expected_(expected),
        options_(options),
        connections_(std::move(connections)),
        ring_(std::move(ring)),
        buffers_(std::move(buffers)) {}

  absl::StatusOr<LoadResult> run();

 private:
  enum class Phase : uint8_t { kWarmup, kMeasure, kFinish };
  enum class Operation : uint8_t { kReceive, kSend };

  // --- Time ---
  void update_phase();
  void begin_measuring();
  void end_measuring();
  [[nodiscard]] uint64_t phase_end() const;
  [[nodiscard]] bool wait();

  // --- The rate: request number n of all is due after n periods; connections take turns. ---
  [[nodiscard]] uint64_t due_at(uint64_t number) const {
    return begin_ns_ + static_cast<uint64_t>(static_cast<double>(number) * 1e9 / options_.rate);
  }
  void touch_due();
  [[nodiscard]] uint64_t num_due(size_t index) const;

  // --- Connections ---
  void handle(const io_uring_cqe& cqe);
  void handle_receive(size_t index, const io_uring_cqe& cqe);
  void settle(size_t index);
  [[nodiscard]] size_t num_to_send(size_t index) const;
  void receive(size_t index);
  void send(size_t index, size_t count);
  void touch(size_t index);

  void fail(std::string sentence) {
    if (status_.ok()) status_ = absl::InternalError(sentence);
  }
  void take_replies(size_t index, std::string_view bytes);
  void fail_reply(size_t index, std::string_view got);

  const Requests& requests_;
  const ExpectedReplies& expected_;
  const LoadOptions& options_;
  std::vector<Connection> connections_;
  std::vector<size_t> touched_;
  Phase phase_ = Phase::kWarmup;
  uint64_t begin_ns_ = 0;
  uint64_t measure_ns_ = 0;
  uint64_t now_ns_ = 0;
  uint64_t last_reply_ns_ = 0;
  uint64_t num_under_way_ = 0;
  uint64_t num_due_ = 0;  // by the rate, over all connections
  LoadResult result_;
  absl::Status status_;
  net::Ring ring_;
  net::BufferRing buffers_;
};

// A turn: send what each connection may send, wait, take what has arrived.
absl::StatusOr<LoadResult> Load::run() {
  begin_ns_ = now_ns_ = last_reply_ns_ = now_ns();
  for (size_t i = 0; i < connections_.size(); ++i) touch(i);
  while (true) {
    update_phase();
    if (phase_ == Phase::kFinish && num_under_way_ == 0) return std::move(result_);
    if (options_.rate > 0) touch_due();
    for (const size_t index : touched_) settle(index);
    touched_.clear();
    if (!wait()) return absl::InternalError(std::strerror(ring_.last_error()));
    now_ns_ = now_ns();
    ring_.for_each_completion([this](const io_uring_cqe& cqe) { handle(cqe); });
    buffers_.give_back_all();
    if (!status_.ok()) return status_;
    if (num_under_way_ > 0 && now_ns_ > last_reply_ns_ + kPatienceNs) {
      return absl::DeadlineExceededError(
          absl::StrFormat("no reply for ten seconds to %d requests", num_under_way_));
    }
    if (num_under_way_ == 0) last_reply_ns_ = now_ns_;
  }
}

// --- Time ---

void Load::update_phase() {
  const bool has_enough =
      options_.num_requests > 0 && result_.num_requests >= options_.num_requests;
  if (phase_ == Phase::kWarmup && now_ns_ >= phase_end()) begin_measuring();
  if (phase_ == Phase::kMeasure && (has_enough || now_ns_ >= phase_end())) end_measuring();
}

uint64_t Load::phase_end() const {
  if (phase_ == Phase::kWarmup) return begin_ns_ + to_ns(options_.warmup_seconds);
  const bool is_timed = phase_ == Phase::kMeasure && options_.num_requests == 0;
  return is_timed ? measure_ns_ + to_ns(options_.seconds) : UINT64_MAX;
}

void Load::begin_measuring() {
  phase_ = Phase::kMeasure;
  measure_ns_ = now_ns_;
  result_.client_cpu_seconds = -own_cpu_seconds();
  result_.server_cpu_seconds = cpu_seconds_of(options_.server_pids);
}

void Load::end_measuring() {
  phase_ = Phase::kFinish;
  result_.seconds = static_cast<double>(now_ns_ - measure_ns_) * 1e-9;
  result_.client_cpu_seconds += own_cpu_seconds();
  result_.server_cpu_seconds = cpu_seconds_of(options_.server_pids) - result_.server_cpu_seconds;
  if (options_.rate == 0) return;
  uint64_t num_sent = 0;
  for (const Connection& connection : connections_) num_sent += connection.num_sent;
  result_.num_late = num_due_ - num_sent;
}

// Returns at the next completion, the end of the phase, or when a request is due.
bool Load::wait() {
  uint64_t until = std::min(phase_end(), now_ns_ + kPatienceNs / 10);
  if (options_.rate > 0 && phase_ != Phase::kFinish) until = std::min(until, due_at(num_due_));
  const uint64_t wait_ns = until - std::min(until, now_ns_);
  __kernel_timespec timeout{.tv_sec = static_cast<int64_t>(wait_ns / 1'000'000'000),
                            .tv_nsec = static_cast<int64_t>(wait_ns % 1'000'000'000)};
  return ring_.submit_and_wait(&timeout);
}

// --- The rate ---

void Load::touch_due() {
  while (phase_ != Phase::kFinish && due_at(num_due_) <= now_ns_) {
    touch(num_due_++ % connections_.size());
  }
}

// Requests of this connection that are due and not sent.
uint64_t Load::num_due(size_t index) const {
  const uint64_t num_connections = connections_.size();
  const uint64_t num_ever = (num_due_ + num_connections - 1 - index) / num_connections;
  return num_ever - connections_[index].num_sent;
}

// --- Connections ---

void Load::handle(const io_uring_cqe& cqe) {
  const size_t index = static_cast<uint32_t>(cqe.user_data);
  touch(index);
  if (static_cast<Operation>(cqe.user_data >> 32) == Operation::kReceive) {
    return handle_receive(index, cqe);
  }
  connections_[index].is_sending = false;
  if (cqe.res <= 0) {
    fail(absl::StrFormat("connection %d cannot send: %s", index, std::strerror(-cqe.res)));
  }
}

void Load::handle_receive(size_t index, const io_uring_cqe& cqe) {
  Connection& connection = connections_[index];
  if ((cqe.flags & IORING_CQE_F_MORE) == 0) connection.is_receiving = false;
  if (cqe.res == -ENOBUFS) return;
  if (cqe.res <= 0) {
    return fail(absl::StrFormat("connection %d ended (%s) after %d replies, with %d to come", index,
                                cqe.res < 0 ? std::strerror(-cqe.res) : "closed by the server",
                                connection.num_answered, connection.num_under_way()));
  }
  const std::string_view bytes = buffers_.take(cqe);
  if (!connection.tls) return take_replies(index, bytes);
  const absl::StatusOr<std::string_view> plain = connection.tls->decrypt(bytes);
  if (!plain.ok()) return fail(std::string(plain.status().message()));
  take_replies(index, *plain);
}

void Load::take_replies(size_t index, std::string_view bytes) {
  Connection& connection = connections_[index];
  size_t num_replies = 0;
  const size_t num_matched = expected_.match(bytes, connection.position, num_replies);
  if (num_replies > connection.num_under_way()) {
    return fail(absl::StrFormat("connection %d got more replies than requests", index));
  }
  for (size_t i = 0; i < num_replies; ++i) {
    const uint64_t start = connection.starts[connection.num_answered++ % options_.depth];
    if (phase_ == Phase::kMeasure) result_.latency.add(now_ns_ - std::min(now_ns_, start));
  }
  if (num_matched < bytes.size()) return fail_reply(index, bytes.substr(num_matched));
  if (phase_ == Phase::kMeasure) result_.num_requests += num_replies;
  num_under_way_ -= num_replies;
  last_reply_ns_ = now_ns_;
}

void Load::fail_reply(size_t index, std::string_view got) {
  const Connection& connection = connections_[index];
  const std::string_view expected = expected_.expected_at(connection.position);
  fail(absl::StrFormat("connection %d, reply %d: expected \"%s\", got \"%s\"", index,
                       connection.num_answered + 1, escape(expected.substr(0, kExcerpt)),
                       escape(got.substr(0, kExcerpt))));
}

void Load::settle(size_t index) {
  connections_[index].is_touched = false;
  if (!connections_[index].is_receiving) receive(index);
  if (connections_[index].is_sending || phase_ == Phase::kFinish) return;
  if (const size_t count = num_to_send(index); count > 0) send(index, count);
}

size_t Load::num_to_send(size_t index) const {
  const uint64_t num_under_way = connections_[index].num_under_way();
  if (options_.rate == 0) return num_under_way == 0 ? options_.depth : 0;
  return std::min<uint64_t>(options_.depth - num_under_way, num_due(index));
}

void Load::receive(size_t index) {
  connections_[index].is_receiving = true;
  io_uring_sqe* sqe = ring_.next_submission();
  net::BufferRing::prepare_receive(sqe, static_cast<int>(index));
  sqe->flags |= IOSQE_FIXED_FILE;
  sqe->user_data = uint64_t{static_cast<uint8_t>(Operation::kReceive)} << 32 | index;
}

void Load::send(size_t index, size_t count) {
  Connection& connection = connections_[index];
  for (size_t i = 0; i < count; ++i, ++connection.num_sent) {
    connection.starts[connection.num_sent % options_.depth] =
        options_.rate > 0 ? due_at(connection.num_sent * connections_.size() + index) : now_ns_;
  }
  num_under_way_ += count;
  std::string_view bytes = requests_.range(connection.next_request, count);
  if (connection.tls) bytes = connection.tls->encrypt(bytes);
  connection.next_request = (connection.next_request + count) % requests_.size();
  connection.is_sending = true;

  io_uring_sqe* sqe = ring_.next_submission();
  io_uring_prep_send(sqe, static_cast<int>(index), bytes.data(), bytes.size(),
                     MSG_NOSIGNAL | MSG_WAITALL);
  sqe->flags |= IOSQE_FIXED_FILE;
  sqe->user_data = uint64_t{static_cast<uint8_t>(Operation::kSend)} << 32 | index;
}

void Load::touch(size_t index) {
  if (std::exchange(connections_[index].is_touched, true)) return;
  touched_.push_back(index);
}

absl::StatusOr<Connection> connect(const Endpoint& endpoint, bool tls) {
  absl::StatusOr<net::UniqueFd> fd = endpoint.connect();
  if (!fd.ok()) return fd.status();
  Connection connection;
  connection.fd = *std::move(fd);
  if (tls) {
    absl::StatusOr<TlsClient> client = TlsClient::connect(connection.fd.get());
    if (!client.ok()) return client.status();
    connection.tls = *std::move(client);
  }
  return connection;
}

// Sends one request and waits for its reply.
absl::StatusOr<Reply> ask(Connection& connection, std::string_view request) {
  if (connection.tls) request = connection.tls->encrypt(request);
  while (!request.empty()) {
    const ssize_t num_sent =
        ::send(connection.fd.get(), request.data(), request.size(), MSG_NOSIGNAL);
    if (num_sent <= 0) return absl::UnavailableError("the server takes no request");
    request.remove_prefix(static_cast<size_t>(num_sent));
  }
  std::string received;
  while (true) {
    char buffer[kBufferBytes];
    const ssize_t num_received = ::recv(connection.fd.get(), buffer, sizeof(buffer), 0);
    if (num_received <= 0) {
      return absl::UnavailableError("the server sent no whole reply, but \"" + escape(received) +
                                    '"');
    }
    std::string_view bytes(buffer, static_cast<size_t>(num_received));
    if (connection.tls) {
      const absl::StatusOr<std::string_view> plain = connection.tls->decrypt(bytes);
      if (!plain.ok()) return plain.status();
      bytes = *plain;
    }
    received.append(bytes);
    absl::StatusOr<Reply> reply = parse_reply(received);
    if (!reply.ok() || reply->num_bytes > 0) return reply;
  }
}

}  // namespace

absl::StatusOr<ExpectedReplies> learn_replies(const Endpoint& endpoint, const Requests& requests,
                                              size_t count, int status, bool tls) {
  absl::StatusOr<Connection> connection = connect(endpoint, tls);
  if (!connection.ok()) return connection.status();
  std::string head;
  std::vector<std::string> bodies;
  for (size_t i = 0; i < count; ++i) {
    absl::StatusOr<Reply> reply = ask(*connection, requests.range(i, 1));
    if (!reply.ok()) return reply.status();
    if (i == 0) head = reply->head;
    if (reply->head.size() != head.size()) {
      return absl::FailedPreconditionError(
          absl::StrFormat("the head of reply %d is \"%s\", unlike that of the first, \"%s\"", i + 1,
                          escape(reply->head), escape(head)));
    }
    bodies.push_back(std::move(reply->body));
  }
  return ExpectedReplies::create(std::move(head), status, std::move(bodies));
}

absl::StatusOr<LoadResult> run_load(const Endpoint& endpoint, const Requests& requests,
                                    const ExpectedReplies& expected, const LoadOptions& options) {
  raise_descriptor_limit();
  prctl(PR_SET_TIMERSLACK, 1);  // or requests of a given rate are sent 50 us late
  absl::StatusOr<net::Ring> ring = net::Ring::create(512, 4096);
  if (!ring.ok()) return ring.status();
  const auto num_connections = static_cast<unsigned>(options.num_connections);
  if (absl::Status status = ring->reserve_descriptors(num_connections); !status.ok()) return status;
  absl::StatusOr<net::BufferRing> buffers =
      net::BufferRing::create(*ring, kNumBuffers, kBufferBytes);
  if (!buffers.ok()) return buffers.status();
  if (absl::Status status = ring->enable(); !status.ok()) return status;

  std::vector<Connection> connections(num_connections);
  for (unsigned i = 0; i < num_connections; ++i) {
    absl::StatusOr<Connection> connection = connect(endpoint, options.tls);
    if (!connection.ok()) return connection.status();
    if (!ring->install_descriptor(i, connection->fd.get())) {
      return absl::ResourceExhaustedError("the ring takes no more connections");
    }
    connections[i] = *std::move(connection);
    connections[i].next_request = i * requests.size() / num_connections;
    connections[i].position = ExpectedReplies::Position(connections[i].next_request);
    connections[i].starts.resize(options.depth);
  }
  return Load(requests, expected, options, std::move(connections), *std::move(ring),
              *std::move(buffers))
      .run();
}

}  // namespace simdjwt::bench
