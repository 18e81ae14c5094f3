# What `.ci/run` and `.ci/all` share: steps that print nothing unless they fail, tests that are counted, and the last line.

scratch=$(mktemp -d)
# Tests start programs as other users, too.
chmod 755 "$scratch"
counts="$scratch/counts"
failed_steps=()
timings=''
# Set at the end: an interrupted run is not a green one.
is_complete=no
# Reporters leave their counts here instead of printing them: one line for each run.
export MOOSE_TEST_COUNTS=$counts NO_COLOR=1
: >"$counts"

finish_step() { # NAME SECONDS CODE
  local word=ok
  if [[ $3 -ne 0 ]]; then
    word="failed with exit code $3"
    failed_steps+=("$1")
  fi
  timings+=$(printf '%-8s %5d s  %s' "$1" "$2" "$word")$'\n'
}

# Prints the whole output of a step that fails, and nothing of one that does not.
step() { # NAME COMMAND...
  local name=$1 started=$SECONDS code=0
  shift
  # Tests that belong to a step are not among those that are counted.
  MOOSE_TEST_COUNTS=/dev/null "$@" >"$scratch/output" 2>&1 || code=$?
  if [[ $code -ne 0 ]]; then printf '\n==> %s: %s\n%s\n' "$name" "$*" "$(cat "$scratch/output")"; fi
  finish_step "$name" $((SECONDS - started)) "$code"
  return "$code"
}

# The tests print their failures, and how far they are, themselves.
tests() { # NAME COMMAND...
  local name=$1 started=$SECONDS code=0 lines failed
  shift
  lines=$(wc -l <"$counts")
  "$@" || code=$?
  failed=$(tail -n +$((lines + 1)) "$counts" | awk '{ f += $3 } END { print f + 0 }')
  if [[ $(wc -l <"$counts") -le $lines ]]; then
    printf '%s: the tests have left no counts, so nothing shows that any has run.\n' "$name"
    if [[ $code -eq 0 ]]; then code=1; fi
  fi
  if [[ $code -eq 0 && $failed -ne 0 ]]; then code=1; fi
  finish_step "$name" $((SECONDS - started)) "$code"
  # The failures of tests are counted as such.
  if [[ $code -ne 0 && $failed -ne 0 ]]; then unset 'failed_steps[-1]'; fi
}

# Also after a failure: how long each step took, and the counts. A step that failed without a failed test counts as one.
report() {
  local passed failed skipped
  read -r passed failed skipped <<<"$(awk '{ p += $1; f += $3; s += $5 } END { print p + 0, f + 0, s + 0 }' "$counts")"
  failed=$((failed + ${#failed_steps[@]}))
  if [[ $is_complete == no && $failed -eq 0 ]]; then
    printf 'It was interrupted.\n'
    failed=1
  fi
  printf '\n%s%-8s %5d s\n' "$timings" total "$SECONDS"
  if [[ ${#failed_steps[@]} -gt 0 ]]; then printf 'Failed: %s\n' "${failed_steps[*]}"; fi
  rm -rf "$scratch"
  if [[ $passed -eq 0 && $failed -eq 0 ]]; then
    printf 'No test has run.\n'
    failed=1
  fi
  # Programs read the last line.
  if [[ ${counts_skipped:-no} == yes ]]; then
    printf 'Tests: %d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  else
    printf 'Tests: %d passed, %d failed\n' "$passed" "$failed"
  fi
  if [[ $failed -ne 0 ]]; then exit 1; fi
  exit 0
}
trap report EXIT
