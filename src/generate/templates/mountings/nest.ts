/** NestJS. */
import { listening, type Mounting, middleware } from "./mounting.ts";

/** NestJS on Express. */
export const nest: Mounting = {
  routes: middleware(
    "express",
    "In main.ts: app.use(webhooks), behind NestFactory.create; it is Nest on Express that this is for.",
  ),
  toDo: [
    'import { webhooks } from "./webhooks/routes.ts";',
    "app.use(webhooks); // in main.ts, behind NestFactory.create",
  ],
  application: {
    "src/app.module": `
import { Module } from "@nestjs/common";

@Module({})
export class AppModule {}
`,
    "src/main": `
import "reflect-metadata";
import { NestFactory } from "@nestjs/core";
import { AppModule } from "./app.module.ts";
import { gateway } from "./webhooks/middleware/gateway.ts";
import { webhooks } from "./webhooks/routes.ts";

const app = await NestFactory.create(AppModule);
app.use(webhooks);

await gateway.ready;
const port = Number(process.env["PORT"] ?? 3000);
await app.listen(port, "127.0.0.1");
${listening}

for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, () => {
    void Promise.all([app.close(), gateway.stop()]).then(() => process.exit(0));
  });
}
`,
  },
};
