# Runs one program and leaves an exit file. It is the leader of its process group and outlives Moose.
#
#   sh wrapper.sh DIRECTORY COOKIE STARTED_AT MKFIFO FLOCK TOOL_PATH GROUPS UNSET PROGRAM [ARGUMENT...]
#
# GROUPS is `groups` if the program runs in control groups, whose paths are in the file of this name; or empty.
# File descriptors it is given: 0 /dev/null, 1 stdout.log, 2 wrapper.log, 3 the starter, 4 stderr.log.
# The first line of the starter is the seal: whoever writes an exit file without it is not this shell.
# Functions, and one line that runs them: the file is read whole first, so that replacing it harms no running session.

# The program runs if and only if the handle file is there when the starter lets go, and is this start's own.
is_handle_ours() {
  [ -f "$moose_directory/handle.json" ] || return 1
  IFS= read -r moose_line <"$moose_directory/handle.json"
  case $moose_line in *"$moose_cookie"*) ;; *) return 1 ;; esac
}

# The program and its children inherit descriptor 9, which stays open until the last of them is gone. A pipe is opened for
# reading too: otherwise, opening it would wait for a reader. The wrapper of an aborted start may make it at the same time.
take_lock() {
  if [ -n "$moose_mkfifo" ] && {
    [ -p "$moose_directory/lock" ] || "$moose_mkfifo" -m 600 "$moose_directory/lock" || [ -p "$moose_directory/lock" ]
  } 2>/dev/null
  then
    exec 9<>"$moose_directory/lock" || exit 70
    return
  fi
  # A file system without pipes, or a directory that an older Moose has used.
  exec 9>>"$moose_directory/lock" || exit 70
  [ -n "$moose_flock" ] || return 0
  "$moose_flock" -n 9
  case $? in 0) ;; 1) exit 75 ;; *) exit 70 ;; esac
}

# The program gets the same whatever the starter of Moose had set: its mode for new files, no files of memory (cores, which
# have its secrets), the usual stack, and no soft limit that is lower than needed.
defined_limits() {
  umask 022
  ulimit -S -c 0
  ulimit -S -s 8192
  # Not more, though Node raises its own to the hard limit: some programs close each possible one when they start.
  ulimit -S -n 65536
  for moose_line in t f d v; do ulimit -S -$moose_line unlimited; done
} 2>/dev/null

# When memory is short on the whole machine, the kernel ends the programs of sessions first.
come_first() {
  read -r moose_line </proc/self/oom_score_adj && [ "$moose_line" -lt 500 ] && printf 500 >/proc/self/oom_score_adj
} 2>/dev/null

# Only the program's process enters them: this shell reports its end, whatever limit it has passed.
join_groups() {
  [ -n "$moose_groups" ] || return 0
  moose_joined=
  while read -r _ _ moose_line; do
    printf 0 >"$moose_line/cgroup.procs" || return 1
    moose_joined=yes
  done <"$moose_directory/groups"
  [ -n "$moose_joined" ]
}

run() {
  moose_directory=$1 moose_cookie=$2 moose_started=$3 moose_mkfifo=$4 moose_flock=$5 moose_tools=$6
  moose_groups=$7 moose_unset=$8
  shift 8

  IFS= read -r moose_seal <&3 || exit 70

  take_lock

  # Caught, not ignored: the program gets the defaults back, and this shell lives to write the exit file.
  trap : HUP INT QUIT PIPE ALRM TERM USR1 USR2
  # The program's process is made before the starter is told: whoever has the handle can end it by a signal, whereas
  # a signal in the moment of the fork, with this shell's traps still in place, would be lost.
  (
    # Before the starter is told, too: without its groups, no program runs.
    join_groups || exit 71
    come_first
    printf 'ready\n' >&3
    # Descriptor 3 ends when the starter lets go or dies. Which of the two does not matter.
    read -r moose_line <&3
    is_handle_ours || exit
    # What a shell, or Node, adds to the environment by itself and the caller did not ask for.
    unset $moose_unset
    defined_limits
    exec "$@" 2>&4 3>&- 4>&-
  )
  moose_status=$?
  trap '' HUP INT QUIT PIPE ALRM TERM USR1 USR2
  exec 3>&- 4>&-
  is_handle_ours || {
    [ "$moose_status" -eq 71 ] && exit 71
    exit 75
  }
  PATH=$moose_tools

  # A status above 128 is a signal or the program's own; of a signal a shell speaks on its stderr.
  # The first line there is blank, made by the starter to take a block on the disk.
  moose_signal=null
  moose_line=
  { read -r moose_line; read -r moose_line; } <"$moose_directory/wrapper.log"
  if [ "$moose_status" -gt 128 ] && [ -n "$moose_line" ]; then
    moose_name=$(kill -l "$moose_status") && moose_signal="\"SIG$moose_name\"" && moose_status=null
  fi
  # exit.tmp has its block on the disk already and is overwritten in place, so that a full disk is no obstacle. This process
  # becomes mv: the file is the last thing that it makes.
  printf '{"exitCode":%s,"signal":%s,"startedAt":"%s","endedAt":"%s","seal":"%s"}\n' \
    "$moose_status" "$moose_signal" "$moose_started" "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" "$moose_seal" \
    1<>"$moose_directory/exit.tmp" && exec mv -f "$moose_directory/exit.tmp" "$moose_directory/exit.json"
}

run "$@"; exit
