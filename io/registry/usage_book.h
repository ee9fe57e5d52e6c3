// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// UsageBook: counts what happens at the servers of a registry, and with its tokens, while threads
// check them.
//
//   thread:  UsageMeter::count()  --> its counters of the server, exact whatever comes
//                                 \-> its ring, of what concerns a token of the registry
//   keeper:  collect()            --> sums by server, token, minute and outcome
//            save()               --> the store

#ifndef SIMDJWT_IO_REGISTRY_USAGE_BOOK_H_
#define SIMDJWT_IO_REGISTRY_USAGE_BOOK_H_

#include <absl/container/flat_hash_map.h>
#include <absl/status/status.h>

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "net/clock.h"
#include "net/counter.h"
#include "registry/model.h"
#include "registry/usage.h"
#include "registry/usage_meter.h"

namespace simdjwt::registry {

class Store;

class UsageBook {
 public:
  // For threads 0 to `num_threads` - 1. `outcomes` are the names of the outcomes, in static
  // storage. Allocates 2 MiB for each thread.
  UsageBook(size_t num_threads, std::span<const std::string_view> outcomes);

  // The server's, always the same, which lives as long as the book. Thread-safe.
  [[nodiscard]] UsageMeter& meter(ServerId server);

  // --- The keeper: one thread ---

  // Takes in what was counted, as of now. To be called ten times a second: in between, each thread
  // has room for 260,000 uses of tokens.
  void collect(const net::Instant& now);

  // Whether it is time to save(): two seconds after the first use that is not saved, and once a
  // minute.
  [[nodiscard]] bool is_due(const net::Instant& now) const noexcept;
  // Writes what was collected, or a part that takes some ten milliseconds: others want to write,
  // too. After an error, all is kept, and comes due in a second.
  absl::Status save(Store& store, const net::Instant& now);
  // Whether all that was collected is saved.
  [[nodiscard]] bool is_saved() const noexcept { return counts_.empty(); }

  // --- Any thread ---

  // How old the oldest use is that is collected and not saved.
  [[nodiscard]] uint64_t lag_ms(const net::Instant& now) const noexcept;
  // Uses of tokens that count for the server alone: too many came at once.
  [[nodiscard]] uint64_t num_lost() const noexcept;

 private:
  // Of a server, or of a token there, in two words.
  struct Key {
    static constexpr uint8_t kOfServer = 0;
    static constexpr uint8_t kOfToken = 1;

    uint32_t meter;  // the server's
    uint32_t token;  // or 0, of a server
    uint32_t minute;
    uint16_t outcome;
    uint16_t kind;

    friend bool operator==(const Key&, const Key&) = default;
    template <class H>
    friend H AbslHashValue(H state, const Key& key) {  // NOLINT: the name that Abseil looks for
      const auto words = std::bit_cast<std::array<uint64_t, 2>>(key);
      return H::combine(std::move(state), words[0], words[1]);
    }
  };
  struct Sum {
    int64_t count = 0;
    int64_t last = 0;  // when the last of these was
  };
  struct Metered {
    std::unique_ptr<UsageMeter> meter;
    std::array<uint64_t, kOutcomesMax> collected{};
  };

  [[nodiscard]] static Key key_of(TokenUse use, int64_t now) noexcept;
  void collect_tokens(std::span<const TokenUse> uses, int64_t now);
  void collect_servers(int64_t now);
  [[nodiscard]] UsageBatch next_batch();

  const std::span<const std::string_view> outcomes_;
  std::vector<std::unique_ptr<UsageLane>> lanes_;  // by thread
  std::mutex meters_mutex_;                        // over the next two
  std::vector<Metered> meters_;                    // by number
  absl::flat_hash_map<ServerId, uint32_t> numbers_;
  absl::flat_hash_map<Key, Sum> counts_;
  std::atomic<uint64_t> oldest_ms_{0};  // when the oldest of these was collected; 0: there are none
  uint64_t retry_at_ms_ = 0;            // not before, as it failed
  uint64_t tidy_at_ms_ = 0;
  net::Counter lost_;  // beside those of the lanes
};

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_USAGE_BOOK_H_
