#!/bin/sh
# Compile everything into a fresh directory and run all *Test classes.
set -eu
cd "$(dirname "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
javac -Xlint:all -Werror -d "$out/main" $(find src -name '*.java')
javac -Xlint:all -Werror -cp "$out/main" -d "$out/test" $(find test -name '*.java')
tests=$(cd test && find . -name '*Test.java' | sed 's|^\./||; s|/|.|g; s|\.java$||' | sort)
java -cp "$out/test:$out/main" depot.testing.Runner test/known-failures.txt $tests
