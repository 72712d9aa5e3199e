# shellcheck shell=sh
# Runs one command of a session. $1: id of the run; $2: what the log says of it; $3: names of variables that arrive
# encoded because they hold line ends; $4: "words" (exactly those) or "line" (a shell line, then its arguments);
# $5: "log" when the command's output goes to the session's log; $6: the terminal's size for stty, as the engines set it
# only after the start, and a program that asks at once would be told 0 0.
# $7: "UID:GID:NAME" of the host's user whom the command runs as, empty for the image's own user; $8: the text of
# owner.sh, for the first command of such a user.
# The start and end lines go to the container's own log; only PID 1's own user may write there, others go without. So this
# shell is PID 1's user, and the command alone is turned into another: with the engine's --user there would be no lines,
# and no home to write to.
id=$1
note=$2
multi=$3
kind=$4
output=$5
size=$6
owner=$7
own=$8
shift 8
# A shell that may begin no other process (a session has only so many) ends at once, with a status of its own, wherever it
# first needs one. Where it was a signal, nothing is said.
# shellcheck disable=SC2317  # the trap calls it
unable() {
  case $1 in 129 | 130 | 131 | 143) exit "$1" ;; esac
  text='manyoyo: The session has as many processes as it may have, so the command could not begin.
  End them: manyoyo restart -f NAME, or manyoyo stop -f NAME.'
  { [ "$output" = log ] && echo "$text" >/proc/1/fd/1; } 2>/dev/null || echo "$text" >&2
  { printf 'manyoyo end %s 125\n' "$id" >/proc/1/fd/1; } 2>/dev/null
  exit 125
}
trap 'unable $?' EXIT
for name in $multi; do
  eval "value=\$MANYOYO_ENV_$name"
  # shellcheck disable=SC2154  # set by the eval
  value=$(printf '%b.' "$value")
  export "$name=${value%.}"
  unset "MANYOYO_ENV_$name"
done
# For an ordinary user's command root runs this text, and PATH may name folders that the user's commands write, such as
# ~/.local/bin: its own programs are the system's.
path=${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}
system=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
PATH=$system
if [ -z "$owner" ]; then
  # Images may have their programs elsewhere. A command of root's own, in a session where an ordinary user's run, finds the
  # system's programs first as well.
  PATH=$system:$path
  [ -d /etc/manyoyo ] && path=$PATH
fi
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
    trap - EXIT
    exit 125
  fi
  unset MANYOYO_CONTAINER
fi
# PID 1 may still be making a new container ready (see prepare.sh): what a command writes before its links are there would be
# lost. It says so by a file, which it may have no place for, and begins to sleep; a kernel may not tell of that.
is_preparing() {
  children=$(cat /proc/1/task/1/children 2>/dev/null)
  [ -n "$children" ] || return 2
  for child in $children; do
    read -r does <"/proc/$child/comm" && [ "$does" = sleep ] && return 1
  done 2>/dev/null
  return 0
}
if [ -n "${MANYOYO_READY-}" ]; then
  tenths=0
  until [ -e "$MANYOYO_READY" ]; do
    is_preparing
    case $? in 0) most=600 ;; 1) most=0 ;; *) most=50 ;; esac
    [ "$tenths" -lt "$most" ] || break
    tenths=$((tenths + 1))
    sleep 0.1
  done
  unset MANYOYO_READY
fi
# shellcheck disable=SC2086  # words for stty
[ -n "$size" ] && stty $size 2>/dev/null
# What a login gives to the programs by a variable (see prepare.sh); one that is set already is the user's own.
for file in /manyoyo/variables/*; do
  [ -f "$file" ] || continue
  name=${file##*/}
  case $name in [!A-Za-z_]* | *[!A-Za-z0-9_]*) continue ;; esac
  eval "[ -n \"\${$name+set}\" ]" && continue
  # Other sessions write there as well: one could put a link there to what root alone may read here, or a file without end.
  {
    case $(readlink /proc/self/fd/9) in
      /manyoyo/variables/* | /manyoyo/login/*) value=$(head -c 60000 <&9 | head -n 1) ;;
      *) value= ;;
    esac
  } 2>/dev/null 9<"$file" && [ -n "$value" ] && export "$name=$value"
done
unset file value
if [ "$kind" = line ]; then
  line=$1
  shift
  shell=/bin/sh
  PATH=$path command -v bash >/dev/null 2>&1 && shell=bash
  if [ $# -gt 0 ]; then
    set -- "$shell" -c "$line \"\$@\"" manyoyo "$@"
  else
    set -- "$shell" -c "$line" manyoyo
  fi
fi
# The text /etc/manyoyo/as-UID runs words as that user. It holds for one life of PID 1, told by when that began, and until
# a command has run as root, which may have left files of root in the home.
if [ -n "$owner" ]; then
  uid=${owner%%:*}
  rest=${owner#*:}
  gid=${rest%%:*}
  as=/etc/manyoyo/as-$uid
  read -r stat </proc/1/stat
  # Its 22nd word, of which the second may hold blanks.
  nth() {
    shift 19
    began=$1
  }
  # shellcheck disable=SC2086  # numbers
  nth ${stat##*) }
  mark=
  [ -e "$as" ] && [ ! -e /etc/manyoyo/stale ] && read -r _ mark <"$as"
  [ "$mark" = "$began" ] || /bin/sh -c "$own" owner "$uid" "$gid" "${rest#*:}" "$began"
  if [ -e "$as" ]; then
    set -- /bin/sh "$as" "$@"
    # A terminal or pipe that the command opens anew (/dev/tty, /dev/stderr) must be its user's.
    files=
    for fd in 0 1 2; do
      if [ -t "$fd" ] || [ -p "/proc/$$/fd/$fd" ]; then files="$files /proc/$$/fd/$fd"; fi
    done
    # In a shell of its own, or dash would put /dev/null in the place of our own fd 2 first, and that would be given away.
    # shellcheck disable=SC2086  # a list of paths
    [ -n "$files" ] && (chown "$uid:$gid" $files 2>/dev/null)
  fi
fi
PATH=$path
# Signals are the command's affair: without the trap a handled Ctrl-C, or a TERM at which the command still saves, would
# end this shell, and lose the status and (on podman) the command with it. Not earlier: before there is a command, a
# Ctrl-C ends this shell, or it would be lost. PIPE: nobody reads the log of a session whose engine lost hold of it.
trap : INT QUIT TERM HUP PIPE
{ printf 'manyoyo start %s %s\n' "$id" "$note" >/proc/1/fd/1; } 2>/dev/null
if [ "$output" = log ]; then
  "$@" </dev/null >/proc/1/fd/1 2>&1
else
  "$@"
fi
status=$?
trap - EXIT
[ -z "$owner" ] && [ -d /etc/manyoyo ] && { : >/etc/manyoyo/stale; } 2>/dev/null
{ printf 'manyoyo end %s %s\n' "$id" "$status" >/proc/1/fd/1; } 2>/dev/null
exit "$status"
