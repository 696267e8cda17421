// The SPARQL editor: it takes the place of the text field of a form that works without it.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history as undoing, historyKeymap } from "@codemirror/commands";
import { bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, linter } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { sparql } from "codemirror-lang-sparql";
import { Answers } from "./answers.mjs";
import { checking } from "./checking.mjs";
import { completing } from "./completion.mjs";
import { asked, forget, remember } from "./history.mjs";
import { replacing } from "./replacing.mjs";
import { schemaOf } from "./schema.mjs";
import { colours, theme } from "./theme.mjs";

const form = document.querySelector("form.editor");
const field = form.querySelector("textarea[name=query]");
const view = mount(field);
const answers = new Answers(form, {
  place: document.querySelector("#answer"),
  status: form.querySelector("#progress"),
  cancel: form.querySelector("#cancel"),
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!field.value.trim()) return view.focus();
  remember(field.value);
  list();
  await answers.ask();
});
// Another view of the answer is an address of its own.
answers.place.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-view]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  form.elements.view.value = link.dataset.view;
  answers.follow(link.href).then(() => answers.place.querySelector("a[aria-current]")?.focus());
});
addEventListener("popstate", async () => {
  const page = await answers.follow(location.href, { keep: false });
  const shown = page?.querySelector("textarea[name=query]");
  if (shown) write(shown.value);
});
document.querySelector(".keys").hidden = false;
list();

// Styles are put in a shadow root as objects; in the document they would be elements, which our policy forbids.
function mount(textarea) {
  const host = document.createElement("div");
  host.className = "code";
  textarea.after(host);
  textarea.hidden = true;
  textarea.required = false;
  const label = textarea.labels[0];
  label.addEventListener("click", () => mounted.focus());
  const root = host.attachShadow({ mode: "open" });
  const mounted = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: textarea.value,
      extensions: [
        theme,
        syntaxHighlighting(colours),
        sparql(),
        lineNumbers(),
        lintGutter(),
        undoing(),
        highlightSpecialChars(),
        drawSelection(),
        highlightActiveLine(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        EditorView.lineWrapping,
        replacing,
        // A browser would let the keyboard in without tabindex, but not everything that reads a page knows that.
        EditorView.contentAttributes.of({ "aria-label": label.textContent.trim(), tabindex: "0" }),
        autocompletion({ override: [completing(schemaOf(form.dataset.schema))] }),
        linter(checking(form.dataset.check, tell), { delay: 500 }),
        // Tab is left to the page: whoever goes by the keyboard can leave the editor.
        keymap.of([
          { key: "Mod-Enter", run: () => (form.requestSubmit(), true) },
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...historyKeymap,
          ...completionKeymap,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) textarea.value = update.state.doc.toString();
        }),
      ],
    }),
  });
  return mounted;
}

function write(query) {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: query } });
}

// The first problem is said beside the editor too, for those who do not see its mark.
function tell(problems) {
  const place = form.querySelector("#problems");
  const [first] = problems;
  const line = first?.line ? form.dataset.line.replace("LINE", first.line) : "";
  const text = first ? line + first.message : "";
  if (place.textContent !== text) place.textContent = text;
}

function list() {
  const part = document.querySelector("#history");
  const queries = asked();
  part.hidden = !queries.length;
  const items = queries.map((query) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "past";
    button.textContent = query.replace(/^\s*PREFIX[^\n]*\n/gim, "").replace(/\s+/g, " ").trim().slice(0, 120);
    button.addEventListener("click", () => (write(query), view.focus()));
    const item = document.createElement("li");
    item.append(button);
    return item;
  });
  part.querySelector("ol").replaceChildren(...items);
  part.querySelector("#forget").onclick = () => (forget(), list());
}
