// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// KeySource: the keys of one issuer, fetched again and again.

#ifndef SIMDJWT_IO_JWKS_KEY_SOURCE_H_
#define SIMDJWT_IO_JWKS_KEY_SOURCE_H_

#include <absl/status/status.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "jwks/fetcher.h"
#include "jwks/refetch_signal.h"
#include "jwks/refresh_schedule.h"
#include "jwks/saved_documents.h"
#include "jwks/source_config.h"
#include "jwks/source_status.h"
#include "simdjwt/key_set.h"

namespace simdjwt::jwks {

// Whatever goes wrong, the last good set stays. Used by one thread but for the signal.
class KeySource {
 public:
  using Time = RefreshSchedule::Time;

  // What came of a fetch that has ended.
  struct Report {
    absl::Status status;
    bool is_changed = false;            // the keys are others
    std::vector<std::string> warnings;  // what was skipped, what could not be saved
  };

  // Begins with the set that was saved, if there is one; it is due at once all the same. Fetcher
  // and sets outlive it.
  KeySource(SourceConfig config, const RefreshLimits& limits, Fetcher& fetcher,
            const SavedDocuments& saved, std::shared_ptr<const net::UniqueFd> wake, Time now);

  [[nodiscard]] const KeySet& keys() const noexcept { return keys_; }
  [[nodiscard]] const std::shared_ptr<RefetchSignal>& signal() const noexcept { return signal_; }
  [[nodiscard]] const SourceStatus& status() const noexcept { return status_; }

  [[nodiscard]] Time due() const noexcept { return schedule_.due(); }
  [[nodiscard]] bool is_fetching() const noexcept { return transfer_ != nullptr; }
  void begin(Time now);
  // Heeds the signal.
  void listen(Time now);
  // Takes what has arrived. `lot` is a random number of [0, 1).
  [[nodiscard]] std::optional<Report> advance(Time now, double lot);

 private:
  [[nodiscard]] absl::Status follow_metadata(const Document& metadata);
  [[nodiscard]] absl::Status take_set(const Document& document, Report& report);
  [[nodiscard]] Report finish(Report report, Time now, double lot);
  [[nodiscard]] absl::StatusOr<KeySet> read(const std::string& text,
                                            std::vector<std::string>& skipped) const;
  void use(KeySet keys, std::string text, size_t num_skipped);

  const SourceConfig config_;
  Fetcher& fetcher_;
  const SavedDocuments& saved_;
  const std::shared_ptr<RefetchSignal> signal_;
  RefreshSchedule schedule_;
  SourceStatus status_;
  KeySet keys_;
  std::string text_;  // that the keys were read from
  std::unique_ptr<Transfer> transfer_;
  bool is_metadata_ = false;  // what is on its way
};

}  // namespace simdjwt::jwks

#endif  // SIMDJWT_IO_JWKS_KEY_SOURCE_H_
