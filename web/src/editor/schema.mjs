// What the endpoint knows: /schema.json, read once, when it is first wanted.
export function schemaOf(address) {
  let asked;
  return () => {
    asked ??= fetch(address, { headers: { Accept: "application/json" } })
      .then((response) => (response.ok ? response.json() : Promise.reject(new Error(response.statusText))))
      .catch(() => {
        asked = undefined; // Asked again with the next completion.
        return { prefixes: {}, classes: [], properties: [], values: [] };
      });
    return asked;
  };
}
