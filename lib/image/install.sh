# shellcheck shell=sh disable=SC1091,SC2086
# Runs as root in the first stage of a build, see Dockerfile: makes the network ready, runs the step, and puts the files that
# the step changed below /manyoyo-build/changed. Beside it lie step.sh, the values in `settings`, the files of the final
# image in `files`, and ca.pem where certificates were given.
set -eu

here=/manyoyo-build
. "$here/settings"

# A line of progress, told from what the programs say.
say() {
  printf 'manyoyo: %s\n' "$1"
}

fail() {
  printf 'manyoyo: failed: %s\n' "$1" >&2
  exit 1
}

# Some programs read only the one spelling, some only the other.
for name in http_proxy https_proxy no_proxy; do
  upper=$(printf '%s' "$name" | tr '[:lower:]' '[:upper:]')
  eval "value=\${$name:-\${$upper:-}}"
  [ -n "$value" ] || continue
  export "$name=$value" "$upper=$value"
done

# The given certificates beside those that are there already: a proxy may answer for some hosts only.
trust() {
  [ -s "$here/ca.pem" ] || return 0
  cat "$here/ca.pem" >"$here/all.pem"
  [ ! -r /etc/ssl/certs/ca-certificates.crt ] || cat /etc/ssl/certs/ca-certificates.crt >>"$here/all.pem"
  export SSL_CERT_FILE="$here/all.pem" CURL_CA_BUNDLE="$here/all.pem" GIT_SSL_CAINFO="$here/all.pem" \
    NODE_EXTRA_CA_CERTS="$here/all.pem" npm_config_cafile="$here/all.pem"
}

# The names of those packages that are not there yet.
missing() {
  for package; do
    [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null)" = 'ii ' ] || printf ' %s' "$package"
  done
}

# Installs packages of the distribution, without documentation.
packages() {
  wanted=$(missing "$@")
  [ -n "$wanted" ] || return 0
  command -v apt-get >/dev/null || fail 'the base is no Debian or Ubuntu: it has no apt-get'
  set -- -o Dpkg::Use-Pty=0 -o Acquire::Retries=2 -o APT::Install-Recommends=0
  [ ! -s "$here/all.pem" ] || set -- "$@" -o "Acquire::https::CAInfo=$here/all.pem"
  export DEBIAN_FRONTEND=noninteractive
  say "Installing$wanted"
  apt-get "$@" -qq update || fail 'the package sources of the base do not answer'
  apt-get "$@" \
    -o Dpkg::Options::=--path-exclude=/usr/share/doc/* -o Dpkg::Options::=--path-include=/usr/share/doc/*/copyright \
    -o Dpkg::Options::=--path-exclude=/usr/share/man/* -o Dpkg::Options::=--path-exclude=/usr/share/info/* \
    -qq --yes install $wanted || fail "these packages could not be installed:$wanted"
}

# registry PATH: a document or a file of the npm registry, on stdout. A connection on which nothing comes any more is given up.
registry() {
  for wait in 1 3 0; do
    curl -fsSL --connect-timeout 20 --speed-limit 1000 --speed-time 20 "${NPM_CONFIG_REGISTRY%/}/$1" -o "$here/got" &&
      cat "$here/got" && return 0
    sleep "$wait"
  done
  fail "the npm registry did not give $1"
}

# unpack PACKAGE VERSION FOLDER: puts an npm package there without npm, after checking it.
unpack() {
  registry "$1/$2" >"$here/package.json"
  registry "$1/-/$1-$2.tgz" >"$here/package.tgz"
  promised=$(jq -r .dist.integrity "$here/package.json" | sed -n 's/^sha512-//p' | base64 -d | od -An -v -tx1 | tr -d ' \n')
  found=$(sha512sum "$here/package.tgz" | cut -d ' ' -f 1)
  [ "$promised" = "$found" ] || fail "$1 $2 is not what the npm registry promised"
  mkdir -p "$3"
  tar -xzf "$here/package.tgz" -C "$3" --strip-components=1 --no-same-owner
}

# The files that are newer than the start of the step, and folders that are still empty. They are linked, not copied.
collect() {
  mkdir "$here/changed"
  find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /var/tmp -o -path "$here" \
    -o -path /var/cache/apt -o -path /var/lib/apt/lists -o -path /var/log -o -path /root/.npm -o -path /root/.cache \
    -o -path /etc/resolv.conf -o -path /etc/hosts -o -path /etc/hostname -o -path /.dockerenv \) -prune \
    -o \( ! -type d -o -empty \) -cnewer "$here/begun" -print0 >"$here/list"
  xargs -0 -r cp -a -l --parents -t "$here/changed" <"$here/list"
}

trust
: >"$here/begun"
# A file that is changed within the clock's grain of the mark would not be newer.
sleep 0.1
. "$here/step.sh"
[ ! -d "$here/files" ] || cp -R "$here/files/." /
collect
say 'Copying'
