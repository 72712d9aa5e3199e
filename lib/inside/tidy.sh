# shellcheck shell=sh
# Runs on the host, apart from the call: removes a file or folder that is for the call alone, as soon as that is gone,
# however it went. $1: its path.
cat <&3 >/dev/null
rm -rf "$1"
