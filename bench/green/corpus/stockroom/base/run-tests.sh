#!/bin/sh
# Compiles everything and runs each test class named in tests.txt.
set -eu
cd "$(dirname "$0")"
rm -rf build
mkdir build
javac -Xlint:all -Werror -d build $(find src test -name '*.java')
while read -r class; do
    java -ea -cp build acme.testing.Runner "$class"
done < tests.txt
