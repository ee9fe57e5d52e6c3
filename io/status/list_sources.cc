// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "status/list_sources.h"

#include <algorithm>
#include <ctime>
#include <iterator>
#include <set>
#include <utility>

#include "jwks/due_fetches.h"
#include "serve/text.h"

namespace simdjwt::status {

using serve::concat;

std::string ListsConfig::name() const {
  std::string name;
  for (const std::string& uri : uris) serve::append(name, name.empty() ? "" : " ", uri);
  return concat(name, " by ", keys);
}

ListSources::ListSources(jwks::KeySources& keys, Log log, const ListLimits& limits)
    : keys_(keys), log_(std::move(log)), limits_(limits) {}

void ListSources::verify_by(const ListsConfig& config, KeySet keys,
                            std::shared_ptr<jwks::RefetchSignal> refetch) {
  const Clock::time_point now = Clock::now();
  const std::string name = config.name();
  Group& group = groups_[name];
  group.keys = std::move(keys);
  group.refetch = std::move(refetch);
  bool is_changed = group.uris == nullptr;
  if (is_changed) {
    group.uris = std::make_shared<const ListUris>(config.uris);
    group.missed = std::make_shared<MissedList>(keys_.wake());
    group.status.name = name;
    for (const std::string& uri : group.uris->lists()) (void)add(group, uri, now);
  }
  for (const auto& [uri, source] : group.sources) {
    is_changed |= recall(group, uri, *source);
    source->want(now);
  }
  if (is_changed) renew_table(group);
  publish(group);
}

ListSources::Known ListSources::of(const ListsConfig& config) const {
  const Group& group = groups_.at(config.name());
  return {{.issuer = {}, .uris = group.uris, .table = group.table, .missed = group.missed},
          group.generation};
}

void ListSources::keep(const std::vector<ListsConfig>& configs) {
  std::set<std::string> names;
  for (const ListsConfig& config : configs) names.insert(config.name());
  const auto is_forgotten = [&names](const auto& entry) { return !names.contains(entry.first); };
  std::erase_if(groups_, is_forgotten);
  const std::lock_guard lock(mutex_);
  std::erase_if(statuses_, is_forgotten);
}

ListSources::Clock::time_point ListSources::begin_due() {
  const Clock::time_point now = Clock::now();
  size_t num_fetching = 0;
  for (auto& [name, group] : groups_) {
    for (const auto& [uri, source] : group.sources) num_fetching += source->is_fetching() ? 1 : 0;
  }
  jwks::DueFetches fetches(now, num_fetching, kFetchesMax);
  for (auto& [name, group] : groups_) {
    if (group.deaf_until > now) fetches.consider(group.deaf_until);
    if (group.keys.num_keys() == 0) continue;  // no list could be verified
    for (const auto& [uri, source] : group.sources) {
      if (fetches.is_full()) return fetches.next();
      fetches.begin(*source);
    }
  }
  return fetches.next();
}

bool ListSources::advance() {
  const Clock::time_point now = Clock::now();
  bool is_changed = false;
  for (auto& [name, group] : groups_) is_changed |= advance(group, now);
  return is_changed;
}

bool ListSources::advance(Group& group, Clock::time_point now) {
  bool is_changed = forget_unused(group, now);
  is_changed |= listen(group, now);
  bool is_any_done = is_changed;
  for (const auto& [uri, source] : group.sources) {
    if (!source->is_fetching()) continue;
    const double lot = std::uniform_real_distribution<double>(0, 1)(random_);
    const std::optional<ListSource::Report> report =
        source->advance(demands(group, *source), now, lot);
    if (!report) continue;
    tell(group, uri, *source, *report);
    is_changed |= report->is_changed;
    is_any_done = true;
  }
  if (is_changed) renew_table(group);
  if (is_any_done) publish(group);
  return is_changed;
}

ListSource::Demands ListSources::demands(const Group& group, const ListSource& source) const {
  const size_t of_others = num_bytes() - source.num_bytes();
  const size_t room = limits_.bytes_max - std::min(of_others, limits_.bytes_max);
  return {.keys = group.keys,
          .bytes_max = std::min(limits_.list_bytes_max, room),
          .now = std::time(nullptr)};
}

bool ListSources::recall(const Group& group, const std::string& uri, ListSource& source) {
  if (!source.recall(demands(group, source))) return false;
  log_(false, concat("status list ", uri, ": of ", source.followed().fetched->list.size(),
                     " tokens, as it was saved"));
  return true;
}

// While there is no room, what is missed stays where it is, so that nobody tells of more.
bool ListSources::listen(Group& group, Clock::time_point now) {
  if (now < group.deaf_until) return false;
  const std::optional<std::string> uri = group.missed->take();
  if (!uri || group.sources.contains(*uri)) return false;
  if (ListSource* const source = add(group, *uri, now); source != nullptr) {
    (void)recall(group, *uri, *source);
    return true;
  }
  group.deaf_until = now + limits_.unused_when_full;
  log_(true, concat("status list ", *uri, ": not fetched, for there are too many beside it"));
  return false;
}

ListSource* ListSources::add(Group& group, const std::string& uri, Clock::time_point now) {
  if (group.sources.size() >= limits_.lists_max && !forget_one(group, now)) return nullptr;
  auto source =
      std::make_unique<ListSource>(uri, keys_.limits(), keys_.fetcher(), keys_.saved(), now);
  return group.sources.emplace(uri, std::move(source)).first->second.get();
}

bool ListSources::forget_one(Group& group, Clock::time_point now) {
  auto oldest = group.sources.end();
  for (auto it = group.sources.begin(); it != group.sources.end(); ++it) {
    if (group.uris->is_list(it->first)) continue;
    if (oldest == group.sources.end() ||
        it->second->last_used(now) < oldest->second->last_used(now)) {
      oldest = it;
    }
  }
  if (oldest == group.sources.end() ||
      oldest->second->last_used(now) + limits_.unused_when_full > now) {
    return false;
  }
  oldest->second->forget();
  group.sources.erase(oldest);
  return true;
}

bool ListSources::forget_unused(Group& group, Clock::time_point now) {
  bool is_any = false;
  for (auto it = group.sources.begin(); it != group.sources.end();) {
    ListSource& source = *it->second;
    if (group.uris->is_list(it->first) || source.due() > now ||
        source.last_used(now) + limits_.unused >= now) {
      ++it;
      continue;
    }
    source.forget();
    it = group.sources.erase(it);
    is_any = true;
  }
  return is_any;
}

void ListSources::tell(Group& group, const std::string& uri, const ListSource& source,
                       const ListSource::Report& report) {
  ++group.status.fetches[static_cast<size_t>(jwks::result_of(report.status))];
  const FollowedList followed = source.followed();
  if (!report.status.ok()) {
    if (absl::IsNotFound(report.status) && group.refetch != nullptr) group.refetch->raise();
    log_(true, concat("status list not fetched, ",
                      followed.fetched == nullptr ? "and there is none: "
                                                  : "the one from before stays until it expires: ",
                      std::string(report.status.message())));
    return;
  }
  if (!report.saved.ok())
    log_(true, concat("status list not saved: ", std::string(report.saved.message())));
  if (report.is_changed) {
    log_(false, concat("status list ", uri, ": of ", followed.fetched->list.size(), " tokens"));
  }
}

void ListSources::renew_table(Group& group) {
  auto table = std::make_shared<ListTable>();
  for (const auto& [uri, source] : group.sources) table->emplace(uri, source->followed());
  group.table = std::move(table);
  ++group.generation;
}

void ListSources::publish(Group& group) {
  ListsStatus& status = group.status;
  status.num_lists = status.num_missing = 0;
  status.oldest_unix_seconds.reset();
  for (const auto& [uri, source] : group.sources) {
    const std::optional<int64_t> fetched = source->fetched_at();
    ++(fetched ? status.num_lists : status.num_missing);
    if (fetched) {
      status.oldest_unix_seconds =
          std::min(*fetched, status.oldest_unix_seconds.value_or(*fetched));
    }
  }
  const std::lock_guard lock(mutex_);
  statuses_[status.name] = status;
}

std::vector<ListsStatus> ListSources::statuses() const {
  const std::lock_guard lock(mutex_);
  std::vector<ListsStatus> statuses;
  for (const auto& [name, status] : statuses_) statuses.push_back(status);
  return statuses;
}

size_t ListSources::num_bytes() const {
  size_t sum = 0;
  for (const auto& [name, group] : groups_) {
    for (const auto& [uri, source] : group.sources) sum += source->num_bytes();
  }
  return sum;
}

}  // namespace simdjwt::status
