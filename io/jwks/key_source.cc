// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jwks/key_source.h"

#include <ctime>
#include <utility>

#include "jwks/discovery.h"
#include "jwks/url.h"

namespace simdjwt::jwks {
namespace {

absl::Status of_document(std::string_view url, const absl::Status& status) {
  return absl::InvalidArgumentError(
      std::string(url).append(": ").append(std::string(status.message())));
}

}  // namespace

KeySource::KeySource(SourceConfig config, const RefreshLimits& limits, Fetcher& fetcher,
                     const SavedDocuments& saved, std::shared_ptr<const net::UniqueFd> wake,
                     Time now)
    : config_(std::move(config)),
      fetcher_(fetcher),
      saved_(saved),
      signal_(std::make_shared<RefetchSignal>(std::move(wake))),
      schedule_(limits, now),
      keys_(KeySet::unavailable()) {
  status_.name = config_.name();
  std::optional<SavedDocument> set = saved_.load(status_.name);
  if (!set) return;
  std::vector<std::string> skipped;
  absl::StatusOr<KeySet> keys = read(set->text, skipped);
  if (!keys.ok()) return;  // of an older version, perhaps
  use(*std::move(keys), std::move(set->text), skipped.size());
  status_.loaded_unix_seconds = set->unix_seconds;
}

void KeySource::begin(Time now) {
  if (schedule_.is_wanted()) ++status_.num_refetches;
  signal_->clear();  // what is missed from now on, this fetch may not bring
  schedule_.begin(now);
  is_metadata_ = config_.kind == SourceConfig::Kind::kIssuer;
  transfer_ = fetcher_.get(is_metadata_ ? discovery_url(config_.url) : config_.url);
}

void KeySource::listen(Time now) {
  if (signal_->is_raised()) schedule_.want(now);
}

std::optional<KeySource::Report> KeySource::advance(Time now, double lot) {
  if (transfer_ == nullptr || !transfer_->is_done()) return std::nullopt;
  const std::unique_ptr<Transfer> transfer = std::move(transfer_);
  const absl::StatusOr<Document> document = transfer->take();
  Report report;
  report.status = document.status();
  if (!document.ok()) return finish(std::move(report), now, lot);
  if (is_metadata_) {
    report.status = follow_metadata(*document);
    if (report.status.ok()) return std::nullopt;
    return finish(std::move(report), now, lot);
  }
  report.status = take_set(*document, report);
  if (report.status.ok()) {
    schedule_.succeed(now, document->lifetime, lot);
    status_.fresh_until = schedule_.fresh_until();
  }
  return finish(std::move(report), now, lot);
}

absl::Status KeySource::follow_metadata(const Document& metadata) {
  const absl::StatusOr<std::string> uri =
      read_jwks_uri(metadata.text, config_.url, fetcher_.options().plain_http);
  if (!uri.ok()) return of_document(metadata.url, uri.status());
  is_metadata_ = false;
  transfer_ = fetcher_.get(*uri);
  return absl::OkStatus();
}

absl::Status KeySource::take_set(const Document& document, Report& report) {
  if (document.text != text_) {
    absl::StatusOr<KeySet> keys = read(document.text, report.warnings);
    if (!keys.ok()) return of_document(document.url, keys.status());
    use(*std::move(keys), document.text, report.warnings.size());
    report.is_changed = true;
  }
  if (const absl::Status saved = saved_.save(status_.name, text_); !saved.ok()) {
    ++status_.num_save_failures;
    report.warnings.emplace_back(std::string(saved.message()));
  }
  status_.loaded_unix_seconds = std::time(nullptr);
  return absl::OkStatus();
}

KeySource::Report KeySource::finish(Report report, Time now, double lot) {
  ++status_.fetches[static_cast<size_t>(result_of(report.status))];
  if (!report.status.ok()) schedule_.fail(now, lot);
  return report;
}

absl::StatusOr<KeySet> KeySource::read(const std::string& text,
                                       std::vector<std::string>& skipped) const {
  JwksOptions options = config_.options;
  options.secret_keys = SecretKeys::kSkip;
  return KeySet::from_jwks(text, options, &skipped);
}

void KeySource::use(KeySet keys, std::string text, size_t num_skipped) {
  keys_ = std::move(keys);
  text_ = std::move(text);
  ++status_.generation;
  status_.num_keys = keys_.num_keys();
  status_.num_skipped = num_skipped;
}

}  // namespace simdjwt::jwks
