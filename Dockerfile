# The app: as the Supervisor builds it on the user's machine, and as a release is built for everybody.

# Not Alpine: the locked Node of the packages needs glibc.
FROM node:24-trixie-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY build.mjs tsconfig.json ./
COPY src ./src
# The cache of compiled code holds for one Node and one place only; it is made below.
RUN npm run build && rm -rf dist/cache
# The very Node that the tests ran on: the one that the lock file names, not the one of this base.
RUN install -D -m 755 node_modules/.bin/node /image/usr/local/bin/node

# Home Assistant's own base, with s6-overlay as its first process and curl.
FROM ghcr.io/home-assistant/base-debian:trixie
ARG BUILD_ARCH
ARG BUILD_VERSION
LABEL \
  io.hass.type="app" \
  io.hass.name="Frigate Warden" \
  io.hass.description="Watches Frigate on Kubernetes, names what is wrong, and restarts it only when that helps" \
  io.hass.url="https://github.com/frigate-warden/frigate-warden" \
  io.hass.arch="${BUILD_ARCH}" \
  io.hass.version="${BUILD_VERSION}"
# s6 is silent unless something is wrong. When the Warden has left nothing else is running that would need time.
ENV \
  NODE_ENV=production \
  S6_KILL_GRACETIME=100 \
  S6_VERBOSITY=1
COPY --from=build /image /
# A checkout on a file system without modes would leave s6 nothing that it may start.
COPY --chmod=755 addon/rootfs /
WORKDIR /app
COPY package.json LICENSE ./
COPY --from=build /app/dist ./dist
# The first start compiles, so that the start in the house does not have to; anyone may read what it leaves.
RUN frigate-warden --version && chmod -R a+rX /app/dist/cache

# What the Supervisor's watchdog and Docker go by: is the loop turning? Options and state are in /data.
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=4 \
  CMD ["curl", "--fail", "--silent", "--show-error", "--max-time", "8", "--output", "/dev/null", "http://127.0.0.1:8099/healthz"]

# Nothing beside what s6 starts.
CMD []
