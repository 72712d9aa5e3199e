# shellcheck shell=sh
# Runs in a running session, as root: unpacks a tar archive from stdin, with its owners and modes, into the folder $1. Status: 45 where
# the image has no tar that knows long names (pax).
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:$PATH
unset TAR_OPTIONS POSIXLY_CORRECT
tar --version 2>/dev/null | grep -Eq 'GNU|bsdtar' || exit 45
cd -- "$1" && exec tar -xpf - --numeric-owner
