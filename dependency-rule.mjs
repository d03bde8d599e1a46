// The rooms of src/ and what each may import besides itself. Any other arrow is an error.
const rooms = {
  kit: [],
  core: ["kit"],
  providers: ["core", "kit"],
  destinations: ["core", "kit", "net"],
  engines: ["core", "kit"],
  net: ["core", "kit"],
  http: ["core", "kit"],
  app: ["core", "kit", "providers", "destinations", "engines", "net", "http"],
  adapters: ["app", "core", "kit"],
  generate: ["core", "kit"],
  cli: ["app", "adapters", "generate", "core", "kit"],
  cdk: ["core", "kit"],
};

const tests = "[.]test[.]ts$|/conformance([^/]*[.]ts$|/)";

const roomRules = Object.entries(rooms).map(([room, may]) => ({
  name: `room-${room}`,
  comment: `src/${room} may import itself${may.map((other) => `, ${other}`).join("")} and nothing else of ours`,
  severity: "error",
  from: { path: `^src/${room}/` },
  to: { path: "^(src|dashboard|test|bench)/", pathNot: `^src/(${[room, ...may].join("|")})/` },
}));

export default {
  forbidden: [
    ...roomRules,
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "engines-are-strangers",
      severity: "error",
      from: { path: "^src/engines/([^/]+)/" },
      to: { path: "^src/engines/[^/]+/", pathNot: "^src/engines/$1/" },
    },
    {
      name: "providers-are-strangers",
      comment: "share through schemes/",
      severity: "error",
      from: { path: "^src/providers/[^/]+[.]ts$", pathNot: `index[.]ts$|${tests}` },
      to: { path: "^src/providers/[^/]+[.]ts$" },
    },
    {
      name: "no-io-in-core",
      comment: "files, sockets, clocks and settings are passed in; zlib is here for its checksum",
      severity: "error",
      from: { path: "^src/(core|providers|kit)/", pathNot: tests },
      to: { dependencyTypes: ["core"], pathNot: "^(node:)?(crypto|buffer|zlib)$" },
    },
    {
      name: "aws-sdk-at-home",
      severity: "error",
      from: {
        path: "^src/",
        pathNot: "^src/(engines/aws|destinations|net)/|^src/cdk/cleaner[.]ts$",
      },
      to: { path: "@aws-sdk/" },
    },
    {
      name: "aws-cdk-at-home",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/cdk/" },
      to: { path: "aws-cdk-lib|/constructs/" },
    },
    {
      name: "dashboard-knows-the-contract",
      comment: "types of src/http/contract.ts only",
      severity: "error",
      from: { path: "^dashboard/" },
      to: { path: "^src/", pathNot: "^src/http/contract[.]ts$" },
    },
    {
      name: "dashboard-takes-types-only",
      severity: "error",
      from: { path: "^dashboard/" },
      to: { path: "^src/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "no-test-in-product",
      severity: "error",
      from: { path: "^src/", pathNot: tests },
      to: { path: `${tests}|^(test|bench)/` },
    },
    {
      name: "no-dev-dependency-in-product",
      severity: "error",
      from: { path: "^src/", pathNot: `${tests}|^src/cdk/` },
      to: {
        dependencyTypes: ["npm-dev"],
        dependencyTypesNot: ["type-only", "npm-peer", "npm-optional"],
      },
    },
    {
      name: "no-orphans",
      severity: "error",
      from: { orphan: true, path: "^src/", pathNot: "^src/(app|cli|cdk)/" },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
  },
};
