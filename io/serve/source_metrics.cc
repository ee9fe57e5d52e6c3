// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/source_metrics.h"

#include <chrono>
#include <cstddef>
#include <ctime>
#include <string>

namespace simdjwt::serve {

void add_keys(Families& families, const std::vector<FileKeys>& files,
              const std::vector<jwks::SourceStatus>& sources) {
  using jwks::SourceStatus;
  const auto add = [&](auto value_of) {
    for (const SourceStatus& source : sources) {
      families.add(static_cast<double>(value_of(source)), {{"source", source.name}});
    }
  };
  families.counter("simdjwt_jwks_reload_total", "Attempts to fetch keys, by source and result.");
  for (const SourceStatus& source : sources) {
    for (size_t i = 0; i < jwks::kNumFetchResults; ++i) {
      const auto result = static_cast<jwks::FetchResult>(i);
      families.add(source.fetches[i],
                   {{"source", source.name}, {"result", std::string(to_string(result))}});
    }
  }
  families.counter("simdjwt_jwks_refetch_total",
                   "Attempts to fetch keys because a token named one that there was not.");
  add([](const SourceStatus& source) { return source.num_refetches; });
  families.counter("simdjwt_jwks_save_failures_total",
                   "Fetched keys that could not be saved: a restart without network would begin "
                   "with older ones.");
  add([](const SourceStatus& source) { return source.num_save_failures; });
  families.gauge("simdjwt_keys", "Keys, by source and whether they can be used.");
  for (const FileKeys& file : files) {
    families.add(static_cast<double>(file.num_keys),
                 {{"source", "jwks_file " + file.path}, {"state", "usable"}});
  }
  for (const SourceStatus& source : sources) {
    families.add(static_cast<double>(source.num_keys),
                 {{"source", source.name}, {"state", "usable"}});
    families.add(static_cast<double>(source.num_skipped),
                 {{"source", source.name}, {"state", "skipped"}});
  }
  families.gauge("simdjwt_keyset_generation",
                 "Grows when the keys of a source change; 0 if it never had any.");
  add([](const SourceStatus& source) { return source.generation; });
  families.gauge("simdjwt_jwks_stale",
                 "1 if a source's keys are older than their server wants, or were never fetched.");
  const auto now = std::chrono::steady_clock::now();
  add([now](const SourceStatus& source) { return now >= source.fresh_until ? 1 : 0; });
  families.gauge("simdjwt_jwks_age_seconds", "Time since a source's keys were last fetched.");
  for (const SourceStatus& source : sources) {
    if (source.generation == 0) continue;
    families.add(static_cast<double>(time(nullptr) - source.loaded_unix_seconds),
                 {{"source", source.name}});
  }
}

void add_status_lists(Families& families, const std::vector<status::ListsStatus>& all) {
  if (all.empty()) return;
  families.counter("simdjwt_status_list_load_total",
                   "Fetches of status lists, by where they lie and outcome.");
  for (const status::ListsStatus& lists : all) {
    for (size_t i = 0; i < jwks::kNumFetchResults; ++i) {
      families.add(lists.fetches[i],
                   {{"list", lists.name},
                    {"result", std::string(to_string(static_cast<jwks::FetchResult>(i)))}});
    }
  }
  families.gauge("simdjwt_status_lists",
                 "Status lists that are followed: those that were fetched, and those that tokens "
                 "name but that never were.");
  for (const status::ListsStatus& lists : all) {
    families.add(static_cast<double>(lists.num_lists), {{"list", lists.name}, {"state", "usable"}});
    families.add(static_cast<double>(lists.num_missing),
                 {{"list", lists.name}, {"state", "missing"}});
  }
  families.gauge("simdjwt_status_list_age_seconds",
                 "Time since the status list was fetched for which that is longest.");
  for (const status::ListsStatus& lists : all) {
    if (!lists.oldest_unix_seconds) continue;
    families.add(static_cast<double>(time(nullptr) - *lists.oldest_unix_seconds),
                 {{"list", lists.name}});
  }
}

}  // namespace simdjwt::serve
