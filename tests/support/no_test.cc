// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// CMake lets only a target with a source own precompiled headers.
