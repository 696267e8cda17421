// Uses the SPARQL editor as people do: reads {browser, origin, folder, queries} from standard input, writes what it saw as JSON.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launched, opened, refused } from "./browser.mjs";

const CODE = "form.editor .code >>> .cm-content";
const PATIENCE = { timeout: 30000 };

const { browser: path, origin, folder, queries } = JSON.parse(readFileSync(0, "utf8"));
mkdirSync(folder, { recursive: true });
const taken = mkdtempSync(join(tmpdir(), "downloads-"));
const browser = await launched(path);
const wrong = [];

// A context of its own keeps what the browser stores apart.
async function fresh(work, { at = "/sparql", script = true } = {}) {
  const context = await browser.createBrowserContext({ downloadBehavior: { policy: "allow", downloadPath: taken } });
  const page = await opened(context, { origin, path: at, wrong, script });
  const seen = await work(page, context);
  await refused(page, wrong);
  await context.close();
  return seen;
}

async function over(page, selector, text) {
  await page.click(selector);
  await page.keyboard.down("Control");
  await page.keyboard.press("KeyA");
  await page.keyboard.up("Control");
  await page.keyboard.type(text);
}

async function write(page, text) {
  await over(page, CODE, text);
  // A list of names that is open would take the next key.
  await page.keyboard.press("Escape");
}

async function run(page) {
  await page.keyboard.down("Control");
  await page.keyboard.press("Enter");
  await page.keyboard.up("Control");
}

const answered = (page) =>
  page.waitForFunction(() => /^Answered in [\d.]+ s\.$/.test(document.querySelector("#progress").textContent), PATIENCE);
const cells = (page) =>
  page.$$eval("#answer tbody tr", (rows) => rows.map((row) => [...row.cells].map((cell) => cell.innerText.trim())));
const text = (page, selector) => page.$eval(selector, (one) => one.innerText.trim());
const written = (page) => page.$eval("textarea[name=query]", (field) => field.value);
const kept = (page) => page.evaluate(() => Object.fromEntries(Object.entries(localStorage)));
const past = (page) => page.$$eval("#history li", (items) => items.map((item) => item.innerText));
// What changes in a shadow root is no change of the document, for which a selector would be tried again.
const inEditor = (page, selector) => page.waitForFunction(
  (wanted) => document.querySelector("form.editor .code").shadowRoot.querySelector(wanted), { ...PATIENCE, polling: "raf" }, selector);
const look = (page, name) => page.screenshot({ path: join(folder, `${name}.png`) });

async function runs(page) {
  await write(page, queries.counts);
  await run(page);
  await answered(page);
  await look(page, "editor-answer");
  const seen = { table: await cells(page), address: page.url(), written: await written(page) };
  await page.click('a[data-view="chart"]');
  await page.waitForSelector('#answer a[data-view="chart"][aria-current]', PATIENCE);
  await answered(page);
  await look(page, "editor-chart");
  seen.bars = await page.$$eval("#answer svg rect", (found) => found.length);
  seen.chart = page.url();
  await page.goBack();
  await page.waitForSelector('#answer a[data-view="table"][aria-current]', PATIENCE);
  seen.back = await cells(page);
  return seen;
}

// What each view of an answer shows: how many of its parts there are.
async function views(page) {
  const parts = {
    raw: "#answer pre", table: "#answer tbody tr", chart: "#answer svg.timeline circle",
    map: "#answer svg.map a", graph: "#answer svg.neighbourhood a",
  };
  const seen = {};
  for (const [query, names] of [[queries.countries, ["map", "raw"]], [queries.dates, ["chart", "table"]], [queries.triples, ["graph", "table"]]]) {
    await page.goto(`${origin}/sparql`, { waitUntil: "networkidle0" });
    await write(page, query);
    await run(page);
    await answered(page);
    for (const name of names) {
      await page.click(`a[data-view="${name}"]`);
      await page.waitForSelector(`#answer a[data-view="${name}"][aria-current]`, PATIENCE);
      await answered(page);
      (seen[name] ??= []).push(await page.$$eval(parts[name], (found) => found.length));
      if (name === "raw") seen.text = await text(page, parts.raw);
      await look(page, `editor-${name}`);
    }
  }
  return seen;
}

async function downloads(page) {
  const offered = await page.$$eval("#answer a[download]", (links) => links.map((link) => link.innerText.trim()));
  const seen = { offered, address: page.url() };
  for (const name of ["csv", "json"]) {
    const [link] = await page.$$(`#answer a[download][href*=".${name}"]`);
    await link.click();
    const file = join(taken, `sparql.${name}`);
    for (let tries = 0; tries < 300 && !existsSync(file); tries++) await new Promise((done) => setTimeout(done, 100));
    seen[name] = readFileSync(file, "utf8");
  }
  return { ...seen, still: page.url() };
}

// A query that no address has room for is posted, and so cannot be shared as a link.
async function posts(page) {
  const before = page.url();
  await page.click(CODE);
  await page.keyboard.down("Control");
  await page.keyboard.press("KeyA");
  await page.keyboard.up("Control");
  await page.keyboard.sendCharacter(queries.long);
  await run(page);
  await answered(page);
  return { table: await cells(page), still: page.url() === before };
}

async function begins(page) {
  const link = await page.$(`a[href$="?saved=${queries.saved}"]`);
  await link.evaluate((one) => { one.closest("details").open = true; });
  await Promise.all([page.waitForNavigation({ ...PATIENCE, waitUntil: "networkidle0" }), link.click()]);
  const seen = { written: await written(page) };
  await page.click("form.editor button[type=submit]");
  await answered(page);
  return { ...seen, table: await cells(page) };
}

async function shares(page) {
  return { table: await cells(page), written: await written(page), kept: await kept(page) };
}

async function remembers(page) {
  await write(page, queries.asks);
  await run(page);
  await answered(page);
  const seen = { kept: await kept(page), cookies: await page.evaluate(() => document.cookie), asked: [] };
  page.on("request", (asked) => seen.asked.push(asked.url() + (asked.postData() ?? "")));
  await page.goto(`${origin}/sparql`, { waitUntil: "networkidle0" });
  seen.past = await past(page);
  await page.click("#history li button");
  seen.written = await written(page);
  seen.asked = seen.asked.map((address) => decodeURIComponent(address));
  await page.click("#forget");
  seen.forgotten = [await past(page), await kept(page), await page.$eval("#history", (part) => part.hidden)];
  return seen;
}

async function errs(page) {
  await write(page, queries.wrong);
  await inEditor(page, ".cm-lint-marker-error");
  const seen = await page.$eval("form.editor .code", (host) => {
    const top = (one) => Math.round(one.getBoundingClientRect().top);
    const root = host.shadowRoot;
    const mark = top(root.querySelector(".cm-lint-marker-error").closest(".cm-gutterElement"));
    const numbers = [...root.querySelectorAll(".cm-lineNumbers .cm-gutterElement")];
    return {
      line: numbers.find((one) => one.offsetHeight && Math.abs(top(one) - mark) < 5)?.textContent,
      marked: root.querySelector(".cm-lintRange-error")?.textContent,
    };
  });
  seen.said = await text(page, "#problems");
  await look(page, "editor-error");
  await run(page);
  await page.waitForSelector("#answer [role=alert]", PATIENCE);
  seen.answer = await text(page, "#answer [role=alert]");
  await write(page, queries.asks);
  await page.waitForFunction(() => !document.querySelector("#problems").textContent, PATIENCE);
  seen.marks = (await page.$$("form.editor .code >>> .cm-lint-marker-error")).length;
  return seen;
}

async function completes(page) {
  await over(page, CODE, "SELECT * { ?s a aca:Coal");
  await inEditor(page, ".cm-tooltip-autocomplete li[aria-selected]");
  await look(page, "editor-completion");
  const seen = { offered: await page.$eval("form.editor .code", (host) =>
    [...host.shadowRoot.querySelectorAll(".cm-tooltip-autocomplete li .cm-completionLabel")].map((one) => one.textContent)) };
  // A list just opened takes no key for a moment, so that nothing is chosen by mistake.
  await new Promise((done) => setTimeout(done, 200));
  await page.keyboard.press("Enter");
  seen.written = await written(page);
  await over(page, CODE, "SELECT * { ?s aca:memberOf coalition:jc");
  await inEditor(page, ".cm-tooltip-autocomplete li[aria-selected]");
  seen.held = await page.$eval("form.editor .code", (host) => host.shadowRoot.querySelector("li[aria-selected] .cm-completionLabel").textContent);
  return seen;
}

async function cancels(page) {
  await write(page, queries.endless);
  await run(page);
  await page.waitForSelector("#cancel:not([hidden])", PATIENCE);
  await page.waitForFunction(() => document.querySelector("#answer").getAttribute("aria-busy") === "true", PATIENCE);
  // Long enough for the query to have begun on the server.
  await new Promise((done) => setTimeout(done, 1500));
  const seen = { running: await text(page, "#progress") };
  await page.click("#cancel");
  await page.waitForFunction(() => !document.querySelector("#progress").textContent.startsWith("The query is running"), PATIENCE);
  Object.assign(seen, { said: await text(page, "#progress"), hidden: await page.$eval("#cancel", (one) => one.hidden) });
  await write(page, queries.asks);
  await run(page);
  await answered(page);
  return { ...seen, next: await text(page, "#answer") };
}

async function plain(page) {
  await over(page, "textarea[name=query]", queries.counts);
  await Promise.all([page.waitForNavigation(PATIENCE), page.click("form.editor button[type=submit]")]);
  return { table: await cells(page), written: await written(page), address: page.url(), code: (await page.$$(".code")).length };
}

const seen = {};
async function see(name, work, options) {
  try {
    seen[name] = await fresh(work, options);
  } catch (error) {
    wrong.push(`${name} does not come to its end: ${error.stack.split("\n").filter((line) => !line.includes("node_modules")).join(" ")}`);
  }
}
await see("runs", runs);
await see("shares", shares, { at: seen.runs?.address.slice(origin.length) });
await see("views", views);
await see("downloads", downloads, { at: seen.runs?.address.slice(origin.length) });
await see("posts", posts);
await see("begins", begins);
await see("remembers", remembers);
await see("errs", errs);
await see("completes", completes);
await see("cancels", cancels);
await see("plain", plain, { script: false });
await browser.close();
rmSync(taken, { recursive: true });
console.log(JSON.stringify({ ...seen, wrong }));
