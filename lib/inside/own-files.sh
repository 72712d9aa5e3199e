# shellcheck shell=sh
# Says which files below some places, relative to the home, are in the container itself: not in a volume, not on the host.
# $@: folders, or files in folders. Mounts are told by their device; where an engine's storage is a plain folder of the
# same device, files of a volume count as well.
# See init.sh.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:$PATH
cd ~ 2>/dev/null || exit 0
own=$(stat -c %d /)
for place; do
  folder=$place
  [ -d "$folder" ] || folder=${place%/*}
  [ "$(stat -L -c %d "$folder" 2>/dev/null)" = "$own" ] && find "$place" -xdev -type f 2>/dev/null
done | head -n 500000
