// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
#include "bytes/sha2_kernels.h"
