# shellcheck shell=sh
# Runs in a running session, as the owner of the folder $1: unpacks a tar archive from stdin into it, with its owners and modes. Each
# file takes its place once all of them are whole. Says "begun" as soon as it could begin. Status: 45 where the image has no tar that
# knows long names (pax).
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:$PATH
unset TAR_OPTIONS POSIXLY_CORRECT
tar --version 2>/dev/null | grep -Eq 'GNU|bsdtar' || exit 45
echo begun
cd -- "$1" || exit
way=.manyoyo-restore-$$
trap 'rm -rf "$way"' EXIT
trap 'exit 143' HUP INT TERM
mkdir -m 700 "$way" && tar -xpf - --numeric-owner -C "$way" || exit

# Moves what is in the folder $1 into the folder $2.
place() {
  for each in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    [ -e "$each" ] || continue
    to=$2/${each##*/}
    if [ -d "$each" ] && [ -d "$to" ]; then
      (place "$each" "$to") || return
    else
      mv -f -- "$each" "$to" || return
    fi
  done
}
place "$way" .
