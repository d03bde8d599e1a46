/** For senders that have a host of their own for trying out. */

/** The option that says which of a sender's hosts is asked for its keys. */
export const environmentSetting = {
  kind: "choice",
  of: ["production", "sandbox"],
  optional: true,
  words: "Default `production`.",
} as const;
