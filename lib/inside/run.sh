# shellcheck shell=sh
# Runs one command of a session. $1: id of the run; $2: what the log says of it; $3: names of variables that arrive
# encoded because they hold line ends; $4: "words" (exactly those) or "line" (a shell line, then its arguments);
# $5: "log" when the command's output goes to the session's log; $6: the terminal's size for stty, as the engines set it
# only after the start, and a program that asks at once would be told 0 0.
# The start and end lines go to the container's own log; only PID 1's own user may write there, others go without.
id=$1
note=$2
multi=$3
kind=$4
output=$5
size=$6
shift 6
# An exec that had to name its container is told the full id that was found: the engine mounts files of its own into each
# container, from a folder that is called by the id.
if [ -n "${MANYOYO_CONTAINER-}" ]; then
  here=unknown
  while read -r line; do
    case $line in
      */containers/"$MANYOYO_CONTAINER"/*) here=yes && break ;;
      */containers/*/hostname*) here=no ;;
    esac
  done </proc/self/mountinfo
  if [ "$here" = no ]; then
    echo 'manyoyo: The session was replaced at this moment; try again.' >&2
    exit 125
  fi
  unset MANYOYO_CONTAINER
fi
# shellcheck disable=SC2086  # words for stty
[ -n "$size" ] && stty $size 2>/dev/null
for name in $multi; do
  eval "value=\$MANYOYO_ENV_$name"
  # shellcheck disable=SC2154  # set by the eval
  value=$(printf '%b.' "$value")
  export "$name=${value%.}"
  unset "MANYOYO_ENV_$name"
done
if [ "$kind" = line ]; then
  line=$1
  shift
  shell=/bin/sh
  command -v bash >/dev/null 2>&1 && shell=bash
  if [ $# -gt 0 ]; then
    set -- "$shell" -c "$line \"\$@\"" manyoyo "$@"
  else
    set -- "$shell" -c "$line" manyoyo
  fi
fi
# Signals are the command's affair: without the trap a handled Ctrl-C, or a TERM at which the command still saves, would
# end this shell, and lose the status and (on podman) the command with it. Not earlier: before there is a command, a
# Ctrl-C ends this shell, or it would be lost.
trap : INT QUIT TERM HUP
{ printf 'manyoyo start %s %s\n' "$id" "$note" >/proc/1/fd/1; } 2>/dev/null
if [ "$output" = log ]; then
  "$@" </dev/null >/proc/1/fd/1 2>&1
else
  "$@"
fi
status=$?
{ printf 'manyoyo end %s %s\n' "$id" "$status" >/proc/1/fd/1; } 2>/dev/null
exit "$status"
