// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "net/connection.h"

#include <algorithm>
#include <utility>

namespace simdjwt::net {
namespace {

// An output buffer that grew beyond this is given back once it is empty.
constexpr size_t kRetainedBytesMax = 4096;

void clear(std::string& buffer) {
  if (buffer.capacity() > kRetainedBytesMax) {
    std::string().swap(buffer);
  } else {
    buffer.clear();
  }
}

}  // namespace

void Connection::open(uint32_t index, uint8_t listener, const PeerAddress& peer,
                      std::unique_ptr<Wire> wire, const Timeouts& timeouts, Instant now) noexcept {
  *this = Connection();
  index_ = index;
  listener_ = listener;
  client_ = peer;
  wire_ = std::move(wire);
  timeouts_ = &timeouts;
  phase_ = Phase::kOpen;
  idle_timeout_ = timeouts.idle;
  idle_deadline_ms_ = after(idle_timeout_, now);
  is_opening_ = wire_ != nullptr;
  if (is_opening_) head_deadline_ms_ = after(timeouts.head, now);
}

void Connection::finish() noexcept {
  if (phase_ != Phase::kOpen) return;
  phase_ = Phase::kFinishing;
  head_deadline_ms_ = idle_deadline_ms_ = kNever;
}

void Connection::expect(Rest rest) noexcept {
  rest_ = rest;
  head_deadline_ms_ = kNever;  // that of the head
}

void Connection::abort() noexcept { phase_ = Phase::kClosed; }

void Connection::receive(Protocol& protocol, std::string_view bytes, Instant now) {
  if (phase_ != Phase::kOpen) {
    discarded_ += bytes.size();
    return;
  }
  if (wire_ != nullptr) return receive_through_wire(protocol, bytes, now);
  if (!kept_.empty() || output_full() || is_postponed_) {
    drop_read(protocol);
    kept_.append(bytes);
    receive_kept(protocol, now);
    return;
  }
  const size_t num_consumed = protocol.receive(*this, bytes);
  kept_.assign(bytes.substr(num_consumed));
  note_progress(num_consumed, !kept_.empty(), now);
}

void Connection::receive_through_wire(Protocol& protocol, std::string_view bytes, Instant now) {
  if (input_ended_) return;
  drop_read(protocol);
  const size_t kept_before = kept_.size();
  const Wire::State state = wire_->receive(bytes, {kept_, encoded_, client_});
  if (state == Wire::State::kOpening) return;
  if (state == Wire::State::kDone) {
    wire_ = wire_->next();
    if (wire_ == nullptr) note_open(now);
    if (!bytes.empty()) receive(protocol, bytes, now);
    return;
  }
  if (is_opening_) note_open(now);
  // Bytes that are no plain text yet win the client no time.
  if (kept_.size() > kept_before) receive_kept(protocol, now);
  if (state == Wire::State::kEnded) end_input();
  if (state == Wire::State::kFailed) finish();
}

void Connection::note_open(Instant now) noexcept {
  is_opening_ = false;
  head_deadline_ms_ = kNever;
  idle_deadline_ms_ = after(idle_timeout_, now);
}

// The protocol may hold views into what is about to move.
void Connection::drop_read(Protocol& protocol) {
  if (kept_read_ == 0) return;
  protocol.flush();
  kept_.erase(0, std::exchange(kept_read_, 0));
}

bool Connection::resume(Protocol& protocol, Instant now) {
  if (!is_postponed()) return true;
  is_postponed_ = false;
  const size_t read_before = kept_read_;
  receive_kept(protocol, now);
  if (input_ended_ && !is_waiting()) finish();
  return !is_postponed_ || kept_read_ > read_before;
}

void Connection::receive_kept(Protocol& protocol, Instant now) {
  if (phase_ != Phase::kOpen || is_postponed_) return;
  if (output_full()) {
    is_parked_ = true;
    head_deadline_ms_ = kNever;
    return;
  }
  const std::string_view rest = std::string_view(kept_).substr(kept_read_);
  const size_t num_consumed = protocol.receive(*this, rest);
  kept_read_ += num_consumed;
  note_progress(num_consumed, num_consumed < rest.size(), now);
}

void Connection::note_progress(size_t num_consumed, bool is_rest_pending, Instant now) noexcept {
  if (phase_ != Phase::kOpen) return;
  is_parked_ = is_rest_pending && output_full();
  idle_deadline_ms_ = is_postponed_ ? kNever : after(idle_timeout_, now);
  if (rest_ != Rest::kNone) {
    note_body_progress(now);
  } else if (!is_rest_pending || is_waiting()) {
    head_deadline_ms_ = kNever;
  } else if (num_consumed > 0 || head_deadline_ms_ == kNever) {
    // Absolute from the first byte on: a byte now and then does not extend it.
    head_deadline_ms_ = after(timeouts_->head, now);
  }
}

void Connection::note_body_progress(Instant now) noexcept {
  if (output_full() || is_postponed_) {
    head_deadline_ms_ = kNever;
  } else if (rest_ == Rest::kPieces || head_deadline_ms_ == kNever) {
    head_deadline_ms_ = after(timeouts_->body, now);
  }
}

void Connection::receive_end() noexcept {
  client_closed_ = true;
  end_input();
}

void Connection::end_input() noexcept {
  input_ended_ = true;
  if (!is_waiting()) finish();  // otherwise there are whole requests yet to be answered
}

void Connection::encode() {
  if (!output_.empty()) {
    if (!wire_->send(output_, encoded_)) finish();
    clear(output_);
  }
  if (phase_ == Phase::kFinishing) wire_->close(encoded_);
}

std::string_view Connection::begin_send(Instant now) {
  std::string& ready = wire_ == nullptr ? output_ : encoded_;
  if (sending_.empty() && !ready.empty()) {
    sending_.swap(ready);
    write_deadline_ms_ = after(timeouts_->write, now);
  }
  return std::string_view(sending_).substr(sent_);
}

void Connection::sent(Protocol& protocol, size_t num_bytes, Instant now) {
  sent_ += num_bytes;
  if (sent_ < sending_.size()) return;
  sent_ = 0;
  clear(sending_);
  // Whatever is written next goes where the processor's cache has room already.
  if (std::string& ready = wire_ == nullptr ? output_ : encoded_; ready.empty()) {
    ready.swap(sending_);
  }
  write_deadline_ms_ = kNever;
  if (phase_ == Phase::kOpen && !is_postponed_) idle_deadline_ms_ = after(idle_timeout_, now);
  if (is_parked_) {
    receive_kept(protocol, now);
  } else if (rest_ != Rest::kNone) {
    note_body_progress(now);
  }
  if (input_ended_ && !is_waiting()) finish();
}

Connection::Expired Connection::expire(Protocol& protocol, Instant now) {
  if (write_deadline_ms_ <= now.steady_ms) {
    const bool is_lingering = phase_ == Phase::kLingering;
    abort();
    return is_lingering ? Expired::kLinger : Expired::kWrite;
  }
  if (head_deadline_ms_ <= now.steady_ms) {
    const Expired expired = rest_ == Rest::kNone ? Expired::kHead : Expired::kBody;
    if (is_opening_) {
      abort();
    } else {
      protocol.expire(*this);
      finish();
    }
    return expired;
  }
  if (idle_deadline_ms_ <= now.steady_ms) {
    if (!is_opening_ && !is_idle()) {  // then the other deadlines are what counts
      idle_deadline_ms_ = after(idle_timeout_, now);
      return Expired::kNone;
    }
    is_opening_ ? abort() : finish();
    return Expired::kIdle;
  }
  return Expired::kNone;
}

bool Connection::is_idle() const noexcept {
  return phase_ == Phase::kOpen && !is_opening_ && rest_ == Rest::kNone && !is_postponed_ &&
         kept_read_ == kept_.size() && output_.empty() && encoded_.empty() && sending_.empty();
}

uint64_t Connection::idle_since_ms() const noexcept {
  return is_idle() ? idle_deadline_ms_ - static_cast<uint64_t>(idle_timeout_.count()) : kNever;
}

void Connection::drain(Instant now) noexcept {
  if (phase_ != Phase::kOpen) return;
  idle_timeout_ = std::min(idle_timeout_, timeouts_->drain);
  if (is_postponed_) return;
  idle_deadline_ms_ = std::min(idle_deadline_ms_, after(idle_timeout_, now));
}

Connection::Step Connection::next_step(Instant now) {
  if (kept_read_ == kept_.size()) {  // nothing looks at it any more
    clear(kept_);
    kept_read_ = 0;
  } else if (is_postponed_) {
    kept_.erase(0, std::exchange(kept_read_, 0));
  }
  if (wire_ != nullptr && sending_.empty()) encode();
  if (phase_ == Phase::kFinishing && output_.empty() && encoded_.empty() && sending_.empty()) {
    phase_ = Phase::kLingering;
    write_deadline_ms_ = after(timeouts_->linger, now);
    if (!client_closed_) return Step::kShutdownWrite;
  }
  if (phase_ == Phase::kLingering && client_closed_) phase_ = Phase::kClosed;
  return phase_ == Phase::kClosed ? Step::kClose : Step::kNone;
}

bool Connection::wants_input() const noexcept {
  if (client_closed_ || phase_ == Phase::kClosed) return false;
  if (phase_ != Phase::kOpen) return discarded_ < kDiscardBytesMax;
  if (is_postponed_ && kept_.size() >= kPostponedBytesMax) return false;
  return !output_full() && encoded_.size() < kOutputBytesMax;
}

uint64_t Connection::deadline_ms() const noexcept {
  return std::min({head_deadline_ms_, write_deadline_ms_, idle_deadline_ms_});
}

}  // namespace simdjwt::net
