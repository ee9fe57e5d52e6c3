// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// SignatureBudget: how many asymmetric signatures a reactor verifies before others have their turn.

#ifndef SIMDJWT_IO_SERVE_SIGNATURE_WORK_H_
#define SIMDJWT_IO_SERVE_SIGNATURE_WORK_H_

#include <cstdint>

#include "simdjwt/key_set.h"

namespace simdjwt::serve {

// What it takes to judge a token by these keys at worst, when all that it may be tried against are;
// 0 for HMAC keys. The unit is an RSA signature of 2048 bits, about 25 us: OpenSSL 3.0.19 on Zen 4
// takes 22 us for it, 90 for P-256, 125 for Ed25519, 345 for Ed448, 750 for P-521 and 1300 for
// P-384 (openssl speed).
[[nodiscard]] uint32_t signature_work(const KeySet& keys) noexcept;

// Whoever sends forged tokens chooses which work is done in vain, so it is bounded: in a turn, in
// which nobody else is served, and in a connection's share of one, so that several connections
// progress together. What is left over comes in later turns (see net::Connection::postpone).
//
// Work is promised before it is known how much there is: tokens may be malformed, or remembered. A
// token whose work exceeds a whole bound may still be verified, where nothing else was.
class SignatureBudget {
 public:
  static constexpr uint32_t kTurnWork = 128;  // about 3 ms
  static constexpr uint32_t kShareWork = 32;

  void begin_turn() noexcept {
    turn_ = {kTurnWork};
    share_ = {kShareWork};
  }
  // What follows is for another connection.
  void begin_share() noexcept { share_ = {kShareWork}; }

  [[nodiscard]] bool has_room_for(uint32_t work) const noexcept {
    return work == 0 || (turn_.has_room_for(work) && share_.has_room_for(work));
  }
  // How many tokens, of so much work each and at most `num_max`, there is room for.
  [[nodiscard]] uint32_t num_tokens(uint32_t work, uint32_t num_max) const noexcept;

  void promise(uint32_t work) noexcept {
    turn_.promised += work;
    share_.promised += work;
  }
  // All that was promised is done, and was so much.
  void settle(uint32_t work) noexcept {
    turn_.settle(work);
    share_.settle(work);
  }
  // So much was done that was not promised.
  void spend(uint32_t work) noexcept {
    turn_.spend(work);
    share_.spend(work);
  }

 private:
  struct Pot {
    uint32_t left;
    uint32_t promised = 0;
    bool is_touched = false;

    [[nodiscard]] bool has_room_for(uint32_t work) const noexcept {
      return promised + work <= left || (promised == 0 && !is_touched);
    }
    void settle(uint32_t work) noexcept;
    void spend(uint32_t work) noexcept;
  };

  Pot turn_{kTurnWork};
  Pot share_{kShareWork};
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_SIGNATURE_WORK_H_
