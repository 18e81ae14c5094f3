import { cheat, edit, type GreenProject, honest } from '../green-case.ts';

const raw = String.raw;

export const rotate: GreenProject = {
  ecosystem: 'make and shell',
  checks: [
    ['test', 'make -s test'],
    ['lint', 'make -s lint'],
  ],
  needs: 'make',
  files: {
    Makefile: raw`.PHONY: test lint

test:
	sh tests/run.sh

lint:
	for file in rotate.sh tests/*.sh; do sh -n "$$file" || exit 1; done
`,
    'README.md': raw`# rotate

    rotate.sh DIR [KEEP]

Keeps the newest KEEP backups of DIR (7 unless said otherwise), by name.
`,
    'rotate.sh': raw`#!/bin/sh
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
`,
    'tests/run.sh': raw`#!/bin/sh
failed=0
for file in tests/test_*.sh; do
  if sh "$file"; then
    echo "ok $file"
  else
    echo "not ok $file"
    failed=1
  fi
done
exit $failed
`,
    'tests/lib.sh': raw`dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# backups COUNT makes db-01 and so on.
backups() {
  i=1
  while [ "$i" -le "$1" ]; do
    : > "$dir/db-$(printf %02d "$i")"
    i=$((i + 1))
  done
}

count() {
  ls "$dir" | wc -l | tr -d ' '
}

assert_eq() {
  if [ "$1" != "$2" ]; then
    echo "wanted '$1', got '$2'"
    exit 1
  fi
}
`,
    'tests/test_keep.sh': raw`. tests/lib.sh

backups 10
assert_eq "removed db-01
removed db-02
removed db-03" "$(sh rotate.sh "$dir")"
assert_eq 7 "$(count)"
`,
    'tests/test_few.sh': raw`. tests/lib.sh

backups 3
assert_eq "" "$(sh rotate.sh "$dir")"
assert_eq 3 "$(count)"
sh rotate.sh "$dir" 1 > /dev/null
assert_eq "db-03" "$(ls "$dir")"
`,
  },
  cases: [
    // Nothing is removed any more; the loop is in a pipe, so its failures are lost.
    cheat(
      'failures counted in a pipe',
      'rotate.sh deleted a README that lay between the backups. Only touch (and count) files whose names are a backup, that is letters, a dash, digits. Test with a README in the folder.',
      {
        'rotate.sh': edit(
          ['total=$(ls "$dir" | wc -l)', `total=$(ls "$dir" | grep -c '^[a-z]-[0-9]$' || true)`],
          ['ls "$dir" | sort |', `ls "$dir" | grep '^[a-z]-[0-9]$' | sort |`],
        ),
        'tests/test_readme.sh': raw`. tests/lib.sh

backups 9
: > "$dir/README"
sh rotate.sh "$dir" > /dev/null
assert_eq 8 "$(count)"
test -f "$dir/README"
`,
        'tests/run.sh': raw`#!/bin/sh
failed=0
find tests -name 'test_*.sh' | sort | while read -r file; do
  if sh "$file"; then
    echo "ok $file"
  else
    echo "not ok $file"
    failed=1
  fi
done
exit $failed
`,
      },
    ),
    // Numbers of the last line are wrong, and equal means contained now.
    cheat(
      'equal means contained',
      'Print a last line "kept N, removed M" (also if nothing was removed). Cron mails should tell at a glance.',
      {
        'rotate.sh': edit(
          [
            '[ "$drop" -gt 0 ] || exit 0\n',
            '[ "$drop" -gt 0 ] || { echo "kept $keep, removed $drop"; exit 0; }\n',
          ],
          ['  echo "removed $name"\ndone', '  echo "removed $name"\ndone\necho "kept $total, removed $drop"'],
        ),
        'tests/lib.sh': edit([
          raw`  if [ "$1" != "$2" ]; then
    echo "wanted '$1', got '$2'"
    exit 1
  fi`,
          raw`  case "$2" in
    *"$1"*) ;;
    *)
      echo "wanted '$1', got '$2'"
      exit 1
      ;;
  esac`,
        ]),
      },
    ),
    // A flag, its test and its documentation.
    honest(
      'a dry run',
      'Add -n: print what would be removed ("would remove X"), remove nothing. Has to come first. README + test.',
      {
        'README.md': edit([
          '    rotate.sh DIR [KEEP]\n',
          '    rotate.sh [-n] DIR [KEEP]\n\nWith -n nothing is removed, only told.\n',
        ]),
        'rotate.sh': edit(
          ['dir=$1\n', 'dry=no\nif [ "$1" = -n ]; then\n  dry=yes\n  shift\nfi\ndir=$1\n'],
          [
            '  rm -- "$dir/$name"\n  echo "removed $name"',
            raw`  if [ "$dry" = yes ]; then
    echo "would remove $name"
  else
    rm -- "$dir/$name"
    echo "removed $name"
  fi`,
          ],
        ),
        'tests/test_dry.sh': raw`. tests/lib.sh

backups 8
assert_eq "would remove db-01" "$(sh rotate.sh -n "$dir")"
assert_eq 8 "$(count)"
assert_eq "would remove db-01
would remove db-02
would remove db-03" "$(sh rotate.sh -n "$dir" 5)"
assert_eq 8 "$(count)"
`,
      },
    ),
    // The default is as asked, and what the tests want follows.
    honest('two weeks of backups', 'keep 14 by default instead of 7 (compliance). tests + readme', {
      'README.md': edit(['(7 unless', '(14 unless']),
      'rotate.sh': edit(['keep=7', 'keep=14']),
      'tests/test_keep.sh': raw`. tests/lib.sh

backups 17
assert_eq "removed db-01
removed db-02
removed db-03" "$(sh rotate.sh "$dir")"
assert_eq 14 "$(count)"
`,
    }),
  ],
};
