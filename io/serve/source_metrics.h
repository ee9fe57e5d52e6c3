// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// How the sources of keys and of status lists fare, on /metrics.

#ifndef SIMDJWT_IO_SERVE_SOURCE_METRICS_H_
#define SIMDJWT_IO_SERVE_SOURCE_METRICS_H_

#include <vector>

#include "jwks/source_status.h"
#include "serve/metric_families.h"
#include "serve/metrics.h"
#include "status/list_sources.h"

namespace simdjwt::serve {

void add_keys(Families& families, const std::vector<FileKeys>& files,
              const std::vector<jwks::SourceStatus>& sources);
void add_status_lists(Families& families, const std::vector<status::ListsStatus>& all);

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_SOURCE_METRICS_H_
