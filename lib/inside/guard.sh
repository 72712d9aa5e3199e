# shellcheck shell=sh
# Runs on the host, apart from the call: removes what the call made as soon as everybody who holds the other end of fd 3
# is gone, however they went. The id of the container, once it is made, comes as a line on fd 3: somebody else may remove it and
# leave the volumes behind that the engine made for it alone. $1: the engine's program; $2: the session's name as a pattern;
# $3: a label that the call gave it; then the engine's words that remove. Both name and label are asked for, as a copy of the
# session carries it as well.
# With the label of a session in the place of a call's, it was given up while the engine still made it, and another call may have
# begun a command in it by then: it stays.
# An engine that is away or hung, and takes the session up again when it is back, is waited for: a day.
engine=$1
name=$2
label=$3
shift 3
# A bash in sh's place would end a read after so many seconds.
unset TMOUT
volumes=
while IFS= read -r id <&3; do
  case $id in *[!0-9a-f]*) continue ;; esac
  volumes="$volumes $(volumes_of "$id")"
done
# The end of a call's own pipe does not block: reading it fails at once, as long as somebody holds the other end.
while true <&3; do
  cat <&3 >/dev/null
  # Its own word for it; else it is the end, or there is no such program.
  [ $? = 1 ] || break
  sleep 0.2 || break
done
# Those that something else uses by now stay.
finish() {
  for volume in $volumes; do
    "$engine" volume rm "$volume" >/dev/null 2>&1
  done
  exit 0
}
isOthers() {
  case $label in manyoyo.session=*) ;; *) return 1 ;; esac
  "$engine" logs "$1" 2>/dev/null | grep -q '^manyoyo start '
}
pause=1
waited=0
until [ "$waited" -gt 86400 ]; do
  ids=$("$engine" ps --all --quiet --no-trunc --filter "name=^/?$name\$" --filter "label=$label") || ids=unknown
  [ -z "$ids" ] && finish
  # Ids and nothing else are said back to the engine: they might be options.
  case $ids in *[!0-9a-f[:space:]]*) ids=unknown ;; esac
  if [ "$ids" != unknown ]; then
    # One at most: a session's label is its alone.
    isOthers "$ids" && finish
    # shellcheck disable=SC2086  # a list of ids
    "$engine" "$@" $ids && finish
  fi
  sleep "$pause" || exit 1
  waited=$((waited + pause))
  [ "$pause" -lt 5 ] && pause=$((pause + 1))
done
exit 1
