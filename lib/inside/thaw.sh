# shellcheck shell=sh
# Runs on the host, apart from the call: continues a container that the call has paused, as soon as the call is gone,
# however it went. $1: the engine's program; $2: the container's full id; $3: the id of its image. The word "leave" on fd 3
# means that it was not paused by us. Status: 1 where the container stands still all the same.
word=$(cat <&3)
[ "$word" = leave ] && exit 0

# docker stands still for good where a container is paused just as a command is begun in it: what begins the command stands still as
# well, its runtime waits for that (containerd 1.6), and unpause waits for the runtime. The kernel can let the container go on, and
# root where the engine is can tell it: a container, which is given nothing but that one's own control group, as its image may
# hold anything. $1: engine; $2: container; $3: image; $4, $5: the kernel's words, of cgroups v1 and v2.
tell_kernel() {
  # v1 and v2, where docker itself makes the groups, and where systemd does.
  for group in "freezer/docker/$2" "freezer/system.slice/docker-$2.scope" "system.slice/docker-$2.scope" "docker/$2"; do
    # shellcheck disable=SC2016  # it is for the shell inside
    "$1" run --rm --pull never --network none --user 0 --cap-drop ALL --label "manyoyo.call=$2" --security-opt label=disable \
      --mount "type=bind,source=/sys/fs/cgroup/$group,target=/manyoyo/group" --entrypoint /bin/sh "$3" -c '
      cd /manyoyo/group || exit
      if [ -e freezer.state ]; then echo "$1" >freezer.state; else echo "$2" >cgroup.freeze; fi' manyoyo "$4" "$5" &&
      return 0
  done >/dev/null 2>&1
  return 1
}

forced=
for attempt in 1 2 3 4 5; do
  "$1" unpause "$2" >/dev/null 2>&1 &
  client=$!
  # Five seconds are much for it, on a slow machine too.
  looks=0
  while kill -0 "$client" 2>/dev/null; do
    looks=$((looks + 1))
    [ "$looks" = 250 ] && forced=yes && tell_kernel "$1" "$2" "$3" THAWED 0
    [ "$looks" = 1500 ] && kill -KILL "$client"
    sleep 0.02
  done
  wait "$client" && exit 0
  [ "$("$1" container inspect --format '{{.State.Status}}' "$2" 2>/dev/null)" = paused ] || exit 0
  # The engine takes it for paused still, and its runtime continues only what is.
  [ -n "$forced" ] && tell_kernel "$1" "$2" "$3" FROZEN 1 && continue
  [ "$attempt" = 5 ] || sleep "$attempt"
done
exit 1
