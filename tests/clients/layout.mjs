// What a page looks like on a broad screen and on paper.

// Lines that are longer are hard to follow.
const LONGEST_LINE = 100;

export const longLines = (page) => page.evaluate((most) => {
  const found = [];
  for (const one of document.querySelectorAll("p, li, dd, dt, blockquote, figcaption, summary, td, th")) {
    if (!one.checkVisibility() || one.closest("pre, svg")) continue;
    const lines = new Map();
    let letters = 0;
    for (const part of one.childNodes) {
      // What stands in a block of its own is not on these lines.
      const block = part.nodeType !== Node.TEXT_NODE && (part.nodeType !== Node.ELEMENT_NODE || getComputedStyle(part).display !== "inline");
      if (block) continue;
      letters += part.textContent.trim().length;
      const range = document.createRange();
      range.selectNodeContents(part);
      for (const { bottom, width } of range.getClientRects()) {
        const at = Math.round(bottom / 8);
        lines.set(at, (lines.get(at) ?? 0) + width);
      }
    }
    // An address is not read line by line.
    if (letters <= most || !/\s/.test(one.innerText.trim())) continue;
    const widths = [...lines.values()];
    const letter = widths.reduce((sum, width) => sum + width, 0) / letters;
    const longest = Math.round(Math.max(...widths) / letter);
    if (longest > most) found.push(`${longest} letters in a line: ${one.outerHTML.slice(0, 160)}`);
  }
  return found;
}, LONGEST_LINE);

// Nobody can follow or fill in what is on paper, and grounds are not printed: ink has to stand out from white.
export const unprintable = (page) => page.evaluate(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  const known = new Map();
  const contrast = (colour) => {
    if (!known.has(colour)) {
      for (const style of ["#fff", colour]) {
        canvas.fillStyle = style;
        canvas.fillRect(0, 0, 1, 1);
      }
      const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) => linear(part / 255));
      known.set(colour, 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05));
    }
    return known.get(colour);
  };
  const there = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getBoundingClientRect().height > 0;
  const shown = (one) => one.outerHTML.slice(0, 120);
  const told = [...document.querySelectorAll("nav, button, input, select")].filter(there).map((one) => `is printed: ${shown(one)}`);
  for (const ground of [document.documentElement, document.body])
    if (contrast(getComputedStyle(ground).backgroundColor) > 1.1) told.push(`is dark in print: ${ground.localName}`);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || seen.has(one)) continue;
    seen.add(one);
    const style = getComputedStyle(one);
    if (there(one) && contrast(one.closest("svg") ? style.fill : style.color) < 4.5) told.push(`is too pale in print: ${shown(one)}`);
  }
  return told;
});
