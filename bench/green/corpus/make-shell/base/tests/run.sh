#!/bin/sh
# Prints TAP.
. tests/assert.sh
echo 1..3
assert_equal 1 "$(sh greet.sh Ada)" "Hello, Ada!"
assert_equal 2 "$(sh greet.sh Bob)" "Hello, Bob!"
assert_equal 3 "$(sh greet.sh)" "Who?"
exit $failed
