# shellcheck shell=sh
# Ends a run and all its children, also those that called setsid. $1: id of the run; $2: signal; $3: the status that the
# session's log tells of it; $4: "again" where that was said already, if there is nothing left to end.
# They are found by the variable that every run carries, and by their parents for those that dropped it.
# What is still there after a second is killed. Exit status 0 when nothing is left.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# The session's variables are the user's: an older grep would do what this one says, such as colours around the names.
unset GREP_OPTIONS
run=$1
signal=$2
status=$3
# An ordinary user's variables are for its own eyes: not even root has the right to see them in a container. See run.sh.
marked() {
  grep -lszE "^MANYOYO_EXEC=$run\$" /proc/[0-9]*/environ 2>/dev/null
  for as in /etc/manyoyo/as-*; do
    [ -e "$as" ] && /bin/sh "$as" grep -lszE "^MANYOYO_EXEC=$run\$" /proc/[0-9]*/environ 2>/dev/null
  done
}
find_run() {
  found=' '
  # shellcheck disable=SC2013  # names under /proc have no blanks
  for file in $(marked); do
    pid=${file#/proc/}
    found="$found${pid%/environ} "
  done
  more=yes
  while [ "$more" = yes ]; do
    more=no
    for file in /proc/[0-9]*/stat; do
      { read -r stat <"$file"; } 2>/dev/null || continue
      pid=${stat%% *}
      rest=${stat##*) }
      state=${rest%% *}
      rest=${rest#* }
      parent=${rest%% *}
      case $state in Z | X) continue ;; esac
      case $found in *" $pid "*) continue ;; esac
      case $found in *" $parent "*)
        found="$found$pid "
        more=yes
        ;;
      esac
    done
  done
}
alive() {
  for pid in $found; do
    { read -r stat <"/proc/$pid/stat"; } 2>/dev/null || continue
    rest=${stat##*) }
    case ${rest%% *} in Z | X) ;; *) return 0 ;; esac
  done
  return 1
}
find_run
[ "$4" = again ] && [ "$found" = ' ' ] && exit 0
# shellcheck disable=SC2086  # a list of numbers
kill -s "$signal" $found 2>/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10; do
  alive || break
  sleep 0.1
done
all=$found
find_run
# shellcheck disable=SC2086
kill -s KILL $found $all 2>/dev/null
{ printf 'manyoyo end %s %s\n' "$run" "$status" >/proc/1/fd/1; } 2>/dev/null
exit 0
