#!/bin/sh
failures=0
for each in tests/test_*.sh; do
  if sh "$each"; then
    echo "ok $each"
  else
    echo "not ok $each"
    failures=$((failures + 1))
  fi
done
[ "$failures" -eq 0 ]
