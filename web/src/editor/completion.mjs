import { classesOf, position } from "./position.mjs";

const KEYWORDS = `SELECT DISTINCT WHERE CONSTRUCT DESCRIBE ASK OPTIONAL FILTER UNION MINUS BIND VALUES GRAPH PREFIX LIMIT
  OFFSET HAVING EXISTS COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT LANG STR YEAR CONTAINS REGEX COALESCE BOUND`.split(/\s+/);
const PHRASES = ["ORDER BY", "GROUP BY", "NOT EXISTS"];
const WORD = /[\w?$-]*:?[\w.-]*/;

// Completes from the schema: classes after "a", the properties of a subject's classes first, values, variables.
export function completing(schema) {
  return async (context) => {
    const word = context.matchBefore(WORD);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    const query = context.state.doc.toString();
    if (/^[?$]/.test(word.text)) return variables(word, query);
    const before = query.slice(0, word.from);
    const known = await schema();
    if (context.aborted) return null;
    if (/\bPREFIX\s+$/i.test(before)) return prefixes(word, known);
    const { wants, subject, predicate } = position(before);
    const options = [];
    if (wants !== "value" && wants !== "property") options.push(...known.classes.map((one) => option(one, "class", known)));
    if (wants === "any" || wants === "property") options.push(...properties(known, classesOf(subject, query)));
    if (wants === "value") options.push(...values(known, predicate));
    if (wants === "any" || wants === "property") {
      options.push(...[...KEYWORDS, ...PHRASES].map((label) => ({ label, type: "keyword", boost: -5 })));
    }
    return { from: word.from, options, validFor: /^[\w:.-]*$/ };
  };
}

function variables(word, query) {
  const found = new Set(query.match(/[?$]\w+/g));
  found.delete(word.text);
  return { from: word.from, options: [...found].map((label) => ({ label, type: "variable" })), validFor: /^[?$]\w*$/ };
}

function prefixes(word, known) {
  const options = Object.entries(known.prefixes).map(([prefix, iri]) => ({
    label: `${prefix}:`,
    detail: iri,
    apply: `${prefix}: <${iri}>\n`,
    type: "namespace",
  }));
  return { from: word.from, options, validFor: /^[\w-]*:?$/ };
}

function properties(known, classes) {
  return known.properties.map((one) => {
    const used = one.subjects.filter((name) => classes.has(name)).length;
    return { ...option(one, "property", known), boost: used ? 10 : classes.size ? -1 : 1 };
  });
}

function values(known, predicate) {
  const objects = known.properties.find((one) => one.name === predicate)?.objects ?? [];
  return known.values.map((one) => ({
    ...option(one, "constant", known),
    boost: one.types.some((name) => objects.includes(name)) ? 10 : 0,
  }));
}

function option(one, type, known) {
  const more = [one.definition, one.objects?.length && `→ ${one.objects.join(", ")}`, one.count && `× ${one.count}`];
  return {
    label: one.name,
    detail: one.label,
    type,
    info: more.filter(Boolean).join("\n") || undefined,
    apply: (view, _, from, to) => insert(view, one.name, from, to, known),
  };
}

// A name brings the declaration of its prefix with it, so that the query can be asked anywhere.
function insert(view, name, from, to, known) {
  const prefix = name.slice(0, name.indexOf(":"));
  const query = view.state.doc.toString();
  const declared = new RegExp(String.raw`\bPREFIX\s+${prefix}:`, "i").test(query);
  const iri = known.prefixes[prefix];
  const changes = [{ from, to, insert: name }];
  let shift = 0;
  if (iri && !declared) {
    const line = `PREFIX ${prefix}: <${iri}>\n`;
    const last = [...query.matchAll(/^\s*PREFIX\s[^\n]*\n/gim)].at(-1);
    changes.unshift({ from: last ? last.index + last[0].length : 0, insert: line });
    shift = line.length;
  }
  view.dispatch({ changes, selection: { anchor: from + name.length + shift }, userEvent: "input.complete" });
}
