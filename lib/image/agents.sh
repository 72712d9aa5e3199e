# shellcheck shell=sh disable=SC2086
# The step of the build that brings the agents from npm; see install.sh. AGENTS is a list of PACKAGE@VERSION.
# npm runs the install scripts of packages that are named only, and without theirs the native agents stay a stub. It does
# so by name since npm 11; an older npm runs all of them.
if [ -n "$AGENTS" ]; then
  mkdir -p "$here/home"
  say "Installing $AGENTS"
  names=
  for agent in $AGENTS; do
    names="$names${names:+,}${agent%@*}"
  done
  npm install --global --no-audit --no-fund --no-update-notifier --loglevel=error --cache="$here/npm" \
    --registry="$NPM_CONFIG_REGISTRY" --allow-scripts="$names" $AGENTS || fail 'npm could not install the agents'
  rm -rf "$here/npm"
  for program in $PROGRAMS; do
    say "Trying $program"
    # They leave things in the home, which nobody else should find there.
    HOME="$here/home" CLAUDE_CONFIG_DIR="$here/home" "$program" --version </dev/null ||
      fail "$program does not run on this base"
    [ -f "$here/before/$program" ] || continue
    mkdir -p /usr/local/lib/manyoyo
    ln -s "$(readlink -f "/usr/local/bin/$program")" "/usr/local/lib/manyoyo/$program"
    rm "/usr/local/bin/$program"
    {
      printf '#!/bin/sh\n'
      cat "$here/before/$program"
      printf 'exec /usr/local/lib/manyoyo/%s "$@"\n' "$program"
    } >"/usr/local/bin/$program"
    chmod 755 "/usr/local/bin/$program"
  done
fi
