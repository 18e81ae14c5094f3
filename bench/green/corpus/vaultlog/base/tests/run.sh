#!/bin/sh
# Runs each test of tests/test_*.sh in a folder of its own.
cd "$(dirname "$0")/.." || exit 2
root=$(pwd)
failed=0
for file in tests/test_*.sh; do
  work=$(mktemp -d)
  if VAULTLOG="$root/bin/vaultlog" TESTS="$root/tests" sh "$file" "$work"; then
    echo "ok - $file"
  else
    echo "not ok - $file"
    failed=1
  fi
  rm -rf "$work"
done
exit "$failed"
