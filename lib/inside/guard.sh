# shellcheck shell=sh
# Runs on the host, apart from the call: removes what the call made as soon as everybody who holds the other end of fd 3
# is gone, however they went. $1: the engine's program; $2: the session's name as a pattern; $3: id of the call; then the
# engine's words that remove. Both name and id are asked for, as a copy of the session would carry the id as well.
engine=$1
name=$2
call=$3
shift 3
cat <&3 >/dev/null
for attempt in 1 2 3 4 5; do
  ids=$("$engine" ps --all --quiet --no-trunc --filter "name=^/?$name\$" --filter "label=manyoyo.call=$call") || ids=unknown
  [ -z "$ids" ] && exit 0
  # Ids and nothing else are said back to the engine: they might be options.
  case $ids in *[!0-9a-f[:space:]]*) ids=unknown ;; esac
  if [ "$ids" != unknown ]; then
    # shellcheck disable=SC2086  # a list of ids
    "$engine" "$@" $ids && exit 0
  fi
  sleep "$attempt"
done
exit 1
