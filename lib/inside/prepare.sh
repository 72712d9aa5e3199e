# shellcheck shell=sh
# Makes a new container ready for its first command; PID 1 runs it at every start, and a second time changes nothing.
# Its words are a list of steps, each a word and its arguments:
#   ready FILE            last: FILE tells the runs that all steps are done (see run.sh)
#   link PATH TARGET      PATH, relative to the home, becomes a link to the folder TARGET of a volume; what the image has
#                         there is put into the volume first, unless the volume has it already
#   git NAME EMAIL        git takes every folder for safe, and this for its user unless the image names one: in the
#                         system's settings, which are weaker than the user's own and in no file of the user
#   login PATH TARGET     PATH, relative to the home, becomes a link to the file TARGET, which need not be there; of two
#                         files the newer one is kept, but none from before the file .forgotten beside TARGET (see
#                         forget.ts). With an empty TARGET a link of that kind is removed
#   variable NAME VALUE   the runs have that variable, unless they have one of that name already (see run.sh)
#   token NAME FILE       the same, with the first line of FILE as its value
# A step that fails says so in the session's log, and the next one is done all the same.
warn() {
  printf 'manyoyo: %s\n' "$1" >&2
}

# Whether a folder, which need not be there yet, lies in the home. What ran in here before may have put links there that
# lead elsewhere, also to what is the host's, and may have had less rights than this.
at_home() {
  at=$1
  until [ -e "$at" ] || [ -L "$at" ] || [ "$at" = "$HOME" ] || [ -z "$at" ]; do at=${at%/*}; done
  [ -e "$HOME" ] || return 0
  real=$(cd -P "${at:-/}" 2>/dev/null && pwd) || return 1
  own=$(cd -P "$HOME" && pwd) || return 1
  case $real/ in "${own%/}"/* | /manyoyo/history/*) return 0 ;; esac
  return 1
}

link() {
  path=$HOME/$1
  target=$2
  [ "$(readlink "$path" 2>/dev/null)" = "$target" ] && return 0
  at_home "${path%/*}" || return 1
  mkdir -p "${path%/*}" "${target%/*}" || return 1
  [ -d "$path" ] && { mounted "$path" || mounts_below "$path"; } && return 0
  if [ ! -e "$target" ]; then
    if [ -d "$path" ]; then
      rm -rf "$target.$$"
      cp -a "$path" "$target.$$" && mv "$target.$$" "$target" || return 1
    else
      mkdir "$target" || return 1
    fi
  fi
  rm -rf "$path" && ln -s "$target" "$path"
}

# An image with a user of its own may not write there, and has no need: its files are not root's.
git_settings() {
  command -v git >/dev/null 2>&1 && [ -w /etc ] || return 0
  git config --system --get-all safe.directory 2>/dev/null | grep -qxF '*' ||
    git config --system --add safe.directory '*' || return 1
  [ -z "$1" ] || git config --system user.name >/dev/null || git config --system user.name "$1" || return 1
  [ -z "$2" ] || git config --system user.email >/dev/null || git config --system user.email "$2"
}

# Whether a folder lies on what somebody mounted: it is the user's own then, and nothing in it is changed.
mounted() {
  real=$(cd -P "$1" && pwd) || return 1
  while read -r _ _ _ _ point _; do
    case $point in / | /manyoyo/*) continue ;; esac
    case $real/ in "$point"/*) return 0 ;; esac
  done </proc/self/mountinfo
  return 1
}

# Whether something is mounted in a folder: removing the folder would empty that, and it may be the host's.
mounts_below() {
  real=$(cd -P "$1" && pwd) || return 1
  while read -r _ _ _ _ point _; do
    case $point in "$real"/*) return 0 ;; esac
  done </proc/self/mountinfo
  return 1
}

login() {
  path=$HOME/$1
  target=$2
  folder=${path%/*}
  if [ -z "$target" ]; then
    case $(readlink "$path" 2>/dev/null) in /manyoyo/login/*) rm -f "$path" ;; esac
    return
  fi
  [ "$(readlink "$path" 2>/dev/null)" = "$target" ] && return 0
  at_home "$folder" || return 1
  mkdir -p "$folder" "${target%/*}" || return 1
  mounted "$folder" && return 0
  # A program that replaces its file instead of writing it has taken the link away.
  forgotten=${target%/*}/.forgotten
  # shellcheck disable=SC3013  # dash and busybox know it
  if [ -f "$path" ] && [ ! -L "$path" ] && [ -s "$path" ] && { [ ! -s "$target" ] || [ "$path" -nt "$target" ]; } &&
    { [ ! -e "$forgotten" ] || [ "$path" -nt "$forgotten" ]; }; then
    # Other sessions write there: a file that is sure to be new, and nothing that a link leads to.
    rm -f "$target.$$"
    # It has the rights that the agent gave it from the first moment: chmod would follow a link.
    mode=$(stat -c %a "$path" 2>/dev/null)
    (umask "$(printf %o $((0777 & ~0${mode:-600})))" && set -C && cat "$path" >"$target.$$") || return 1
    [ -d "$target" ] && [ -L "$target" ] && rm -f "$target"
    mv -f "$target.$$" "$target" || return 1
  fi
  rm -f "$path" && ln -s "$target" "$path"
}

variables=/manyoyo/variables

while [ $# -gt 0 ]; do
  step=$1
  case $step in
    link)
      link "$2" "$3" || warn "$2 could not be linked to $3"
      shift 3
      ;;
    git)
      git_settings "$2" "$3" || warn "git could not be told of you"
      shift 3
      ;;
    login)
      login "$2" "$3" || warn "$2 could not be linked to $3"
      shift 3
      ;;
    variable)
      { mkdir -p "$variables" && printf '%s\n' "$3" >"$variables/$2"; } || warn "$2 could not be kept"
      shift 3
      ;;
    token)
      { mkdir -p "$variables" && ln -sf "$3" "$variables/$2"; } || warn "$2 could not be kept"
      shift 3
      ;;
    ready)
      : >"$2" || warn "$2 could not be written"
      shift 2
      ;;
    *)
      warn "there is no step $step"
      shift
      ;;
  esac
done
