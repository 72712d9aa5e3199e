# shellcheck shell=sh
# Runs on the host, apart from the call: keeps what a container holds from being taken away under somebody who copies out of it or into
# it. docker does not take a container's files away, also where it is removed, as long as they are read for an export; this one is begun,
# and nobody reads it. Says "held" once it has begun, else the engine's words. $1: the engine's program; $2: the container.
# fd 3: ends when the call and every program that copies are gone; what comes on it first is the word "done", or they did not
# end by themselves.
exec 4>&1
"$1" export "$2" 2>&4 3<&- | {
  [ "$(head -c 1 | wc -c)" -eq 1 ] || exit
  echo held >&4
  exec 4>&-
  word=$(cat <&3)
  # The engine takes a moment to notice that nobody listens to its copy any more.
  [ "$word" = "done" ] || sleep 5
}
