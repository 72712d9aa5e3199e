# shellcheck shell=sh
# Runs in a running session, as root: writes a file or folder as a tar archive. $1: the folder that it is in; $2: its name; $3: "first"
# for what the archive begins with alone. Status: 44 where there is none; 45 where the image has no tar.
# The system's programs come first: PATH may begin with a folder that commands in here write.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:$PATH
unset TAR_OPTIONS POSIXLY_CORRECT
command -v tar >/dev/null || exit 45
# A link that leads nowhere is there as well.
[ -e "$1/$2" ] || [ -L "$1/$2" ] || exit 44
if [ "$3" = first ]; then
  # More than a header, and one before it with a long name.
  tar -cf - -C "$1" -- "$2" 2>/dev/null | head -c 4096
  exit
fi
tar -cf - -C "$1" -- "$2"
status=$?
# GNU: something was written, or went, as it was read.
[ "$status" = 1 ] && exit 0
exit "$status"
