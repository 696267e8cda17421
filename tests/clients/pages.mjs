// Looks at pages in a browser: reads {browser, origin, folder, pages} from standard input, writes what was found as JSON.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { launched, opened, refused } from "./browser.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];
const WIDTHS = [1280, 390];
const SCHEMES = ["light", "dark"];
const MOST_STOPS = 250;
const TALLEST = 6000;

const given = JSON.parse(readFileSync(0, "utf8"));
mkdirSync(given.folder, { recursive: true });
async function judged(page, where, wrong, rules) {
  await page.evaluate(AXE);
  const found = await page.evaluate((run) => window.axe.run(document, run), {
    runOnly: rules ?? { type: "tag", values: LEVELS }, resultTypes: ["violations"], });
  for (const one of found.violations)
    wrong.push(`axe ${where}: ${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join(" | ")}`);
}

async function wide(page, where, wrong) {
  const over = await page.evaluate(() => document.scrollingElement.scrollWidth - window.innerWidth);
  if (over > 0) wrong.push(`scrolls sideways by ${over} px ${where}`);
}

async function stops(page, wrong) {
  const wanted = await page.evaluate((most) => {
    const radios = new Set();
    const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && one.tabIndex >= 0 && !one.disabled;
    const found = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
      .filter(seen)
      .filter((one) => one.type !== "radio" || (!radios.has(one.name) && radios.add(one.name)));
    if (found.length > most) return -1;
    window.wanted = new Set(found);
    document.activeElement?.blur();
    return found.length;
  }, MOST_STOPS);
  if (wanted < 0) return;
  const unmarked = new Set();
  for (let number = 0; number < wanted + 15; number++) {
    await page.keyboard.press("Tab");
    const told = await page.evaluate(() => {
      const now = document.activeElement;
      window.wanted.delete(now);
      for (const one of window.wanted) if (one.type === "radio" && one.name === now.name) window.wanted.delete(one);
      if (now === document.body) return "";
      const style = getComputedStyle(now);
      const shown = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
      return shown || now.shadowRoot ? "" : now.outerHTML.slice(0, 120);
    });
    if (told) unmarked.add(told);
  }
  for (const one of unmarked) wrong.push(`focus is not seen: ${one}`);
  const left = await page.evaluate(() => [...window.wanted].map((one) => one.outerHTML.slice(0, 120)));
  for (const one of left) wrong.push(`Tab does not reach ${one}`);
}

async function looked(browser, { name, path }) {
  const wrong = [];
  const page = await opened(browser, { origin: given.origin, path, wrong });
  const words = await page.evaluate(() => document.querySelector("main")?.innerText.trim().length ?? 0);
  for (const width of WIDTHS) {
    await page.setViewport({ width, height: 900 });
    for (const scheme of SCHEMES) {
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      const where = `${width} ${scheme}`;
      await wide(page, where, wrong);
      const all = scheme === "light";
      await judged(page, where, wrong, all ? undefined : { type: "rule", values: ["color-contrast", "link-in-text-block"] });
      const height = Math.min(TALLEST, await page.evaluate(() => document.scrollingElement.scrollHeight));
      await page.screenshot({ path: join(given.folder, `${name}-${width}-${scheme}.png`), clip: { x: 0, y: 0, width, height } });
    }
  }
  await page.setViewport({ width: WIDTHS[0], height: 900 });
  await stops(page, wrong);
  await refused(page, wrong);
  if (await page.evaluate(() => "struck" in window)) wrong.push("a script of the data ran");
  await page.close();
  const plain = await opened(browser, { origin: given.origin, path, wrong, script: false });
  const without = await plain.evaluate(() => document.querySelector("main")?.innerText.trim().length ?? 0);
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
