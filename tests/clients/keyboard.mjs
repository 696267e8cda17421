// Goes through a page by the Tab key alone, as those do who use no pointer.
const TOGETHER = 100;
const SHIFT = 8;
const TAB = { key: "Tab", code: "Tab", windowsVirtualKeyCode: 9 };

// Writes down each element that gets the focus, and each that does not show it.
function watch() {
  const radios = new Set();
  const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && one.tabIndex >= 0 && !one.disabled;
  const found = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
    .filter(seen)
    .filter((one) => one.type !== "radio" || (!radios.has(one.name) && radios.add(one.name)));
  window.wanted = new Set(found);
  // A map is one picture; its links are in the table beside it too.
  const led = new Set(found.map((one) => one.getAttribute("href")));
  window.passed = [...document.querySelectorAll("a")].filter((one) => one.tabIndex < 0 && !led.has(one.getAttribute("href")));
  window.unmarked = new Set();
  window.marked = (now) => {
    const style = getComputedStyle(now);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none" || now.shadowRoot !== null;
  };
  document.activeElement?.blur();
  document.addEventListener("focusin", ({ target: now }) => {
    window.wanted.delete(now);
    if (now.type === "radio") for (const one of window.wanted) if (one.type === "radio" && one.name === now.name) window.wanted.delete(one);
    if (!window.marked(now)) window.unmarked.add(now);
  });
  return found.length;
}

// All are sent before the first is answered: a page of a thousand stops takes a second.
async function press(keys, times, modifiers = 0) {
  const sent = [];
  for (let number = 0; number < times; number++)
    for (const type of ["rawKeyDown", "keyUp"]) sent.push(keys.send("Input.dispatchKeyEvent", { type, modifiers, ...TAB }));
  await Promise.all(sent);
}

// Keys that come faster than frames may find one without its style; that one is left and come back to, a key at a time.
async function unmarked(page, keys) {
  const wrong = [];
  const doubted = await page.evaluate(() => (window.doubted = [...window.unmarked]).length);
  for (let number = 0; number < doubted; number++) {
    await page.evaluate((at) => window.doubted[at].focus(), number);
    for (const modifiers of [0, SHIFT]) {
      await press(keys, 1, modifiers);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    }
    wrong.push(...(await page.evaluate((at) => {
      const one = window.doubted[at];
      return document.activeElement === one && window.marked(one) ? [] : [one.outerHTML.slice(0, 120)];
    }, number)));
  }
  return wrong;
}

export async function stops(page, wrong) {
  const wanted = await page.evaluate(watch);
  const keys = await page.createCDPSession();
  for (let left = wanted + 15; left > 0; left -= TOGETHER) await press(keys, Math.min(left, TOGETHER));
  const told = (name) => page.evaluate((set) => [...window[set]].map((one) => one.outerHTML.slice(0, 120)), name);
  for (const one of await unmarked(page, keys)) wrong.push(`focus is not seen: ${one}`);
  for (const one of await told("passed")) wrong.push(`no key leads to ${one}`);
  for (const one of await told("wanted")) wrong.push(`Tab does not reach ${one}`);
}
