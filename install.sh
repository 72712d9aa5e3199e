#!/bin/sh
# Installs manyoyo for this user, without root: sh install.sh [--prefix DIR] [--completion]; sh install.sh --uninstall
# The same call again upgrades. Where the release is: a folder or an https URL in MANYOYO_RELEASE, else the folder that
# this file lies in, when its archives lie there too.
set -eu

default_release=''

say() { printf '%s\n' "$*"; }
fail() {
  printf 'install.sh: %s\n' "$1" >&2
  [ $# -lt 2 ] || printf '  %s\n' "$2" >&2
  exit 1
}
usage() {
  cat <<'EOF'
Usage: sh install.sh [--prefix DIR] [--completion [bash|zsh|fish]] [--target TARGET]
       sh install.sh --uninstall [--prefix DIR]

  --prefix DIR     where to; ~/.local without it: the executable is DIR/bin/manyoyo
  --completion     TAB as well, for $SHELL or the shell that is named
  --target TARGET  linux-x64, linux-arm64, linux-x64-musl, linux-arm64-musl, darwin-x64, darwin-arm64
  --uninstall      removes what was installed; sessions and ~/.manyoyo stay

Variables: MANYOYO_RELEASE, a folder or an https URL with the files of a release.
EOF
}

prefix=${HOME:+$HOME/.local} completion=no shell='' target='' action=install
while [ $# -gt 0 ]; do
  case $1 in
    --prefix=*) prefix=${1#*=} ;;
    --target=*) target=${1#*=} ;;
    --prefix | --target)
      [ $# -gt 1 ] || fail "$1 needs a value." 'sh install.sh --help'
      case $1 in --prefix) prefix=$2 ;; *) target=$2 ;; esac
      shift
      ;;
    --completion)
      completion=yes
      case ${2:-} in bash | zsh | fish) shell=$2 && shift ;; esac
      ;;
    --uninstall) action=uninstall ;;
    -h | --help) usage && exit 0 ;;
    *) fail "There is no option $1." 'sh install.sh --help' ;;
  esac
  shift
done
[ -n "$prefix" ] || fail 'HOME is not set.' 'sh install.sh --prefix DIR'
case $prefix in
  /*) ;;
  *) prefix=$PWD/$prefix ;;
esac
program=$prefix/bin/manyoyo
# What was made, a path a line, folders with a slash behind them: all of it goes with --uninstall, and nothing else.
receipt=$prefix/share/manyoyo/installed

# Of a list of what was made the folders, the innermost first, unless something else is in them.
remove_folders() {
  folders=
  while IFS= read -r path; do
    case $path in
      "$prefix"/*/ | "$prefix/") folders="$path
$folders" ;;
    esac
  done <<EOF
$1
EOF
  while IFS= read -r path; do
    [ -z "$path" ] || rmdir -- "$path" 2>/dev/null || :
  done <<EOF
$folders
EOF
}

uninstall() {
  [ -f "$receipt" ] || fail "manyoyo was not installed by this script in $prefix." 'sh install.sh --uninstall --prefix DIR'
  if [ -x "$program" ]; then
    for each in bash zsh fish; do
      "$program" completion --uninstall "$each" >/dev/null 2>&1 || :
    done
  fi
  list=$(cat "$receipt")
  while IFS= read -r path; do
    case $path in
      */) ;;
      "$prefix"/*) rm -f -- "$path" ;;
    esac
  done <<EOF
$list
EOF
  rm -f -- "$receipt"
  remove_folders "$list"
  say "manyoyo is gone from $prefix. Its sessions, and settings in ~/.manyoyo, are still there."
}

this_target() {
  case $(uname -m) in
    x86_64 | amd64) arch=x64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) fail "There is no manyoyo for $(uname -m)." ;;
  esac
  case $(uname -s) in
    Linux)
      libc=
      for each in /lib/ld-musl-*.so.1; do
        if [ -e "$each" ] && ! ldd --version 2>&1 | grep -qiE 'glibc|gnu libc'; then libc=-musl; fi
      done
      say "linux-$arch$libc"
      ;;
    Darwin)
      # A shell under Rosetta says x86_64.
      [ "$(sysctl -n sysctl.proc_translated 2>/dev/null)" != 1 ] || arch=arm64
      say "darwin-$arch"
      ;;
    *) fail "This script does not know $(uname -s)." 'On Windows use it in WSL (wsl --install), or unpack manyoyo-windows-x64.zip.' ;;
  esac
}

sum_of() {
  if command -v sha256sum >/dev/null; then
    sha256sum <"$1" | cut -d ' ' -f 1
  elif command -v shasum >/dev/null; then
    shasum -a 256 <"$1" | cut -d ' ' -f 1
  else
    openssl dgst -sha256 <"$1" | sed 's/.* //'
  fi
}

# wget goes wherever a redirect leads, also to http: it takes one step at a time here, and the next only to https.
fetch_by_wget() {
  wget --help 2>&1 | grep -q -e --max-redirect ||
    fail 'curl or GNU wget is needed: this wget goes wherever a redirect leads.'
  url=$1
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    if said=$(LC_ALL=C wget -S --max-redirect=0 -O "$2" -- "$url" 2>&1); then return 0; fi
    next=$(printf '%s\n' "$said" | tr -d '\r' | sed -n 's/^ *[Ll]ocation: *\([^ ]*\).*/\1/p' | tail -n 1)
    case $next in
      https://*) url=$next ;;
      //*) url=https:$next ;;
      /*) url=$(printf '%s\n' "$url" | sed 's,^\([a-z]*://[^/]*\).*,\1,')$next ;;
      *) return 1 ;;
    esac
  done
  return 1
}

# A file of the release: copied or downloaded, never over a connection that anyone could change, this machine's own apart.
fetch() {
  case $release in
    https://* | http://127.0.0.1[:/]* | http://localhost[:/]*)
      if command -v curl >/dev/null; then
        curl -fsSL --proto-redir '=https' --retry 2 -o "$2" -- "$release/$1"
      elif command -v wget >/dev/null; then
        fetch_by_wget "$release/$1" "$2"
      else
        fail 'curl or GNU wget is needed.'
      fi || fail "$release/$1 cannot be fetched."
      ;;
    *://*) fail "$release is neither a folder nor an https URL." ;;
    *) cp -- "$release/$1" "$2" 2>/dev/null || fail "There is no file $release/$1." ;;
  esac
}

# Folders that are not there yet, the uppermost first.
folder() {
  if [ -d "$1" ]; then return 0; fi
  folder "$(dirname -- "$1")"
  mkdir -- "$1" || fail "$1 cannot be made." 'sh install.sh --prefix DIR'
  printf '%s/\n' "$1" >>"$made"
}

# Beside its place, from where it is put there in one step: a manyoyo that runs meanwhile goes on.
bring() {
  folder "$(dirname -- "$2")"
  { cp -- "$1" "$2.new" && chmod "$3" "$2.new"; } || not_written "$2"
}
settle() {
  mv -f -- "$1.new" "$1" || not_written "$1"
  printf '%s\n' "$1" >>"$made"
}
place() {
  bring "$@"
  settle "$2"
}
not_written() {
  rm -f -- "$1.new"
  fail "$1 cannot be written."
}

install() {
  release=${MANYOYO_RELEASE:-}
  if [ -z "$release" ]; then
    release=$default_release
    # Of a script that comes through a pipe $0 is its shell: the folder where that was started is anybody's.
    if [ "${0##*/}" = install.sh ] && [ -f "$0" ]; then
      here=$(dirname -- "$0")
      if [ -f "$here/SHA256SUMS" ]; then release=$here; fi
    fi
  fi
  [ -n "$release" ] || fail 'Where is the release?' 'MANYOYO_RELEASE=FOLDER_OR_URL sh install.sh'
  [ -n "$target" ] || target=$(this_target)
  work=$(mktemp -d)
  trap 'rm -rf -- "$work"' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  made=$work/made
  file=manyoyo-$target.tar.gz
  fetch SHA256SUMS "$work/sums"
  wanted=$(sed -n "s/^\([0-9a-f]\{64\}\)  $file\$/\1/p" "$work/sums")
  [ -n "$wanted" ] || fail "This release has no $file." 'sh install.sh --help'
  fetch "$file" "$work/$file"
  [ "$(sum_of "$work/$file")" = "$wanted" ] || fail "$file is not what SHA256SUMS says: nothing was installed." 'Fetch it again.'
  mkdir "$work/files"
  tar -xzf "$work/$file" -C "$work/files" --strip-components 1 || fail "$file cannot be unpacked."
  before=
  [ ! -x "$program" ] || before=$("$program" --version 2>/dev/null) || :
  # What an earlier version brought and this one does not goes with --uninstall as well.
  if [ -f "$receipt" ]; then cp -- "$receipt" "$made"; else : >"$made"; fi
  folder "$prefix"
  bring "$work/files/manyoyo" "$program" 755
  # One that does not run here must not take the place of one that does. Tried beside that place, as a temporary folder may
  # be one where no program runs.
  if ! version=$("$program.new" --version); then
    rm -f -- "$program.new"
    remove_folders "$(cat "$made")"
    fail "manyoyo for $target does not run here." 'sh install.sh --target TARGET'
  fi
  settle "$program"
  place "$work/files/manyoyo.1" "$prefix/share/man/man1/manyoyo.1" 644
  for each in LICENSE README.md CHANGELOG.md THIRD-PARTY.md manyoyo.cdx.json; do
    place "$work/files/$each" "$prefix/share/doc/manyoyo/$each" 644
  done
  folder "$(dirname -- "$receipt")"
  awk '!seen[$0]++' "$made" >"$receipt"
  case $before in
    '') say "manyoyo $version is installed: $program" ;;
    "$version") say "manyoyo $version is installed anew: $program" ;;
    *) say "manyoyo $version is installed in place of $before: $program" ;;
  esac
  if [ $completion = yes ]; then "$program" completion --install ${shell:+"$shell"}; fi
  case :$PATH: in
    *:"$prefix/bin":*) ;;
    *) say "It is not on your PATH yet; for your shell's start-up file: export PATH=\"$prefix/bin:\$PATH\"" ;;
  esac
}

$action
