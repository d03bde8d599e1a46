/** Next.js. */
import type { Mounting } from "./mounting.ts";

const layoutPage = `
«import type { ReactNode } from "react";»

export default function RootLayout({ children }«: { readonly children: ReactNode }») {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
`;

const homePage = `
export default function Home() {
  return <p>The application is here.</p>;
}
`;

const route = `
import { webhooks } from "../../../webhooks/routes.ts";

export const runtime = "nodejs";
export const dynamic = "force-dynamic";
export const { GET, POST } = webhooks;
`;

/** Next.js. */
export const next: Mounting = {
  routes: `
import { surehook } from "surehook/next";
import { gateway } from "./middleware/gateway.ts";

/**
 * The handlers of app/webhooks/[...path]/route.
 */
export const webhooks = surehook(gateway);
`,
  toDo: ['In next.config: serverExternalPackages: ["surehook"]'],
  files: { "app/webhooks/[...path]/route": route },
  pages: { "app/layout": layoutPage, "app/page": homePage },
  application: {
    "next.config": `
/** Surehook runs processes and threads of its own, which a bundle has no place for. */
«import type { NextConfig } from "next";»

const config«: NextConfig» = { serverExternalPackages: ["surehook"] };

export default config;
`,
  },
};
