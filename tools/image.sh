#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# image.sh VERSION: builds the container image with whichever builder is there.
set -eu
builder=$(command -v docker || command -v podman || command -v buildah) || {
    echo "An image needs docker, podman or buildah." >&2
    exit 1
}
exec "$builder" build --build-arg VERSION="$1" -t "studyd:$1" .
