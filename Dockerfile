# SPDX-License-Identifier: GPL-3.0-or-later
# Two stages: built with the compilers, run without them.
FROM debian:bookworm-slim AS build
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        gcc libc6-dev make pkg-config libmicrohttpd-dev libjansson-dev libsqlite3-dev libsodium-dev zlib1g-dev libyaml-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN make -j"$(nproc)" all && make install DESTDIR=/out PREFIX=/usr

FROM debian:bookworm-slim
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="studyd" \
      org.opencontainers.image.description="Open-data server for clinical-study programmes" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="GPL-3.0-or-later"
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        libmicrohttpd12 libjansson4 libsqlite3-0 libsodium23 zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --home-dir /var/lib/studyd --create-home --shell /usr/sbin/nologin studyd
COPY --from=build /out/usr/bin/studyd /usr/bin/studyd
COPY --from=build /src/data /usr/share/studyd/data
COPY --from=build /src/deploy/container-start.sh /usr/lib/studyd/start
USER 10001:10001
VOLUME /var/lib/studyd
ENV STUDYD_DB=/var/lib/studyd/studyd.db STUDYD_LISTEN=0.0.0.0:8080
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/usr/bin/studyd", "healthcheck", "--listen", "127.0.0.1:8080"]
ENTRYPOINT ["/bin/sh", "/usr/lib/studyd/start"]
