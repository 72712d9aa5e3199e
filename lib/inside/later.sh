# shellcheck shell=sh
# Runs on the host, apart from a call that was told to end while its session stood still: ends the call's run as soon as
# that goes on. Nobody is to be let go on by it, as somebody may be saving the session at this moment.
# $1: the engine's program; $2: the container; then the words that end the run inside.
engine=$1
container=$2
shift 2
while [ "$("$engine" container inspect --format '{{.State.Status}}' "$container" 2>/dev/null)" = paused ]; do
  sleep 1
done
exec "$engine" exec "$container" "$@"
