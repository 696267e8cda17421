// Goes through a page by the Tab key alone, as those do who use no pointer.
const TOGETHER = 100;
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
  document.activeElement?.blur();
  document.addEventListener("focusin", ({ target: now }) => {
    window.wanted.delete(now);
    if (now.type === "radio") for (const one of window.wanted) if (one.type === "radio" && one.name === now.name) window.wanted.delete(one);
    const style = getComputedStyle(now);
    const shown = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
    if (!shown && !now.shadowRoot) window.unmarked.add(now);
  });
  return found.length;
}

// All are sent before the first is answered: a page of a thousand stops takes a second.
async function press(keys, times) {
  const sent = [];
  for (let number = 0; number < times; number++)
    sent.push(keys.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...TAB }), keys.send("Input.dispatchKeyEvent", { type: "keyUp", ...TAB }));
  await Promise.all(sent);
}

export async function stops(page, wrong) {
  const wanted = await page.evaluate(watch);
  const keys = await page.createCDPSession();
  for (let left = wanted + 15; left > 0; left -= TOGETHER) await press(keys, Math.min(left, TOGETHER));
  const told = (name) => page.evaluate((set) => [...window[set]].map((one) => one.outerHTML.slice(0, 120)), name);
  for (const one of await told("unmarked")) wrong.push(`focus is not seen: ${one}`);
  for (const one of await told("passed")) wrong.push(`no key leads to ${one}`);
  for (const one of await told("wanted")) wrong.push(`Tab does not reach ${one}`);
}
