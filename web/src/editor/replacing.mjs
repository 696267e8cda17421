import { EditorView } from "@codemirror/view";

// Text typed over a selection. Left to the browser, lines that it joins get styles of their own, which our policy forbids.
export const replacing = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to, empty } = view.state.selection.main;
    if (event.inputType !== "insertText" || !event.data || empty || view.composing) return false;
    event.preventDefault();
    const replaced = () =>
      view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
    // Brackets go around what is selected.
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handle) => handle(view, from, to, event.data, replaced))) view.dispatch(replaced());
    return true;
  },
});
