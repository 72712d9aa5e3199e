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
# Whatever is called otherwise may be a variable of the command. What an image or an engine has of such a name goes: a shell
# hands on what it sets of its environment.
unset manyoyo_as manyoyo_began manyoyo_child manyoyo_children manyoyo_does manyoyo_fd manyoyo_file manyoyo_files \
  manyoyo_gid manyoyo_here manyoyo_id manyoyo_kind manyoyo_line manyoyo_mark manyoyo_most manyoyo_multi manyoyo_name \
  manyoyo_note manyoyo_output manyoyo_own manyoyo_owner manyoyo_path manyoyo_rest manyoyo_shell manyoyo_size \
  manyoyo_stat manyoyo_status manyoyo_system manyoyo_tenths manyoyo_text manyoyo_uid manyoyo_value
manyoyo_id=$1
manyoyo_note=$2
manyoyo_multi=$3
manyoyo_kind=$4
manyoyo_output=$5
manyoyo_size=$6
manyoyo_owner=$7
manyoyo_own=$8
shift 8
# A shell that may begin no other process (a session has only so many) ends at once, with a status of its own, wherever it
# first needs one. Where it was a signal, nothing is said.
# shellcheck disable=SC2317  # the trap calls it
unable() {
  case $1 in 129 | 130 | 131 | 143) exit "$1" ;; esac
  manyoyo_text='manyoyo: The session has as many processes as it may have, so the command could not begin.
  End them: manyoyo restart -f NAME, or manyoyo stop -f NAME.'
  { [ "$manyoyo_output" = log ] && echo "$manyoyo_text" >/proc/1/fd/1; } 2>/dev/null || echo "$manyoyo_text" >&2
  { printf 'manyoyo end %s 125\n' "$manyoyo_id" >/proc/1/fd/1; } 2>/dev/null
  exit 125
}
trap 'unable $?' EXIT
# For an ordinary user's command root runs this text, and PATH may name folders that the user's commands write, such as
# ~/.local/bin: its own programs are the system's.
manyoyo_path=${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}
manyoyo_system=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
PATH=$manyoyo_system
if [ -z "$manyoyo_owner" ]; then
  # Images may have their programs elsewhere. A command of root's own, in a session where an ordinary user's run, finds the
  # system's programs first as well.
  PATH=$manyoyo_system:$manyoyo_path
  [ -d /etc/manyoyo ] && manyoyo_path=$PATH
fi
# An exec that had to name its container is told the full id that was found: the engine mounts files of its own into each
# container, from a folder that is called by the id.
if [ -n "${MANYOYO_CONTAINER-}" ]; then
  manyoyo_here=unknown
  while read -r manyoyo_line; do
    case $manyoyo_line in
      */containers/"$MANYOYO_CONTAINER"/*) manyoyo_here=yes && break ;;
      */containers/*/hostname*) manyoyo_here=no ;;
    esac
  done </proc/self/mountinfo
  if [ "$manyoyo_here" = no ]; then
    echo 'manyoyo: The session was replaced at this moment; try again.' >&2
    trap - EXIT
    exit 125
  fi
  unset MANYOYO_CONTAINER
fi
# PID 1 may still be making a new container ready (see prepare.sh): what a command writes before its links are there would be
# lost. It says so by a file, which it may have no place for, and begins to sleep; a kernel may not tell of that.
is_preparing() {
  manyoyo_children=$(cat /proc/1/task/1/children 2>/dev/null)
  [ -n "$manyoyo_children" ] || return 2
  for manyoyo_child in $manyoyo_children; do
    read -r manyoyo_does <"/proc/$manyoyo_child/comm" && [ "$manyoyo_does" = sleep ] && return 1
  done 2>/dev/null
  return 0
}
if [ -n "${MANYOYO_READY-}" ]; then
  manyoyo_tenths=0
  until [ -e "$MANYOYO_READY" ]; do
    is_preparing
    case $? in 0) manyoyo_most=600 ;; 1) manyoyo_most=0 ;; *) manyoyo_most=50 ;; esac
    [ "$manyoyo_tenths" -lt "$manyoyo_most" ] || break
    manyoyo_tenths=$((manyoyo_tenths + 1))
    sleep 0.1
  done
  unset MANYOYO_READY
fi
# shellcheck disable=SC2086  # words for stty
[ -n "$manyoyo_size" ] && stty $manyoyo_size 2>/dev/null
# What a login gives to the programs by a variable (see prepare.sh); one that is set already is the user's own.
for manyoyo_file in /manyoyo/variables/*; do
  [ -f "$manyoyo_file" ] || continue
  manyoyo_name=${manyoyo_file##*/}
  case $manyoyo_name in [!A-Za-z_]* | *[!A-Za-z0-9_]*) continue ;; esac
  eval "[ -n \"\${$manyoyo_name+set}\" ]" && continue
  # Other sessions write there as well: one could put a link there to what root alone may read here, or a file without end.
  {
    case $(readlink /proc/self/fd/9) in
      /manyoyo/variables/* | /manyoyo/login/*) manyoyo_value=$(head -c 60000 <&9 | head -n 1) ;;
      *) manyoyo_value= ;;
    esac
  } 2>/dev/null 9<"$manyoyo_file" && [ -n "$manyoyo_value" ] && export "$manyoyo_name=$manyoyo_value"
done
if [ "$manyoyo_kind" = line ]; then
  manyoyo_line=$1
  shift
  manyoyo_shell=/bin/sh
  PATH=$manyoyo_path command -v bash >/dev/null 2>&1 && manyoyo_shell=bash
  if [ $# -gt 0 ]; then
    set -- "$manyoyo_shell" -c "$manyoyo_line \"\$@\"" manyoyo "$@"
  else
    set -- "$manyoyo_shell" -c "$manyoyo_line" manyoyo
  fi
fi
# The text /etc/manyoyo/as-UID runs words as that user. It holds for one life of PID 1, told by when that began, and until
# a command has run as root, which may have left files of root in the home.
if [ -n "$manyoyo_owner" ]; then
  manyoyo_uid=${manyoyo_owner%%:*}
  manyoyo_rest=${manyoyo_owner#*:}
  manyoyo_gid=${manyoyo_rest%%:*}
  manyoyo_as=/etc/manyoyo/as-$manyoyo_uid
  read -r manyoyo_stat </proc/1/stat
  # Its 22nd word, of which the second may hold blanks.
  nth() {
    shift 19
    manyoyo_began=$1
  }
  # shellcheck disable=SC2086  # numbers
  nth ${manyoyo_stat##*) }
  manyoyo_mark=
  [ -e "$manyoyo_as" ] && [ ! -e /etc/manyoyo/stale ] && read -r _ manyoyo_mark <"$manyoyo_as"
  [ "$manyoyo_mark" = "$manyoyo_began" ] ||
    /bin/sh -c "$manyoyo_own" owner "$manyoyo_uid" "$manyoyo_gid" "${manyoyo_rest#*:}" "$manyoyo_began"
  if [ -e "$manyoyo_as" ]; then
    set -- /bin/sh "$manyoyo_as" "$@"
    # A terminal or pipe that the command opens anew (/dev/tty, /dev/stderr) must be its user's.
    manyoyo_files=
    for manyoyo_fd in 0 1 2; do
      if [ -t "$manyoyo_fd" ] || [ -p "/proc/$$/fd/$manyoyo_fd" ]; then
        manyoyo_files="$manyoyo_files /proc/$$/fd/$manyoyo_fd"
      fi
    done
    # In a shell of its own, or dash would put /dev/null in the place of our own fd 2 first, and that would be given away.
    # shellcheck disable=SC2086  # a list of paths
    [ -n "$manyoyo_files" ] && (chown "$manyoyo_uid:$manyoyo_gid" $manyoyo_files 2>/dev/null)
  fi
fi
# Not earlier: they may be some that this shell goes by, such as IFS.
for manyoyo_name in $manyoyo_multi; do
  eval "manyoyo_value=\$MANYOYO_ENV_$manyoyo_name"
  # shellcheck disable=SC2154  # set by the eval
  manyoyo_value=$(printf '%b.' "$manyoyo_value")
  export "$manyoyo_name=${manyoyo_value%.}"
  [ "$manyoyo_name" = PATH ] && manyoyo_path=$PATH
  unset "MANYOYO_ENV_$manyoyo_name"
done
PATH=$manyoyo_path
# What root's command leaves in the home wants another round of owner.sh: told before it as well, as it may be killed, and
# this shell with it. The id tells whether it still runs.
tell_owner() {
  [ -z "$manyoyo_owner" ] && [ -d /etc/manyoyo ] && { printf '%s\n' "$manyoyo_id" >>/etc/manyoyo/stale; } 2>/dev/null
}
tell_owner
# Signals are the command's affair: without the trap a handled Ctrl-C, or a TERM at which the command still saves, would
# end this shell, and lose the status and (on podman) the command with it. Not earlier: before there is a command, a
# Ctrl-C ends this shell, or it would be lost. PIPE: nobody reads the log of a session whose engine lost hold of it.
trap : INT QUIT TERM HUP PIPE
# By exec, which takes no word for a builtin of this shell or a function of it. Some shells have options for exec: what begins
# with a dash is neither, and an empty word is not found.
become() {
  case $1 in '' | -*) "$@" ;; *) exec "$@" ;; esac
}
{ printf 'manyoyo start %s %s\n' "$manyoyo_id" "$manyoyo_note" >/proc/1/fd/1; } 2>/dev/null
if [ "$manyoyo_output" = log ]; then
  (become "$@") </dev/null >/proc/1/fd/1 2>&1
else
  (become "$@")
fi
manyoyo_status=$?
trap - EXIT
tell_owner
{ printf 'manyoyo end %s %s\n' "$manyoyo_id" "$manyoyo_status" >/proc/1/fd/1; } 2>/dev/null
exit "$manyoyo_status"
