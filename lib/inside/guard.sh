# shellcheck shell=sh
# Runs on the host, apart from the call: removes what the call made as soon as everybody who holds the other end of fd 3
# is gone, however they went. $1: the engine's program; $2: the session's name as a pattern; $3: a label that the call gave
# it; then the engine's words that remove. Both name and label are asked for, as a copy of the session carries it as well.
# An engine that is away or hung, and takes the session up again when it is back, is waited for: a day.
engine=$1
name=$2
label=$3
shift 3
cat <&3 >/dev/null
pause=1
waited=0
until [ "$waited" -gt 86400 ]; do
  ids=$("$engine" ps --all --quiet --no-trunc --filter "name=^/?$name\$" --filter "label=$label") || ids=unknown
  [ -z "$ids" ] && exit 0
  # Ids and nothing else are said back to the engine: they might be options.
  case $ids in *[!0-9a-f[:space:]]*) ids=unknown ;; esac
  if [ "$ids" != unknown ]; then
    # shellcheck disable=SC2086  # a list of ids
    "$engine" "$@" $ids && exit 0
  fi
  sleep "$pause"
  waited=$((waited + pause))
  [ "$pause" -lt 5 ] && pause=$((pause + 1))
done
exit 1
