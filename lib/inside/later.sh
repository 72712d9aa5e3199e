# shellcheck shell=sh
# Runs on the host, apart from a call that could not wait: does something in a container as soon as the engine takes it, for
# a day. $1: the container; then the engine's program and its words. One that is gone or does not run has nothing left to do;
# one that is paused may be saved at this moment, and is left to go on by itself.
# Once it is done, it is done again, with one word more: podman has no order in which it comes to what it was told while its
# runtime hung, and what is to be ended may begin only now.
container=$1
shift
pause=1
waited=0
until [ "$waited" -gt 86400 ]; do
  # No more than the beginning of what it says: inside there may be a program that never stops talking.
  said=$({ { "$@" 2>&1; echo "manyoyo ended $?;" >&3; } | head -c 4096; } 3>&1)
  case $said in *'manyoyo ended 0;'*) break ;; esac
  case $said in
    *'o such container'* | *'no container with'*) exit 0 ;;
    # docker: Container X is not running; podman, also of a paused one: can only create exec sessions on running containers
    *'is not running'* | *'on running containers'*)
      # It may go on at this very moment.
      case $("$1" container inspect --format '{{.State.Status}}' "$container" 2>/dev/null) in
        paused | running | '') ;;
        *) exit 0 ;;
      esac
      ;;
  esac
  sleep "$pause"
  waited=$((waited + pause))
  [ "$pause" -lt 5 ] && pause=$((pause + 1))
done
[ "$waited" -gt 86400 ] && exit 1
for pause in 1 3; do
  sleep "$pause"
  "$@" again >/dev/null 2>&1
done
exit 0
