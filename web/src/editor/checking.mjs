// The problems of a query as the engine finds them; without an answer there are none.
export function checking(address, tell) {
  let asked;
  return async (view) => {
    asked?.abort();
    asked = new AbortController();
    const query = view.state.doc.toString();
    if (!query.trim()) return tell([]), [];
    try {
      const response = await fetch(address, {
        method: "POST",
        headers: { "Content-Type": "application/sparql-query", Accept: "application/json" },
        body: query,
        signal: asked.signal,
      });
      const { problems } = response.ok ? await response.json() : { problems: [] };
      tell(problems);
      return problems.map((problem) => diagnostic(view.state.doc, problem));
    } catch {
      return [];
    }
  };
}

function diagnostic(doc, { line, column, message }) {
  const found = doc.line(Math.min(line ?? 1, doc.lines));
  const place = Math.min(found.from + (column ?? 1) - 1, found.to);
  // At the end of a line there is nothing to underline but what stands before it.
  const from = place < found.to ? place : Math.max(found.from, found.to - 1);
  const word = /^[?$\w:-]+/.exec(doc.sliceString(from, found.to));
  return { from, to: Math.min(found.to, from + (word ? word[0].length : 1)), severity: "error", message };
}
