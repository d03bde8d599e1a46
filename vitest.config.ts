import { configDefaults, defineConfig } from "vitest/config";

/**
 * In the repository `surehook/…` is the unbuilt source; see the exports of package.json. Not by `module`:
 * that would get packages' code for bundlers, which Node doesn't import.
 */
const conditions = ["surehook-source", "node", "import", "default"];
const setupFiles = ["test/support/own-temporary-folder.ts"];
const shared = {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
};

export default defineConfig({
  test: {
    projects: [
      {
        ...shared,
        test: {
          name: "unit",
          setupFiles,
          include: ["src/**/*.test.ts"],
          testTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        ...shared,
        test: {
          name: "system",
          setupFiles,
          include: ["test/**/*.test.ts"],
          exclude: [
            ...configDefaults.exclude,
            "test/emulator/**",
            "test/frameworks/**",
            "test/oracle/sdks.test.ts",
          ],
          // Alone and one after another: they start whole gateways, and some measure time.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        ...shared,
        test: {
          name: "emulator",
          include: ["test/emulator/**/*.test.ts"],
          globalSetup: ["test/emulator/start.ts"],
          setupFiles: [...setupFiles, "test/emulator/reach.ts"],
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        ...shared,
        test: {
          name: "oracle",
          setupFiles,
          include: ["test/oracle/sdks.test.ts"],
          globalSetup: ["test/oracle/install.ts"],
          sequence: { groupOrder: 3 },
          testTimeout: 60_000,
        },
      },
      {
        ...shared,
        test: {
          name: "frameworks",
          setupFiles,
          include: ["test/frameworks/**/*.test.ts"],
          globalSetup: ["test/frameworks/install.ts"],
          // One after another: they start whole gateways.
          fileParallelism: false,
          sequence: { groupOrder: 4 },
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
