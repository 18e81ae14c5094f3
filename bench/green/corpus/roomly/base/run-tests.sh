#!/bin/sh
# Compiles everything with all warnings as errors and runs the tests.
set -eu
cd "$(dirname "$0")"
rm -rf build
mkdir -p build
find src tests -name '*.java' > build/sources.txt
javac -Xlint:all -Werror -d build @build/sources.txt
exec java -cp build testing.TestRunner tests/quarantine.txt \
    roomly.BookingTest roomly.CalendarTest roomly.RecurrenceTest roomly.PriceTest
