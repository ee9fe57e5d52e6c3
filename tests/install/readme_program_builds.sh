#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
#
# Whoever copies the README's program finds that it builds against the installed library, by
# find_package and by pkg-config, and prints what the README says it prints.
#
# usage: readme_program_builds.sh SOURCE_DIR BUILD_DIR CXX CXX_FLAGS
set -eu

source_dir=$1
build_dir=$2
cxx=$3
cxx_flags=$4

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix

# first_block LANGUAGE: the README's first fenced block in that language.
first_block() {
  awk -v fence="\`\`\`$1" '$0 == "```" && inside { exit } inside { print } $0 == fence { inside = 1 }' \
    "$source_dir/README.md"
}

expect_readme_output() {
  "$1" > "$work/output"
  diff -u "$work/expected" "$work/output"
}

mkdir "$work/consumer"
cp "$source_dir/tests/install/consumer/CMakeLists.txt" "$work/consumer"
first_block cpp > "$work/consumer/program.cc"
first_block text > "$work/expected"
test -s "$work/consumer/program.cc" && test -s "$work/expected"

cmake --install "$build_dir" --prefix "$prefix" > "$work/install.log"

echo "find_package"
cmake -G Ninja -S "$work/consumer" -B "$work/build" -DCMAKE_PREFIX_PATH="$prefix" \
  -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_CXX_FLAGS="$cxx_flags" > "$work/configure.log"
cmake --build "$work/build"
expect_readme_output "$work/build/program"

echo "pkg-config"
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name simdjwt.pc)")
export PKG_CONFIG_PATH
# shellcheck disable=SC2046,SC2086  # flags are words
$cxx -std=c++20 -O2 $cxx_flags "$work/consumer/program.cc" -o "$work/program" \
  $(pkg-config --cflags --libs simdjwt)
expect_readme_output "$work/program"
