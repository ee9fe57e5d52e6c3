// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "net/ring.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cerrno>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/unique_fd.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#endif
#endif

namespace simdjwt::net {
namespace {

constexpr size_t kBufferBytes = 64;

// A ring with two buffers, and a socket whose messages arrive in them.
class BufferRingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const absl::Status status = check_io_uring(); !status.ok()) GTEST_SKIP() << status;
    make_ring(2);
    int sockets[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets), 0);
    sender_ = UniqueFd(sockets[0]);
    receiver_ = UniqueFd(sockets[1]);
  }
  void TearDown() override { buffers_.reset(); }  // before its ring

  void make_ring(unsigned num_buffers) {
    buffers_.reset();
    absl::StatusOr<Ring> ring = Ring::create(64, 64);
    ASSERT_TRUE(ring.ok()) << ring.status();
    ring_ = std::make_unique<Ring>(*std::move(ring));
    absl::StatusOr<BufferRing> buffers = BufferRing::create(*ring_, num_buffers, kBufferBytes);
    ASSERT_TRUE(buffers.ok()) << buffers.status();
    buffers_ = std::make_unique<BufferRing>(*std::move(buffers));
    ASSERT_TRUE(ring_->enable().ok());
  }

  // The completion of receiving one message.
  io_uring_cqe receive(std::string_view message) {
    EXPECT_EQ(::send(sender_.get(), message.data(), message.size(), 0), message.size());
    BufferRing::prepare_receive_once(ring_->next_submission(), receiver_.get());
    EXPECT_TRUE(ring_->submit_and_wait(nullptr));
    int result = 0;
    unsigned flags = 0;
    ring_->for_each_completion([&result, &flags](const io_uring_cqe& cqe) {
      result = cqe.res;
      flags = cqe.flags;
    });
    io_uring_cqe completion{};
    completion.res = result;
    completion.flags = flags;
    return completion;
  }

  std::unique_ptr<Ring> ring_;
  std::unique_ptr<BufferRing> buffers_;
  UniqueFd sender_;
  UniqueFd receiver_;
};

TEST_F(BufferRingTest, GivesBuffersBackWhenTheyAreRead) {
  for (int round = 0; round < 5; ++round) {
    for (const std::string_view message : {"first", "second"}) {
      EXPECT_EQ(buffers_->take(receive(message)), message);
    }
    EXPECT_EQ(receive("third").res, -ENOBUFS) << "both are taken";
    char third[kBufferBytes];
    EXPECT_EQ(::recv(receiver_.get(), third, sizeof(third), 0), 5);
    buffers_->give_back_all();
  }
}

TEST_F(BufferRingTest, UsesFewBuffersUntilTheyDoNotSuffice) {
  make_ring(4 * BufferRing::kBuffersMin);
  const auto num_used = [this] {
    size_t num_received = 0;
    io_uring_cqe completion;
    while ((completion = receive("message")).res != -ENOBUFS) {
      EXPECT_EQ(buffers_->take(completion), "message");
      ++num_received;
    }
    char message[kBufferBytes];
    EXPECT_EQ(::recv(receiver_.get(), message, sizeof(message), 0), 7);
    buffers_->give_back_all();
    return num_received;
  };
  EXPECT_EQ(num_used(), BufferRing::kBuffersMin);
  EXPECT_EQ(num_used(), BufferRing::kBuffersMin) << "nobody minded";
  for (const unsigned times : {2U, 4U, 4U}) {
    buffers_->note_shortage();
    buffers_->note_shortage();
    buffers_->give_back_all();
    EXPECT_EQ(num_used(), times * BufferRing::kBuffersMin);
  }
}

// Before Linux 6.17, a multishot receive with a length is refused.
TEST_F(BufferRingTest, ReceivesAgainAndAgainWithoutALength) {
  io_uring_sqe sqe{};
  BufferRing::prepare_receive(&sqe, receiver_.get());
  EXPECT_EQ(sqe.len, 0u);
  EXPECT_EQ(sqe.opcode, IORING_OP_RECV);
  EXPECT_NE(sqe.ioprio & IORING_RECV_MULTISHOT, 0);
  EXPECT_NE(sqe.flags & IOSQE_BUFFER_SELECT, 0);
}

// Kernels have flagged a buffer on errors: then it is as taken as any.
TEST_F(BufferRingTest, GivesBackTheBufferOfAReceiveThatFailed) {
  for (const int result : {-ECONNRESET, 0}) {
    io_uring_cqe completion = receive("message");
    completion.res = result;
    EXPECT_EQ(buffers_->take(completion), "");
    buffers_->give_back_all();
    for (const std::string_view message : {"first", "second"}) {
      EXPECT_EQ(buffers_->take(receive(message)), message);
    }
    buffers_->give_back_all();
  }
}

TEST_F(BufferRingTest, TakesNoBufferThatItDoesNotHave) {
  for (const unsigned id : {2U, 3U, 0xffffU}) {
    io_uring_cqe completion{};
    completion.res = 5;
    completion.flags = IORING_CQE_F_BUFFER | id << IORING_CQE_BUFFER_SHIFT;
    EXPECT_EQ(buffers_->take(completion), "") << id;
  }
  buffers_->give_back_all();
  for (const std::string_view message : {"first", "second"}) {
    EXPECT_EQ(buffers_->take(receive(message)), message);
  }
}

// The kernel may write there at any time, which no sanitizer sees.
TEST_F(BufferRingTest, LetsNobodyReadWhatItGaveBack) {
#if !defined(ASAN_POISON_MEMORY_REGION)
  GTEST_SKIP() << "AddressSanitizer only";
#else
  const std::string_view bytes = buffers_->take(receive("message"));
  EXPECT_FALSE(__asan_address_is_poisoned(bytes.data()));
  EXPECT_TRUE(__asan_address_is_poisoned(bytes.data() + bytes.size())) << "beyond what arrived";
  buffers_->give_back_all();
  EXPECT_TRUE(__asan_address_is_poisoned(bytes.data()));
#endif
}

}  // namespace
}  // namespace simdjwt::net
