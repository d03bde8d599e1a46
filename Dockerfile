# Surehook with a config of yours:
#   docker build -t surehook .
#   docker run --read-only -p 4242:4242 --env-file secrets.env \
#     -v "$PWD/gateway:/config:ro" -v surehook-data:/data surehook
# where ./gateway holds surehook.config.ts and the modules that it imports.

FROM node:24-slim AS build
WORKDIR /build
# No install script is needed to build: the image's own Node.js does it.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production \
    SUREHOOK_CONFIG=/config/surehook.config.ts \
    SUREHOOK_STORE=/data/surehook.db
# What the gateway keeps (store, archive) is under /data; nothing else is written, so the root may be read-only.
RUN install -d -o node -g node -m 0700 /data
COPY --from=dependencies /app/node_modules /app/node_modules
COPY --from=build /build/package.json /build/LICENSE /app/
COPY --from=build /build/dist /app/dist
USER node
WORKDIR /data
VOLUME /data
EXPOSE 4242
# By HTTP, else by TLS, whose certificate is for another name than this address.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "const ask = (by) => new Promise((told, failed) => require(by).get({ host: '127.0.0.1', port: 4242, path: '/health/ready', rejectUnauthorized: false }, (answer) => told(answer.statusCode)).on('error', failed)); ask('node:http').catch(() => ask('node:https')).then((status) => process.exit(status === 200 ? 0 : 1), () => process.exit(1))"]
# Less memory for the same CPU: see gatewayFlags in scripts/bootstrap.mjs.
ENTRYPOINT ["node", "--max-semi-space-size=4", "/app/dist/cli/main.js"]
CMD ["start", "--port", "4242"]
