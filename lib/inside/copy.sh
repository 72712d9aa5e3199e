# shellcheck shell=sh
# Copies folders with everything in them: owners, modes, times, links. Words: WHAT FROM TO, again and again; what TO holds
# already goes. Either end is where something is mounted, or a plain folder, perhaps by way of a link that an image has there.
# WHAT: "own" must be there; "saved" is passed over where it is none; "home" also where it is a link, as what that leads to
# does not belong to it. Status: 1 where something could not be copied.
# See init.sh.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:$PATH
set -e
while [ $# -gt 0 ]; do
  if [ -d "$2" ] && ! { [ "$1" = home ] && [ -L "$2" ]; }; then
    mkdir -p "$3"
    rm -rf "${3:?}"/* "$3"/.[!.]* "$3"/..?*
    cp -a "$2/." "$3/"
  elif [ "$1" = own ]; then
    echo "There is no folder $2." >&2
    exit 1
  fi
  shift 3
done
