// Asks the service as JavaScript programs do, for ../test_clients.py. Each line of standard input is a question in
// JSON: {client, form, query, sources, options}; each line of standard output is its answer: {rows}, {boolean} or
// {error}. Terms are written as in the SPARQL 1.1 Query Results JSON Format, triples as rows of s, p and o.
import { createInterface } from 'node:readline';
import { QueryEngine } from '@comunica/query-sparql';
import { SparqlEndpointFetcher } from 'fetch-sparql-endpoint';
import SparqlClient from 'sparql-http-client';

const LONGEST = 30_000; // milliseconds; then the process ends, and the test with it
const PLAIN = new Set([
  'http://www.w3.org/2001/XMLSchema#string',
  'http://www.w3.org/1999/02/22-rdf-syntax-ns#langString',
]);
const engine = new QueryEngine();

const CLIENTS = { comunica, 'fetch-sparql-endpoint': fetcher, 'sparql-http-client': httpClient };

async function comunica({ form, query, sources, options }) {
  const context = { sources, ...options };
  if (form === 'ask') return { boolean: await engine.queryBoolean(query, context) };
  if (form === 'update') return { rows: [await engine.queryVoid(query, context)] };
  if (form === 'construct') return triples(await engine.queryQuads(query, context));
  const found = await (await engine.queryBindings(query, context)).toArray();
  return rows(found.map((bindings) => [...bindings].map(([variable, term]) => [variable.value, term])));
}

async function fetcher({ form, query, sources: [endpoint], options }) {
  const client = new SparqlEndpointFetcher(options);
  if (form === 'ask') return { boolean: await client.fetchAsk(endpoint, query) };
  if (form === 'update') return { rows: [await client.fetchUpdate(endpoint, query)] };
  if (form === 'construct') return triples(await client.fetchTriples(endpoint, query));
  const found = await read(await client.fetchBindings(endpoint, query));
  return rows(found.map((bindings) => Object.entries(bindings)));
}

async function httpClient({ form, query, sources: [endpoint], options }) {
  const client = new SparqlClient({ endpointUrl: endpoint, updateUrl: endpoint, storeUrl: endpoint });
  if (form === 'ask') return { boolean: await client.query.ask(query, options) };
  if (form === 'update') return { rows: [await client.query.update(query, options)] };
  if (form === 'construct') return triples(client.query.construct(query, options));
  if (form === 'graph') return triples(client.store.get(query ? client.factory.namedNode(query) : undefined));
  const found = await read(client.query.select(query, options));
  return rows(found.map((bindings) => Object.entries(bindings)));
}

async function triples(stream) {
  const quads = await read(stream);
  return rows(quads.map(({ subject, predicate, object }) => [['s', subject], ['p', predicate], ['o', object]]));
}

function rows(found) {
  return { rows: found.map((pairs) => Object.fromEntries(pairs.map(([name, term]) => [name, written(term)]))) };
}

function written(term) {
  if (term.termType !== 'Literal') {
    return { type: term.termType === 'NamedNode' ? 'uri' : 'bnode', value: term.value };
  }
  const { value, language, datatype } = term;
  if (language) return { type: 'literal', value, 'xml:lang': language };
  return { type: 'literal', value, ...(!PLAIN.has(datatype.value) && { datatype: datatype.value }) };
}

function read(stream) {
  return new Promise((resolve, reject) => {
    const found = [];
    stream.on('data', (item) => found.push(item)).on('end', () => resolve(found)).on('error', reject);
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  const late = setTimeout(() => process.exit(1), LONGEST);
  let answer;
  try {
    answer = await CLIENTS[question.client](question);
  } catch (error) {
    answer = { error: error.message };
  }
  clearTimeout(late);
  console.log(JSON.stringify(answer));
}
