# shellcheck shell=sh
# Says what runs in a session: a line a run, "ID EPOCH NOTE". Every run has a shell of ours at its top, whose words hold
# the id and the note (see run.sh); its folder under /proc is as old as the run.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# See end.sh.
unset GREP_OPTIONS
# shellcheck disable=SC2013  # names under /proc have no blanks
for file in $(grep -ls '^/bin/sh' /proc/[0-9]*/cmdline 2>/dev/null); do
  words=$(tr '\0\n' '\n ' <"$file" 2>/dev/null | sed -n '4,6p')
  case $words in manyoyo*) ;; *) continue ;; esac
  # shellcheck disable=SC2086  # the three words hold no blanks but those between them
  set -- $words
  # PID 1 has such a word as well, but no id after it.
  case ${2-} in '' | *[!0-9a-f]*) continue ;; esac
  printf '%s %s %s\n' "$2" "$(stat -c %Y "${file%/cmdline}" 2>/dev/null)" "${3-}"
done
exit 0
