import type { SealedValues } from "../core/define.ts";
import type { Engine } from "../core/engine.ts";
import { type SealKey, seal, unseal } from "../core/seal.ts";

/** The values of one owner, sealed on their way into the store. Each owner has its own names. */
export function sealedValues(
  engine: Pick<Engine, "get" | "put">,
  key: () => SealKey,
  owner: string,
): SealedValues {
  const nameOf = (name: string): string => `${owner}.${name}`;
  return {
    ...sealedReader(engine, key, owner),
    put: (name, value, expected) =>
      engine.put(nameOf(name), seal(value, nameOf(name), { key: key() }), expected),
  };
}

/** To read them alone. */
export function sealedReader(
  engine: Pick<Engine, "get">,
  key: () => SealKey,
  owner: string,
): Pick<SealedValues, "get"> {
  return {
    get: async (called) => {
      const name = `${owner}.${called}`;
      const kept = await engine.get(name);
      return kept && { ...kept, value: unseal(kept.value, name, key()) };
    },
  };
}
