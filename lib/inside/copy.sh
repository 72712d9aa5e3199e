# shellcheck shell=sh
# Copies folders with everything in them: owners, modes, times, links. Words: FROM TO, again and again; what TO holds
# already goes. Either end is where something is mounted, or a plain folder. A FROM that is no folder is passed over.
# See init.sh.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:$PATH
set -e
while [ $# -gt 0 ]; do
  if [ -d "$1" ] && [ ! -L "$1" ]; then
    mkdir -p "$2"
    rm -rf "${2:?}"/* "$2"/.[!.]* "$2"/..?*
    cp -a "$1/." "$2/"
  fi
  shift 2
done
