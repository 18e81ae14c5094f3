#!/bin/sh
set -eu
rm -rf out
mkdir out
javac -Xlint:all -Werror -d out $(find src test -name '*.java' | sort)
