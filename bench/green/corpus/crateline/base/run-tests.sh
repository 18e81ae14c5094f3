#!/bin/sh
# Compiles everything and runs all tests.
set -eu
cd "$(dirname "$0")"
rm -rf out
mkdir out
javac -Xlint:all -Werror -d out $(find src test -name '*.java')
java -cp out crateline.AllTests
