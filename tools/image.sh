#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# image.sh VERSION: builds the container image with whichever builder is there.
set -eu
for builder in docker podman buildah; do
    command -v "$builder" >/dev/null || continue
    exec "$builder" build --build-arg VERSION="$1" -t "studyd:$1" .
done
echo "An image needs docker, podman or buildah." >&2
exit 1
