// Where in a triple the cursor is, as far as the text before it tells.
const NAME = String.raw`[\w-]*:[\w.-]*\w|<[^<>\s]*>`;
const TYPED = new RegExp(String.raw`(\?\w+|${NAME})\s+(?:a|rdf:type)(?:/rdfs:subClassOf\*)?\s+(${NAME})`, "g");

// Returns what is wanted ("class", "property", "value") and of which subject, or with which property.
export function position(before) {
  const text = before.replace(/#[^\n<>]*$/gm, "").replace(/"(?:[^"\\]|\\.)*"/g, '""');
  const start = Math.max(text.search(/[^{}.]*$/), ...[...text.matchAll(/[{}]|\.(?=\s)/g)].map((m) => m.index + 1), 0);
  const statement = text.slice(start);
  const parts = statement.split(";");
  const words = (part) => part.trim().split(/[\s,]+/).filter(Boolean);
  const first = words(parts[0]);
  const last = words(parts.at(-1));
  const subject = first[0];
  const predicate = parts.length > 1 ? last[0] : last[1];
  const done = parts.length > 1 ? last.length : last.length - 1;
  if (!subject || done < 0) return { wants: "any" };
  if (done === 0) return { wants: "property", subject };
  if (/^(a|rdf:type)$/.test(predicate)) return { wants: "class", subject };
  return { wants: "value", subject, predicate };
}

// Returns the classes that a query says a subject is of.
export function classesOf(subject, query) {
  return new Set([...query.matchAll(TYPED)].filter((match) => match[1] === subject).map((match) => match[2]));
}
