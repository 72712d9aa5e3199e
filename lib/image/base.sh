# shellcheck shell=sh disable=SC1091,SC2016 # the single quotes are texts for apt and for mmdebstrap's own shell
# base.sh TARFILE: a small Debian (or Ubuntu) root as a tar file, made from this machine's own apt sources.
# Runs on the host, as root or as an ordinary user who may make user namespaces. No registry is needed.
# One sentence on stderr and exit 1 where something is missing; TARFILE is complete or not there at all.
set -eu

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

[ $# -eq 1 ] || fail 'usage: base.sh TARFILE'
tar=$1

command -v apt-get >/dev/null || fail 'A base image can only be made on Debian or Ubuntu, from their packages.'
command -v mmdebstrap >/dev/null || fail 'mmdebstrap is missing: apt-get install mmdebstrap'
if [ "$(id -u)" != 0 ] && { ! command -v newuidmap >/dev/null || ! grep -q "^$(id -un):" /etc/subuid; }; then
  fail 'Without root, mmdebstrap needs newuidmap (apt-get install uidmap) and a range for this user in /etc/subuid.'
fi

. /etc/os-release
suite=${VERSION_CODENAME:-}
[ -n "$suite" ] || fail 'This system does not say its release (VERSION_CODENAME in /etc/os-release).'

# The distribution's own packages with their updates and security fixes, and nothing that a third party added.
own_sources() {
  apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    while read -r origin uri release component; do
      case $origin in Debian | Ubuntu | Raspbian) ;; *) continue ;; esac
      case $release in "$suite" | "$suite-updates" | "$suite-security") ;; *) continue ;; esac
      case $component in main | universe) printf 'deb %s %s %s\n' "$uri" "$release" "$component" ;; esac
    done | sort -u
}
sources=$(own_sources)
# apt names its sources only after a first update, which an image of a container host may never have had.
if [ -z "$sources" ] && [ "$(id -u)" = 0 ] && apt-get -qq update >/dev/null 2>&1; then
  sources=$(own_sources)
fi
case "$sources" in
  *" $suite main"*) ;;
  *) fail "apt knows no source for main of $suite: apt-get update" ;;
esac

# How this machine reaches its mirrors is needed while the root is made, and does not stay in it. A proxy's password may be in it:
# it is on no command line, and root alone can read it in there.
apt=$(apt-config dump Acquire | grep -E '^Acquire::(Check-Valid-Until|Check-Date|https?::Proxy)' || :)
export apt

mkdir -p -- "$(dirname -- "$tar")"
log=$(mktemp)
part=
trap 'rm -f -- "$log" ${part:+"$part"}' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
# Written beside its place and renamed, so that two at once do no harm and half a file is never found.
part=$(mktemp "$tar.XXXXXX")

mmdebstrap --variant=minbase --format=tar \
  --include=bash,coreutils,git,ca-certificates,curl,procps,less \
  --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-include=/usr/share/doc/*/copyright' \
  --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/info/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --setup-hook='umask 077 && printf "%s\n" "$apt" >"$1"/etc/apt/apt.conf.d/99manyoyo' \
  --customize-hook='rm -f "$1"/etc/apt/apt.conf.d/99manyoyo "$1"/etc/apt/apt.conf.d/99mmdebstrap "$1"/etc/resolv.conf "$1"/etc/hostname' \
  --customize-hook='rm -f "$1"/var/cache/debconf/*-old "$1"/var/lib/dpkg/*-old' \
  --customize-hook='find "$1"/var/log -type f -delete' \
  --customize-hook='printf "LANG=C.UTF-8\n" >"$1"/etc/default/locale' \
  "$suite" "$part" - <<EOF >"$log" 2>&1 || fail "$(tail -n 20 "$log")
mmdebstrap cannot make the base image: $(grep '^E: ' "$log" | tail -n 1)"
$sources
EOF

chmod 644 "$part"
mv -f -- "$part" "$tar"
