#!/bin/sh
# bump.sh VERSION major|minor|patch
set -eu
version=$1
kind=$2
major=$(echo "$version" | cut -d. -f1)
minor=$(echo "$version" | cut -d. -f2)
patch=$(echo "$version" | cut -d. -f3)
case $kind in
major) echo "$((major + 1)).0.0" ;;
minor) echo "$major.$((minor + 1)).0" ;;
patch) echo "$major.$minor.$((patch + 1))" ;;
*)
  echo "bump: no such kind: $kind" >&2
  exit 1
  ;;
esac
