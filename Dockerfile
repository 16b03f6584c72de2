# The app, as the Supervisor builds it on the user's machine from this repository.

# Not Alpine: the locked Node of the packages needs glibc.
FROM node:24-trixie-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY build.mjs tsconfig.json ./
COPY src ./src
# The cache of compiled code holds for one Node and one place only; it is made below.
RUN npm run build && rm -rf dist/cache

FROM node:24-trixie-slim
ARG BUILD_ARCH
ARG BUILD_VERSION
LABEL \
  io.hass.type="app" \
  io.hass.name="Frigate Warden" \
  io.hass.description="Watches Frigate on Kubernetes, names what is wrong, and restarts it only when that helps" \
  io.hass.arch="${BUILD_ARCH}" \
  io.hass.version="${BUILD_VERSION}"
ENV NODE_ENV=production
WORKDIR /app
COPY package.json LICENSE ./
COPY --from=build /app/dist ./dist
# The first start compiles, so that the start in the house does not have to.
RUN node /app/dist/main.js --version

# Options and state are in /data, which the Supervisor mounts.
CMD ["node", "/app/dist/main.js", "run"]
