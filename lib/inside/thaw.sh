# shellcheck shell=sh
# Runs on the host, apart from the call: continues a container that the call has paused, as soon as the call is gone,
# however it went. $1: the engine's program; $2: the container. The word "leave" on fd 3 means that it was not paused by us.
word=$(cat <&3)
[ "$word" = leave ] && exit 0
for attempt in 1 2 3 4 5; do
  "$1" unpause "$2" >/dev/null 2>&1 && exit 0
  [ "$("$1" container inspect --format '{{.State.Status}}' "$2" 2>/dev/null)" = paused ] || exit 0
  sleep "$attempt"
done
exit 1
