import type { AnyGateway } from "../../core/define.ts";
import { GatewayError, messageOf } from "../../core/errors.ts";
import type { RefreshEvent } from "./events.ts";
import { functionLog } from "./log.ts";
import { type Opening, openOnAws } from "./open-destinations.ts";
import { early, judged, onAws, openSecrets, type Surroundings } from "./surroundings.ts";

/**
 * Takes new access tokens: for the destination whose parameter tells that it ends, for those that a person names,
 * else for all. Rejects where one could not be taken, so that Lambda tries again.
 */
export function refresher(
  definition: AnyGateway,
  on: Surroundings = onAws(),
): (event: RefreshEvent) => Promise<{ readonly renewed: readonly string[] }> {
  const log = on.log ?? functionLog();
  const secrets = openSecrets(on);
  const opened = early(async (): Promise<Opening> => {
    const gateway = judged(definition);
    const [engine] = await Promise.all([on.openStore(gateway), secrets.refresh()]);
    return { gateway, engine, secrets, log, ...on };
  });
  return async (event) => {
    const opening = await opened();
    await secrets.refresh();
    const asked = askedFor(event);
    const destinations = opening.gateway.destinations.filter(
      ({ name, type }) => asked?.includes(name) ?? type.name === "salesforce",
    );
    const ends = await Promise.allSettled(destinations.map((one) => renew(one, opening)));
    const failed = ends.find((end) => end.status === "rejected");
    if (failed !== undefined) {
      log.error({ error: messageOf(failed.reason) }, "no new token");
      throw failed.reason;
    }
    return { renewed: destinations.map(({ name }) => name) };
  };
}

function askedFor({ detail, destinations }: RefreshEvent): readonly string[] | undefined {
  const parameter = detail?.["parameter-name"];
  if (parameter === undefined) return destinations;
  return [parameter.slice(parameter.lastIndexOf("/") + 1)];
}

async function renew(
  destination: Opening["gateway"]["destinations"][number],
  opening: Opening,
): Promise<void> {
  const open = await openOnAws(destination, opening);
  try {
    if (open.renew === undefined) {
      throw new GatewayError("USAGE", `"${destination.name}" logs in with no token.`);
    }
    const { expiresAt } = await open.renew();
    const until = new Date(expiresAt).toISOString();
    opening.log.info({ destination: destination.name, until }, "new token");
  } finally {
    await open.close();
  }
}
