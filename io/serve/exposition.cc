// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/exposition.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>

#include "net/clock.h"
#include "oauth/issuer_metrics.h"
#include "registry/usage_book.h"
#include "serve/metric_families.h"
#include "serve/process_stats.h"
#include "serve/source_metrics.h"

namespace simdjwt::serve {
namespace {

constexpr double kSecondsPerNanosecond = 1e-9;

// "uri_too_long"
std::string name_of(http::Status status) {
  std::string name(http::reason_phrase(status));
  for (char& c : name) c = c == ' ' ? '_' : static_cast<char>(std::tolower(c));
  return name;
}

template <class Read>
uint64_t sum(const Metrics& metrics, Read read) {
  uint64_t total = 0;
  for (size_t i = 0; i < metrics.num_reactors(); ++i) total += read(metrics.reactor(i));
  return total;
}

void add_policies(Families& families, const Metrics& metrics) {
  struct Total {
    std::string policy;
    uint64_t accepted = 0;
    uint64_t anonymous = 0;
    std::array<uint64_t, kNumReasons> rejected{};
  };
  std::vector<Total> totals;
  metrics.for_each_policy([&totals](const std::string& name, const PolicyMetrics& policy) {
    Total& total = totals.emplace_back(Total{.policy = name});
    for (const PolicyCounters& counters : policy.reactors()) {
      total.accepted += counters.accepted.value();
      total.anonymous += counters.anonymous.value();
      for (size_t i = 0; i < kNumReasons; ++i) total.rejected[i] += counters.rejected[i].value();
    }
  });

  families.counter("simdjwt_verify_total", "Requests that were judged, by policy and result.");
  for (const Total& total : totals) {
    const uint64_t errors = total.rejected[static_cast<size_t>(Reason::kUnavailable)];
    uint64_t rejected = 0;
    for (const uint64_t n : total.rejected) rejected += n;
    families.add(total.accepted, {{"policy", total.policy}, {"result", "ok"}});
    families.add_nonzero(total.anonymous, {{"policy", total.policy}, {"result", "anonymous"}});
    families.add(rejected - errors, {{"policy", total.policy}, {"result", "rejected"}});
    families.add(errors, {{"policy", total.policy}, {"result", "error"}});
  }
  families.counter("simdjwt_verify_rejected_total", "Rejected requests, by policy and reason.");
  for (const Total& total : totals) {
    for (size_t i = 0; i < kNumReasons; ++i) {
      const auto reason = static_cast<Reason>(i);
      if (reason == Reason::kNone || reason == Reason::kUnavailable) continue;
      families.add(total.rejected[i],
                   {{"policy", total.policy}, {"reason", std::string(to_string(reason))}});
    }
  }
}

void add_requests(Families& families, const Metrics& metrics,
                  const std::vector<std::string>& listeners) {
  families.counter("simdjwt_http_requests_total",
                   "Answered requests, by listener, contract and status.");
  for (size_t listener = 0; listener < listeners.size(); ++listener) {
    for (size_t i = 0; i < kNumContracts; ++i) {
      const auto contract = static_cast<Contract>(i);
      for (const http::Status status : http::kStatuses) {
        families.add_nonzero(
            sum(metrics,
                [=](const ReactorMetrics& m) { return m.requests(listener, contract, status); }),
            {{"listener", listeners[listener]},
             {"contract", std::string(to_string(contract))},
             {"code", std::to_string(static_cast<int>(status))}});
      }
    }
  }
  families.counter("simdjwt_parse_errors_total",
                   "Requests that were not understood, or not received in time, by reason.");
  for (const http::Status status : http::kStatuses) {
    families.add_nonzero(
        sum(metrics, [=](const ReactorMetrics& m) { return m.parse_errors(status); }),
        {{"reason", name_of(status)}});
  }
  families
      .counter("simdjwt_identity_headers_dropped_total",
               "Headers left out of answers that would have become too large.")
      .add(
          sum(metrics, [](const ReactorMetrics& m) { return m.identity_headers_dropped.value(); }));
  families.counter("simdjwt_http_body_bytes_total", "Bytes of request bodies.")
      .add(sum(metrics, [](const ReactorMetrics& m) { return m.body_bytes.value(); }));
  families.gauge("simdjwt_http_uploads", "Requests whose body is being read.")
      .add(sum(metrics, [](const ReactorMetrics& m) { return m.uploads_active.value(); }));
  families
      .counter("simdjwt_http_answers_cut_off_total",
               "Answers in bulk that were begun and not ended, for the request was not.")
      .add(sum(metrics, [](const ReactorMetrics& m) { return m.answers_cut_off.value(); }));
  families.counter("simdjwt_verify_tokens_total", "Tokens that were verified, in batches.")
      .add(sum(metrics, [](const ReactorMetrics& m) { return m.tokens_verified.value(); }));
}

void add_signature_cache(Families& families, const Metrics& metrics, size_t size_bytes) {
  if (size_bytes == 0) return;
  families
      .counter("simdjwt_token_cache_hits_total", "Tokens whose signature was known to be right.")
      .add(sum(metrics, [](const ReactorMetrics& m) { return m.signature_hits.value(); }));
  families
      .counter("simdjwt_token_cache_misses_total",
               "Tokens of asymmetric keys whose signature had to be verified.")
      .add(sum(metrics, [](const ReactorMetrics& m) { return m.signature_misses.value(); }));
  const uint64_t inserts =
      sum(metrics, [](const ReactorMetrics& m) { return m.signature_inserts.value(); });
  const uint64_t evictions =
      sum(metrics, [](const ReactorMetrics& m) { return m.signature_evictions.value(); });
  families.counter("simdjwt_token_cache_inserts_total", "Tokens that were accepted and are known.")
      .add(inserts);
  families
      .counter("simdjwt_token_cache_evictions_total",
               "Tokens that were forgotten for the sake of others.")
      .add(evictions);
  families.gauge("simdjwt_token_cache_entries", "Tokens whose signature is known to be right.")
      .add(static_cast<double>(inserts - std::min(evictions, inserts)));
  families.gauge("simdjwt_token_cache_bytes", "Size of the cache of signatures.")
      .add(static_cast<double>(size_bytes));
}

void add_usage(Families& families, const registry::UsageBook* usage) {
  if (usage == nullptr) return;
  families
      .gauge("simdjwt_usage_lag_seconds", "Age of the oldest use that is counted and not saved.")
      .add(static_cast<double>(usage->lag_ms(net::read_clocks())) / 1000);
  families
      .counter("simdjwt_usage_lost_total",
               "Uses of tokens that came too fast to be counted but for their server.")
      .add(static_cast<double>(usage->num_lost()));
}

void add_revocations(Families& families,
                     const std::optional<registry::RevocationCounts>& revocations) {
  if (!revocations) return;
  const auto add = [&](const auto& counts) {
    for (size_t i = 0; i < counts.size(); ++i) {
      families.add(counts.at(i), {{"kind", std::string(registry::RevocationCounts::kKinds.at(i))}});
    }
  };
  families.counter("simdjwt_revocations_total",
                   "Revocations of tokens by registry index, by jti, and of all that were issued "
                   "before a date, that came since the start.");
  add(revocations->taken_in);
  families.gauge("simdjwt_revocation_entries", "Revocations that count now.");
  add(revocations->entries);
}

void add_issuer(Families& families, const oauth::IssuerMetrics* issuer) {
  if (issuer == nullptr) return;
  using oauth::IssuerMetrics;
  families.counter("simdjwt_issuer_requests_total",
                   "Requests to the issuer, by endpoint and outcome.");
  for (size_t i = 0; i < IssuerMetrics::kEndpoints.size(); ++i) {
    for (size_t j = 0; j < IssuerMetrics::kOutcomes.size(); ++j) {
      families.add_nonzero(issuer->requests(i, j),
                           {{"endpoint", std::string(IssuerMetrics::kEndpoints.at(i))},
                            {"outcome", std::string(IssuerMetrics::kOutcomes.at(j))}});
    }
  }
  families
      .counter("simdjwt_refresh_reuses_total",
               "Refresh tokens that were used twice, and whose families were revoked.")
      .add(issuer->reuses());
}

// Adds what `histogram_of` finds in each reactor, if `labels` are none or it holds anything.
template <class HistogramOf>
void add_series(Families& families, const Metrics& metrics, HistogramOf histogram_of,
                Labels labels = {}) {
  ClientMetric::Histogram out;
  uint64_t count = 0;
  for (size_t i = 0; i < Histogram::kNumBuckets; ++i) {
    count += sum(metrics, [&](const ReactorMetrics& m) { return histogram_of(m).bucket(i); });
    const double bound =
        i < Histogram::kNumBounds
            ? static_cast<double>(Histogram::bound_nanoseconds(i)) * kSecondsPerNanosecond
            : std::numeric_limits<double>::infinity();
    out.bucket.push_back({count, bound});
  }
  if (count == 0 && !labels.empty()) return;
  out.sample_count = count;
  const uint64_t nanoseconds =
      sum(metrics, [&](const ReactorMetrics& m) { return histogram_of(m).sum_nanoseconds(); });
  out.sample_sum = static_cast<double>(nanoseconds) * kSecondsPerNanosecond;
  families.add_metric(std::move(labels)).histogram = std::move(out);
}

void add_durations(Families& families, const Metrics& metrics) {
  families.begin(MetricType::Histogram, "simdjwt_http_request_duration_seconds",
                 "From the turn in which a request was received to its answer.");
  add_series(
      families, metrics, [](const ReactorMetrics& m) -> const auto& { return m.request_duration; });
  families.begin(MetricType::Histogram, "simdjwt_verify_batch_duration_seconds",
                 "Verification of a batch of tokens.");
  add_series(
      families, metrics, [](const ReactorMetrics& m) -> const auto& { return m.batch_duration; });
  families.begin(MetricType::Histogram, "simdjwt_verify_duration_seconds",
                 "Verification of a token, as its share of a batch, by the algorithm of the keys.");
  for (KeyKind kind{0}; kind.index < KeyKind::kNum; ++kind.index) {
    add_series(
        families, metrics,
        [kind](const ReactorMetrics& m) -> const auto& { return m.token_duration[kind.index]; },
        {{"alg", std::string(to_string(kind))}});
  }
}

void add_log(Families& families, const DecisionLog& log) {
  families.counter("simdjwt_decision_log_lines_total", "Lines of the decision log, by result.")
      .add(log.num_written(), {{"result", "written"}})
      .add(log.num_dropped(), {{"result", "dropped"}});
  families
      .counter("simdjwt_decision_log_write_failures_total",
               "Attempts to write to the decision log that failed and were tried again.")
      .add(log.num_failures());
}

void add_reloads(Families& families, const Metrics& metrics) {
  const Metrics::Reloads reloads = metrics.reloads();
  families
      .counter("simdjwt_config_reloads_total", "Loads of configuration or keys since the start.")
      .add(reloads.num_ok, {{"result", "success"}})
      .add(reloads.num_failed, {{"result", "failure"}});
  families
      .gauge("simdjwt_config_last_reload_successful",
             "0 if what is in the files now could not be loaded, and older policies serve.")
      .add(reloads.is_last_ok ? 1.0 : 0.0);
  families
      .gauge("simdjwt_config_last_reload_success_timestamp_seconds",
             "When the policies that serve now were loaded.")
      .add(static_cast<double>(reloads.last_ok_unix_seconds));
}

void add_process(Families& families) {
  const ProcessStats stats = read_process_stats();
  families.counter("process_cpu_seconds_total", "User and system time.").add(stats.cpu_seconds);
  families.gauge("process_open_fds", "Open file descriptors.").add(stats.num_open_fds);
  families.gauge("process_max_fds", "Limit of open file descriptors.").add(stats.num_fds_max);
  families.gauge("process_virtual_memory_bytes", "Virtual memory.").add(stats.virtual_bytes);
  families.gauge("process_resident_memory_bytes", "Resident memory.").add(stats.resident_bytes);
  families.gauge("process_threads", "Threads.").add(stats.num_threads);
  families.gauge("process_start_time_seconds", "When the process was started.")
      .add(stats.start_unix_seconds);
}

// One series for each reactor: how evenly the kernel spreads connections over them shows.
void add_reactors(Families& families, const std::vector<const net::ReactorCounters*>& reactors,
                  const std::vector<std::string>& listeners) {
  using net::Counter;
  using net::ListenerCounters;
  using net::ReactorCounters;
  const auto add_by_listener = [&](const Counter ListenerCounters::*counter, Labels labels = {}) {
    for (size_t i = 0; i < reactors.size(); ++i) {
      for (size_t j = 0; j < std::min(listeners.size(), reactors[i]->listeners.size()); ++j) {
        Labels all{{"reactor", std::to_string(i)}, {"listener", listeners[j]}};
        all.insert(all.end(), labels.begin(), labels.end());
        families.add((reactors[i]->listeners[j].*counter).value(), std::move(all));
      }
    }
  };
  const auto add = [&](const Counter ReactorCounters::*counter, Labels labels = {}) {
    for (size_t i = 0; i < reactors.size(); ++i) {
      Labels all{{"reactor", std::to_string(i)}};
      all.insert(all.end(), labels.begin(), labels.end());
      families.add((reactors[i]->*counter).value(), std::move(all));
    }
  };
  families.gauge("simdjwt_connections",
                 "Open connections: idle between requests, or busy with one.");
  add_by_listener(&ListenerCounters::idle, {{"state", "idle"}});
  add_by_listener(&ListenerCounters::busy, {{"state", "busy"}});
  families.counter("simdjwt_accepts_total", "Accepted connections.");
  add_by_listener(&ListenerCounters::accepted);
  families.counter(
      "simdjwt_connections_refused_total",
      "Connections closed by the server: from an address that may not connect, for "
      "exceeding a time limit, idle when another needed the place, or left over at the "
      "end of a drain.");
  add(&ReactorCounters::connections_refused, {{"reason", "peer"}});
  add(&ReactorCounters::heads_expired, {{"reason", "slow_head"}});
  add(&ReactorCounters::bodies_expired, {{"reason", "slow_body"}});
  add(&ReactorCounters::idles_expired, {{"reason", "idle"}});
  add(&ReactorCounters::idles_evicted, {{"reason", "evicted"}});
  add(&ReactorCounters::writes_expired, {{"reason", "slow_reader"}});
  add(&ReactorCounters::connections_cut_off, {{"reason", "drain"}});
  families.counter("simdjwt_accept_pauses_total",
                   "How often clients had to wait: as all connections were busy, or because no "
                   "descriptor or memory was left.");
  add(&ReactorCounters::accepts_paused, {{"reason", "limit"}});
  add(&ReactorCounters::accepts_failed, {{"reason", "resources"}});
  families.counter("simdjwt_output_pauses_total",
                   "How often a client's requests had to wait until it took its answers.");
  add(&ReactorCounters::outputs_full);
  families.counter("simdjwt_postponements_total",
                   "How often requests had to wait for a later turn: their signatures are costly.");
  add(&ReactorCounters::postponements);
  families.counter("simdjwt_received_bytes_total", "Bytes received.");
  add(&ReactorCounters::bytes_received);
  families.counter("simdjwt_sent_bytes_total", "Bytes sent.");
  add(&ReactorCounters::bytes_sent);
  families.counter("simdjwt_reactor_turns_total", "Turns of the reactor.");
  add(&ReactorCounters::turns);
  families.counter("simdjwt_uring_sqe_total", "Operations given to the kernel.");
  add(&ReactorCounters::submissions);
  families.counter("simdjwt_uring_cqe_total", "Completions of operations, several for some.");
  add(&ReactorCounters::completions);
  families.counter("simdjwt_uring_enobufs_total", "Receives that found no free buffer.");
  add(&ReactorCounters::receives_starved);
  families.counter("simdjwt_uring_overflow_total", "Turns that began with an overflown queue.");
  add(&ReactorCounters::completions_overflown);
  families.counter("simdjwt_uring_stale_total",
                   "Completions of connections that were gone: more than 0 is a mistake of ours.");
  add(&ReactorCounters::completions_stale);
}

void add_wires(Families& families, const std::vector<WireSource>& wires) {
  families.counter("simdjwt_wires_total",
                   "TLS handshakes and PROXY headers: opened, failed (at any time), or refused for "
                   "where the client connected from.");
  for (const WireSource& wire : wires) {
    const auto add = [&](const std::atomic<uint64_t>& counter, const char* result) {
      families.add(counter.load(std::memory_order_relaxed),
                   {{"listener", wire.listener}, {"protocol", wire.protocol}, {"result", result}});
    };
    add(wire.counters->opened, "opened");
    add(wire.counters->failed, "failed");
    add(wire.counters->refused, "refused");
  }
}

}  // namespace

std::string expose(const MetricsSources& sources) {
  Families families;
  families.gauge("simdjwt_build_info", "Always 1; what runs here.")
      .add(1.0, {{"version", sources.version},
                 {"commit", sources.commit},
                 {"io", sources.io},
                 {"kernels", sources.kernels}});
  add_policies(families, sources.metrics);
  add_requests(families, sources.metrics, sources.listeners);
  add_durations(families, sources.metrics);
  add_signature_cache(families, sources.metrics, sources.signature_cache_bytes);
  add_usage(families, sources.usage);
  add_revocations(families, sources.revocations);
  add_issuer(families, sources.issuer);
  add_log(families, sources.log);
  add_reloads(families, sources.metrics);
  add_keys(families, sources.metrics.file_keys(), sources.key_sources);
  add_status_lists(families, sources.status_lists);
  add_reactors(families, sources.reactors, sources.listeners);
  add_wires(families, sources.wires);
  add_process(families);
  return families.text();
}

}  // namespace simdjwt::serve
