// Looks at pages in a browser: reads {browser, origin, folder, pages} from standard input, writes what was found as JSON.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { launched, opened, refused } from "./browser.mjs";
import { stops } from "./keyboard.mjs";
import { longLines, unprintable } from "./layout.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];
const WIDTHS = [1280, 390];
const SCHEMES = ["light", "dark"];
const TALLEST = 6000;

const given = JSON.parse(readFileSync(0, "utf8"));
mkdirSync(given.folder, { recursive: true });

async function judged(page, where, wrong) {
  const found = await page.evaluate((values) =>
    window.axe.run(document, { runOnly: { type: "tag", values }, resultTypes: ["violations"] }), LEVELS);
  for (const one of found.violations)
    wrong.push(`axe ${where}: ${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join(" | ")}`);
}

async function kept(page, name, width) {
  const height = Math.min(TALLEST, await page.evaluate(() => document.scrollingElement.scrollHeight));
  await page.screenshot({ path: join(given.folder, `${name}.png`), clip: { x: 0, y: 0, width, height } });
}

// What follows the size of the window, as the editor does, has done so a frame later.
async function sized(page, width, height = 900) {
  await page.setViewport({ width, height });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

const wears = (page, scheme) => page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
const wide = (page) => page.evaluate(() => document.scrollingElement.scrollWidth - window.innerWidth);
// What is folded away is read too.
const unfold = (page, open) => page.evaluate((now) => {
  window.folded ??= [...document.querySelectorAll("details:not([open])")];
  for (const one of window.folded) one.open = now;
}, open);

async function onScreens(page, name, wrong) {
  for (const width of WIDTHS) {
    await sized(page, width);
    for (const scheme of SCHEMES) {
      await wears(page, scheme);
      const where = `${width} ${scheme}`;
      const narrow = await wide(page);
      await kept(page, `${name}-${where.replace(" ", "-")}`, width);
      await unfold(page, true);
      const over = Math.max(narrow, await wide(page));
      if (over > 0) wrong.push(`scrolls sideways by ${over} px ${where}`);
      await judged(page, where, wrong);
      await unfold(page, false);
    }
  }
}

async function onBroadScreen(page, name, wrong) {
  await sized(page, 2560, 1440);
  await wears(page, "light");
  const over = await wide(page);
  if (over > 0) wrong.push(`scrolls sideways by ${over} px 2560`);
  for (const one of (await longLines(page)).slice(0, 3)) wrong.push(one);
  await kept(page, `${name}-2560-light`, 2560);
}

// A4 at 96 dots per inch; paper is light, whatever the screen is.
async function onPaper(page, name, wrong) {
  await sized(page, 794, 1123);
  await wears(page, "dark");
  await page.emulateMediaType("print");
  const over = await wide(page);
  if (over > 0) wrong.push(`scrolls sideways by ${over} px in print`);
  for (const one of (await unprintable(page)).slice(0, 5)) wrong.push(one);
  await kept(page, `${name}-print`, 794);
  await page.emulateMediaType(null);
}

async function looked(browser, { name, path }) {
  const wrong = [];
  const page = await opened(browser, { origin: given.origin, path, wrong });
  const words = await page.evaluate(() => (document.querySelector("main") ?? document.body).innerText.trim().length);
  await page.evaluate(AXE);
  await onScreens(page, name, wrong);
  await onBroadScreen(page, name, wrong);
  await onPaper(page, name, wrong);
  await sized(page, WIDTHS[0]);
  await unfold(page, true);
  await stops(page, wrong);
  await refused(page, wrong);
  if (await page.evaluate(() => "struck" in window)) wrong.push("a script of the data ran");
  await page.close();
  const plain = await opened(browser, { origin: given.origin, path, wrong, script: false });
  const without = await plain.evaluate(() => (document.querySelector("main") ?? document.body).innerText.trim().length);
  if (without < words * 0.5 || without < 20) wrong.push(`without a script it says ${without} letters, else ${words}`);
  const dead = await plain.evaluate(() =>
    [...document.forms].filter((form) => !form.querySelector("button:not([type=button]), input[type=submit]")).length);
  if (dead) wrong.push(`${dead} forms cannot be sent without a script`);
  await plain.close();
  return { name, wrong };
}

const waiting = [...given.pages];
const found = [];
// A page that is not in front gets no keys, so each of those who look has a browser.
async function work() {
  const browser = await launched(given.browser);
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    try {
      found.push(await looked(browser, next));
    } catch (error) {
      found.push({ name: next.name, wrong: [`cannot be looked at: ${error.stack}`] });
    }
  }
  await browser.close();
}
await Promise.all([work(), work()]);
console.log(JSON.stringify(found));
