// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jwks/key_sources.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <utility>

#include "jwks/due_fetches.h"
#include "net/os_error.h"

namespace simdjwt::jwks {

using std::chrono::milliseconds;

absl::StatusOr<std::unique_ptr<KeySources>> KeySources::create(KeySourcesOptions options, Log log) {
  net::UniqueFd wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake) return net::os_error("eventfd", errno);
  std::unique_ptr<KeySources> sources(
      new KeySources(std::move(options), std::move(log), std::move(wake)));
  if (absl::Status status = sources->saved_.open(); !status.ok()) return status;
  return sources;
}

KeySources::KeySources(KeySourcesOptions options, Log log, net::UniqueFd wake)
    : limits_(options.refresh),
      saved_(std::move(options.cache_directory)),
      log_(std::move(log)),
      wake_(std::make_shared<const net::UniqueFd>(std::move(wake))),
      fetcher_(std::move(options.fetch)) {}

RemoteKeys KeySources::of(const SourceConfig& config) {
  std::unique_ptr<KeySource>& source = sources_[config.name()];
  if (source == nullptr) {
    source = std::make_unique<KeySource>(config, limits_, fetcher_, saved_, wake_, Clock::now());
    publish(source->status());
  }
  return {source->keys(), source->status().generation, source->signal()};
}

void KeySources::keep(const std::vector<SourceConfig>& configs) {
  std::set<std::string> names;
  for (const SourceConfig& config : configs) names.insert(config.name());
  const auto is_forgotten = [&names](const auto& entry) { return !names.contains(entry.first); };
  std::erase_if(sources_, is_forgotten);
  const std::lock_guard lock(mutex_);
  std::erase_if(statuses_, is_forgotten);
}

bool KeySources::wait(std::span<pollfd> others, milliseconds timeout) {
  const auto until_next = std::chrono::ceil<milliseconds>(begin_due() - Clock::now());
  std::vector<pollfd> fds(others.begin(), others.end());
  fds.push_back({.fd = wake_->get(), .events = POLLIN, .revents = 0});
  fetcher_.wait(fds, std::min(timeout, until_next));
  std::copy_n(fds.begin(), others.size(), others.begin());
  eventfd_t count;
  (void)eventfd_read(wake_->get(), &count);
  return advance();
}

KeySources::Clock::time_point KeySources::begin_due() {
  const auto num_fetching = std::count_if(sources_.begin(), sources_.end(), [](const auto& entry) {
    return entry.second->is_fetching();
  });
  DueFetches fetches(Clock::now(), static_cast<size_t>(num_fetching), kFetchesMax);
  for (const auto& [name, source] : sources_) {
    if (fetches.is_full()) break;
    if (fetches.begin(*source)) publish(source->status());
  }
  return fetches.next();
}

bool KeySources::advance() {
  const Clock::time_point now = Clock::now();
  bool is_changed = false;
  for (const auto& [name, source] : sources_) {
    source->listen(now);
    const double lot = std::uniform_real_distribution<double>(0, 1)(random_);
    const std::optional<KeySource::Report> report = source->advance(now, lot);
    if (!report) continue;
    publish(source->status());
    tell(name, *source, *report);
    is_changed |= report->is_changed;
  }
  return is_changed;
}

void KeySources::tell(const std::string& name, const KeySource& source,
                      const KeySource::Report& report) {
  for (const std::string& warning : report.warnings) log_(true, name + ": " + warning);
  if (!report.status.ok()) {
    log_(true, std::string("keys not fetched, ")
                   .append(source.keys().num_keys() > 0 ? "those from before stay: "
                                                        : "and there are none: ")
                   .append(std::string(report.status.message())));
  } else if (report.is_changed) {
    log_(false, name + ": " + std::to_string(source.keys().num_keys()) + " keys");
  }
}

void KeySources::publish(const SourceStatus& status) {
  const std::lock_guard lock(mutex_);
  statuses_[status.name] = status;
}

std::vector<SourceStatus> KeySources::statuses() const {
  const std::lock_guard lock(mutex_);
  std::vector<SourceStatus> statuses;
  for (const auto& [name, status] : statuses_) statuses.push_back(status);
  return statuses;
}

}  // namespace simdjwt::jwks
