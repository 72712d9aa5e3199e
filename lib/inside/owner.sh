# shellcheck shell=sh
# Lets commands run as an ordinary user of the host: run.sh does this once after each start, as others may join who did not
# make the session. $1: uid; $2: gid; $3: the user's name; $4: when PID 1 began. What comes of it is the text
# /etc/manyoyo/as-UID, which runs its words as that user; its first line holds $4.
# An image with a user of its own is left as it is: its commands are not root's.
[ "$(id -u)" = 0 ] || exit 0
# The user's commands write in some folders of PATH, perhaps.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# See end.sh.
unset GREP_OPTIONS
cd /
as=/etc/manyoyo/as-$1
warn() {
  printf 'manyoyo: %s\n' "$1" >&2
}

# The home is the container's own, which has what the image put there, whatever this one command has for HOME. It can belong to
# one user only: a second one of the host has an empty home.
given=$(tr '\0' '\n' </proc/1/environ 2>/dev/null | sed -n 's/^HOME=//p' | head -n 1)
case $given in /?*) home=$given ;; *) home=/root ;; esac
case $(stat -c %u "$home" 2>/dev/null) in
  0 | "$1") ;;
  '') mkdir -p "$home" ;;
  *) home=/home/manyoyo-$1 && mkdir -p "$home" ;;
esac

# The name in here: the one that the image has for the uid, else a new line's.
if ! grep -q "^[^:]*:[^:]*:$2:" /etc/group 2>/dev/null; then
  group=$3
  grep -q "^$3:" /etc/group 2>/dev/null && group=group-$2
  printf '%s:x:%s:\n' "$group" "$2" >>/etc/group
fi
known=$(grep "^[^:]*:[^:]*:$1:" /etc/passwd 2>/dev/null | head -n 1)
name=${known%%:*}
if [ -z "$name" ]; then
  name=$3
  grep -q "^$3:" /etc/passwd 2>/dev/null && name=user-$1
  shell=/bin/sh
  [ -x /bin/bash ] && shell=/bin/bash
  printf '%s:x:%s:%s::%s:%s\n' "$name" "$1" "$2" "$home" "$shell" >>/etc/passwd
fi

# From the folder of what is found: whoever may write there could put a link in the place of a folder on the way meanwhile.
# busybox does not know that.
safely=-exec
find / -maxdepth 0 -execdir true {} + 2>/dev/null && safely=-execdir

# A word as sh reads it back.
quoted() {
  printf "'%s'" "$(printf %s "$1" | sed "s/'/'\\\\''/g")"
}

# The first program that can. setpriv is util-linux's and chroot coreutils'; su does without a child of its own in busybox
# only, whose setpriv and chroot know no users, and which takes options behind the user's name as its own. None can where
# the engine was told to take these rights away. The text does as run.sh does.
# shellcheck disable=SC2016  # for the text
words_as() {
  text=\''case $1 in "" | -*) "$@" ;; *) exec "$@" ;; esac'\'
  case $1 in
    */setpriv) printf 'exec %s --reuid=%s --regid=%s "${manyoyo_groups:---clear-groups}" /bin/sh -c %s sh "$@"\n' "$1" "$2" "$3" "$text" ;;
    */chroot) printf 'exec %s --userspec=%s:%s "${manyoyo_groups:---groups=}" --skip-chdir / /bin/sh -c %s sh "$@"\n' "$1" "$2" "$3" "$text" ;;
    */su) printf 'exec %s -p -s /bin/sh -c %s -- %s sh "$@"\n' "$1" "$text" "$(quoted "$name")" ;;
  esac
}
try_way() {
  {
    # A command that was given a HOME of its own keeps it. Other names than ours may be variables of the command.
    # shellcheck disable=SC2016
    printf '# %s\ncase ${HOME:-%s} in %s) HOME=%s && export HOME ;; esac\n' \
      "$4" "$(quoted "$given")" "$(quoted "$given")" "$(quoted "$home")"
    # shellcheck disable=SC2016
    printf 'unset manyoyo_path manyoyo_groups\nmanyoyo_path=$PATH\nPATH=%s\n' "$PATH"
    # The socket of an engine that is handed on belongs to a group that the user has on the host.
    # shellcheck disable=SC2016
    echo '[ -S /var/run/docker.sock ] && manyoyo_groups=--groups=$(stat -c %g /var/run/docker.sock)'
    # Other sessions log in as well, and root may have done it.
    echo "[ -d /manyoyo/login ] && find /manyoyo/login ! -type l -user 0 $safely chown -h $1:$2 {} +"
    # shellcheck disable=SC2016
    echo 'PATH=$manyoyo_path'
    words_as "$way" "$1" "$2"
  } >"$as.$$"
  /bin/sh "$as.$$" true >/dev/null 2>&1
}
find_way() {
  for program in setpriv chroot su; do
    # Not by command -v: a busybox that is the shell may have them in itself, and then says no path.
    for way in "/usr/local/sbin/$program" "/usr/local/bin/$program" "/usr/sbin/$program" "/usr/bin/$program" \
      "/sbin/$program" "/bin/$program"; do
      [ -x "$way" ] && try_way "$@" && return
    done
  done
  return 1
}

# Gives what root has in a folder to the user, nothing of what is mounted there: that may be the host's.
claim() {
  folder=$1
  owner=$2
  command -v find >/dev/null 2>&1 || {
    chown -h "$owner" "$folder"
    return
  }
  set --
  while read -r _ _ _ _ point _; do
    case $point in / | /manyoyo/*) continue ;; esac
    case $folder/ in "$point"/*) return 0 ;; esac
    case $point in
      # Blanks and the like are written as octal numbers there.
      "$folder"/*) set -- "$@" -path "$(printf %s "$point" | sed 's/\\[0-7][0-7][0-7]/?/g; s/[][*]/?/g')" -prune -o ;;
    esac
  done </proc/self/mountinfo
  # Where anybody may make a second name of any file, root's own files could have one in here.
  [ "$(cat /proc/sys/fs/protected_hardlinks 2>/dev/null)" = 1 ] || set -- "$@" ! \( ! -type d -links +1 \)
  # It is slower, and nobody is there to be guarded against while nothing but root's programs runs.
  how=-exec
  [ -n "$(find /proc -maxdepth 1 -name '[0-9]*' ! -user 0 2>/dev/null | head -n 1)" ] && how=$safely
  find "$folder" -xdev "$@" -user 0 "$how" chown -h "$owner" {} +
}

if ! mkdir -p /etc/manyoyo || ! find_way "$@"; then
  rm -f "$as" "$as.$$"
  warn "commands cannot run as user $1 in here, so this one runs as root"
  exit 1
fi
# Before the work: what root does meanwhile wants another round. So do its commands that still run, whose ids are in there.
again=
put_back() {
  cat "/etc/manyoyo/stale.$$" >>/etc/manyoyo/stale
  exit 1
}
trap put_back INT TERM HUP
mv -f /etc/manyoyo/stale "/etc/manyoyo/stale.$$" 2>/dev/null &&
  grep -qsF -f "/etc/manyoyo/stale.$$" /proc/[0-9]*/cmdline && again=yes
claim "$home" "$1:$2"
[ -d /manyoyo/history ] && find /manyoyo/history ! -type l -user 0 "$safely" chown -h "$1:$2" {} +
if command -v git >/dev/null 2>&1; then
  git config --system --get-all safe.directory 2>/dev/null | grep -qxF '*' ||
    git config --system --add safe.directory '*'
fi
# A background command's output goes to PID 1's own; one that opens /dev/stderr anew must be allowed to.
for output in /proc/1/fd/1 /proc/1/fd/2; do
  [ -p "$output" ] && chmod 0622 "$output"
done
[ -n "$again" ] && cat "/etc/manyoyo/stale.$$" >>/etc/manyoyo/stale
rm -f "/etc/manyoyo/stale.$$"
mv "$as.$$" "$as"
