# shellcheck shell=sh
# PID 1 of a session: does nothing until it is told to stop, then ends everything politely within a second.
# Children that lost their parents are reaped by wait. Runs in dash, busybox sh and bash.
# The system's programs come first: PATH may begin with a folder that commands in here write, and not all of them are root's.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:$PATH
stop() {
  trap '' TERM HUP INT
  # TERM first: what saves its work at TERM often knows no HUP. Interactive shells heed HUP alone.
  kill -TERM -1
  for tenth in 1 2 3 4 5 6 7; do
    kill -0 -1 2>/dev/null || break
    [ "$tenth" = 5 ] && kill -HUP -1
    sleep 0.1
  done
  exit 0
}
trap stop TERM HUP INT
# What a new container needs before its first command: the text of prepare.sh, then its words.
if [ $# -gt 0 ]; then
  prepare=$1
  shift
  /bin/sh -c "$prepare" manyoyo "$@"
fi
echo 'manyoyo made'
while :; do
  sleep 86400 &
  wait $!
done
