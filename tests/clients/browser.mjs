// A browser without a network, and pages of which everything is written down that should not be.
import puppeteer from "puppeteer-core";

export function launched(path) {
  return puppeteer.launch({
    executablePath: path,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
           "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"],
  });
}

// `where` is a browser or one of its contexts; requests of other origins, errors and dialogs are added to `wrong`.
export async function opened(where, { origin, path, wrong, script = true, width = 1280 }) {
  const page = await where.newPage();
  await page.setJavaScriptEnabled(script);
  await page.setViewport({ width, height: 900 });
  page.on("request", (asked) => {
    const address = asked.url();
    if (!address.startsWith(origin + "/") && !/^(data|blob):/.test(address)) wrong.push(`asks ${address}`);
  });
  page.on("console", (told) => {
    // A browser writes down what is refused; only what a page loads must be there.
    const asked = /status of 4\d\d/.test(told.text()) && new URL(told.location().url).pathname === new URL(page.url()).pathname;
    if (told.type() === "error" && !asked) wrong.push(`console: ${told.text()} ${told.location()?.url ?? ""}`);
  });
  page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
  page.on("dialog", async (dialog) => { wrong.push(`dialog: ${dialog.message()}`); await dialog.dismiss(); });
  await page.evaluateOnNewDocument(() => {
    window.refused = [];
    document.addEventListener("securitypolicyviolation", (event) =>
      window.refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
  });
  // Nothing is asked for later where no script runs.
  await page.goto(origin + path, { waitUntil: script ? "networkidle0" : "load", timeout: 60000 });
  return page;
}

// What the policy of a page forbade it since it was loaded.
export async function refused(page, wrong) {
  for (const one of await page.evaluate(() => window.refused)) wrong.push(`refused by the policy: ${one}`);
}
