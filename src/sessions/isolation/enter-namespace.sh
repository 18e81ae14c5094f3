# Runs one program behind namespace-init.sh in namespaces of its own, and ends as the program does: same code, same signal.
#
#   sh enter-namespace.sh HOW NETWORK EGRESS JOIN UNSHARE NODE TOOL_PATH UID GID PORT SOCKET PORT_2 SOCKET_2 UNSET ROOT \
#     MOUNTS FRAME CWD PERL SCRIPT PLAN LOADER PROGRAM [ARGUMENT...]
#
# HOW is `privileged` (by root) or `user` (in a user namespace, by anybody). NETWORK is `gateway` (its own, with a way to
# SOCKET), `none` (its own) or `machine`. PORT_2 and SOCKET_2 are a second way, or empty. EGRESS is the program that listens
# on the last of these sockets, where that is one of the session's own and not the gateway's; or empty. JOIN is empty, or the command that enters the network of another session first,
# which then takes the place of its own. ROOT is where the root directory of the session is put together, or empty:
# then it sees the files that its user sees. MOUNTS is a file as fstab(5); FRAME is a folder whose links and empty files are
# there before. PERL runs SCRIPT, which asks the kernel for what PLAN says and becomes the program; or all three are empty.
# LOADER is empty, or the words that start a tool of this machine in a root with another C library.
# File descriptors in use: 6 what the inner half says, 7 the unix sockets of the outer network, 8 stdout of the program; 9
# is the session's lock, and passed on.
# Functions, and one line that runs them: the file is read whole first, so that replacing it harms no running session.

new_line='
'

# Outside the namespaces, in the folder of its socket. Nothing of the program's environment concerns it, and it opens no
# debugger when it is sent a signal.
start_egress() {
  PATH=$2
  moose_folder=${8:-$6}
  cd "${moose_folder%/*}" && exec env -i MOOSE_SESSION="$MOOSE_SESSION" "$1" --disable-sigusr1 "$moose_egress" </dev/null >/dev/null
}

# Whether it is there or already gone.
end_egress() {
  kill -s KILL "$moose_egress_pid"
  wait "$moose_egress_pid"
} 2>/dev/null

enter() {
  moose_how=$1 moose_network=$2 moose_egress=$3 moose_join=$4 moose_unshare=$5
  shift 5
  moose_new='--pid --ipc --fork --kill-child --mount-proc'
  if [ -n "$moose_join" ]; then
    moose_network=joined-$moose_network
  else
    [ "$moose_network" = machine ] || moose_new="--net $moose_new"
  fi
  [ "$moose_how" = user ] && moose_new="--user --map-root-user $moose_new"

  # Caught, not ignored: the program gets the defaults back, and this shell lives to end as the program did.
  trap : HUP INT QUIT PIPE ALRM TERM USR1 USR2
  # Opened here, the list stays that of this network: inside, it would be empty.
  if [ -n "$moose_egress" ]; then
    start_egress "$@" &
    moose_egress_pid=$!
  fi
  exec 7</proc/net/unix 8>&1 || exit
  moose_said=$(exec $moose_join "$moose_unshare" $moose_new -- /bin/sh "${0%/*}/namespace-init.sh" \
    "$moose_how" "$moose_network" "$moose_unshare" "$@" \
    6>&1 >&8 8>&-)
  moose_status=$?
  exec 7<&- 8>&-
  [ -z "$moose_egress" ] || end_egress

  # Of a signal the inner shell speaks between the two words; a status above 128 without that is the program's own.
  moose_ending=${moose_said##*begun}
  case $moose_ending in
    "${new_line}ended "*) exit "${moose_ending##*ended }" ;;
    *"${new_line}ended "*) moose_status=${moose_ending##*ended } ;;
    *)
      # KILL ended the inner half, or it did not get as far as the program.
      case $moose_said in *begun*) ;; ?*) printf 'moose: no isolation for this session: %s\n' "$moose_said" >&2 ;; esac
      [ "$moose_status" -gt 128 ] || exit "$moose_status"
      ;;
  esac
  moose_signal=$(kill -l "$moose_status") || exit "$moose_status"
  # It is the program that may leave a core, not this shell.
  ulimit -c 0
  trap - "$moose_signal"
  kill -s "$moose_signal" $$
  exit "$moose_status"
}

enter "$@"; exit
