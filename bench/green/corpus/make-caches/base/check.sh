#!/bin/sh
echo 1..1
grep -q one words.txt && echo "ok 1 - has one" || { echo "not ok 1 - has one"; exit 1; }
