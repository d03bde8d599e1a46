import { GatewayError } from "./errors.ts";

/** Imports a package that is an optional peer. Throws CONFIG_INVALID with who needs it and what to install. */
export async function peer<T>(whose: string, name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw new GatewayError(
      "CONFIG_INVALID",
      `${whose} needs the package ${name}, which can't be loaded. Run: npm install ${name}`,
      { cause },
    );
  }
}
