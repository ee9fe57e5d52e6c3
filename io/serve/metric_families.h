// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Families: what /metrics tells, as it is put together.

#ifndef SIMDJWT_IO_SERVE_METRIC_FAMILIES_H_
#define SIMDJWT_IO_SERVE_METRIC_FAMILIES_H_

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace simdjwt::serve {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

// All families, in the order in which they were begun.
class Families {
 public:
  Families& begin(MetricType type, std::string name, std::string help) {
    families_.push_back({std::move(name), std::move(help), type, {}});
    return *this;
  }
  Families& counter(std::string name, std::string help) {
    return begin(MetricType::Counter, std::move(name), std::move(help));
  }
  Families& gauge(std::string name, std::string help) {
    return begin(MetricType::Gauge, std::move(name), std::move(help));
  }

  // A series of the family begun last.
  Families& add(double value, Labels labels = {}) {
    ClientMetric& metric = add_metric(std::move(labels));
    (families_.back().type == MetricType::Gauge ? metric.gauge.value : metric.counter.value) =
        value;
    return *this;
  }
  Families& add(uint64_t value, Labels labels = {}) {
    return add(static_cast<double>(value), std::move(labels));
  }
  void add_nonzero(uint64_t value, Labels labels) {
    if (value != 0) add(value, std::move(labels));
  }
  ClientMetric& add_metric(Labels labels) {
    ClientMetric& metric = families_.back().metric.emplace_back();
    metric.label = std::move(labels);
    return metric;
  }

  // A family without series says nothing.
  [[nodiscard]] std::string text() {
    std::erase_if(families_, [](const MetricFamily& family) { return family.metric.empty(); });
    return prometheus::TextSerializer().Serialize(families_);
  }

 private:
  std::vector<MetricFamily> families_;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_METRIC_FAMILIES_H_
