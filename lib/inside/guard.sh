# shellcheck shell=sh
# Runs on the host, apart from the call: removes what the call made as soon as everybody who holds the other end of fd 3
# is gone, however they went. The id of the container, once it is made, comes as a line on fd 3: somebody else may remove it and
# leave the volumes behind that the engine made for it alone. $1: the engine's program; $2: the session's name as a pattern;
# $3: a label that the call gave it; then the engine's words that remove. Both name and label are asked for, as a copy of the
# session carries it as well.
# With the label of a session in the place of a call's, it was given up while the engine still made it, and another call may have
# begun a command in it by then: it stays.
# A line "fresh VOLUME FILE..." tells of a named volume that the call made: it goes with the container, unless there is something in
# one of these files inside, or something else has the volume.
# An engine that is away or hung, and takes the session up again when it is back, is waited for: a day.
engine=$1
name=$2
label=$3
shift 3
# A bash in sh's place would end a read after so many seconds.
unset TMOUT
volumes=
fresh=
while IFS= read -r id <&3; do
  case $id in
    'fresh '*) fresh=${id#fresh } && continue ;;
    *[!0-9a-f]*) continue ;;
  esac
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
# isUnused CONTAINER VOLUME FILE...
isUnused() {
  one=$1
  [ "$("$engine" ps --all --quiet --no-trunc --filter "volume=$2")" = "$one" ] || return 1
  shift 2
  # shellcheck disable=SC2016  # it is for the shell inside
  said=$("$engine" exec --user 0 "$one" /bin/sh -c 'for f; do [ -s "$f" ] && exit; done; echo none' sh "$@" 2>/dev/null)
  [ "$said" = none ]
}
# Only at once after that look: somebody may log in there. podman takes the beginning of a name for the name.
removeFresh() {
  [ "$(($(date +%s) - $1))" -lt 10 ] || return
  [ "$("$engine" volume inspect --format '{{.Name}}' "$2" 2>/dev/null)" = "$2" ] || return
  "$engine" volume rm "$2" >/dev/null 2>&1
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
    since=
    # shellcheck disable=SC2086  # words of ours without blanks
    [ -z "$fresh" ] || ! isUnused "$ids" $fresh || since=$(date +%s)
    # shellcheck disable=SC2086  # a list of ids
    if "$engine" "$@" $ids; then
      [ -z "$since" ] || removeFresh "$since" "${fresh%% *}"
      finish
    fi
  fi
  sleep "$pause" || exit 1
  waited=$((waited + pause))
  [ "$pause" -lt 5 ] && pause=$((pause + 1))
done
exit 1
