#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Node 20 or later: the one that deps.sh may have put into build/node, else the machine's.
[ ! -x build/node/bin/node ] || PATH="$(pwd)/build/node/bin:$PATH"
exec node "$@"
