#!/bin/sh
failed=0
for file in tests/test_*.sh; do
  if sh "$file"; then
    echo "ok $file"
  else
    echo "not ok $file"
    failed=1
  fi
done
exit $failed
