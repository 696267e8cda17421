const KEY = "acagraph.queries";
const MOST = 30;

// The queries asked here, newest first. They are kept in this browser only, and not at all where it forbids that.
export function asked() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? found.filter((query) => typeof query === "string") : [];
  } catch {
    return [];
  }
}

export function remember(query) {
  keep([query, ...asked().filter((known) => known !== query)].slice(0, MOST));
}

export function forget() {
  keep([]);
}

function keep(queries) {
  try {
    localStorage.setItem(KEY, JSON.stringify(queries));
  } catch {
    // The history is a convenience; nothing depends on it.
  }
}
