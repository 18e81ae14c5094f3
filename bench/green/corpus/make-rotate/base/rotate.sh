#!/bin/sh
set -eu

dir=$1
keep=7
if [ $# -gt 1 ]; then keep=$2; fi

total=$(ls "$dir" | wc -l)
drop=$((total - keep))
[ "$drop" -gt 0 ] || exit 0
ls "$dir" | sort | head -n "$drop" | while read -r name; do
  rm -- "$dir/$name"
  echo "removed $name"
done
