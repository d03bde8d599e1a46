/** How the generated tests' shared file knows which secrets to set, wherever the gateway runs. */

/** A function of that file: the names of all secrets in the config. */
export const namesOfSecrets = `function namesOfSecrets()«: readonly string[]» {
  const names«: string[]» = [];
  JSON.parse(readFileSync("config/webhooks.json", "utf8"), (key, value) => {
    if (key === "secret" && typeof value === "string") names.push(value);
    return value;
  });
  return names;
}
`;
