#!/bin/sh
# Test all packages of packages.txt. Packages without test.sh hold documents only.
set -eu
cd "$(dirname "$0")/.."
for package in $(cat packages.txt); do
    [ -f "packages/$package/test.sh" ] || continue
    echo "== $package"
    (cd "packages/$package" && sh test.sh)
done
