import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, highlightSpecialChars, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** What an editor of a cell does besides editing. */
export interface EditorActions {
  label: string;
  changed: (text: string) => void;
  run: () => void;
  check: () => void;
  leave: () => void;
}

/** The same classes as the static text, so that an editor looks like the text it replaces. */
const look = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.bool, tags.null, tags.self, tags.moduleKeyword, tags.controlKeyword, tags.definitionKeyword], class: "k" },
  { tag: [tags.string, tags.special(tags.string)], class: "s" },
  { tag: [tags.number], class: "n" },
  { tag: [tags.comment], class: "c" },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.className), tags.meta], class: "fn" },
]);

const theme = EditorView.theme({
  "&": { fontSize: "var(--t-code)", backgroundColor: "transparent", color: "inherit" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.65", fontVariantLigatures: "none", overflowX: "auto" },
  ".cm-content": { padding: "0", caretColor: "var(--accent)" },
  ".cm-line": { padding: "0" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    backgroundColor: "color-mix(in oklab, var(--accent) 24%, transparent)",
  },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "color-mix(in oklab, var(--accent) 18%, transparent)" },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "var(--fail-tint)" },
});

function keys(actions: EditorActions): ReturnType<typeof keymap.of> {
  const act = (action: () => void) => (): boolean => {
    action();
    return true;
  };
  return keymap.of([
    { key: "Shift-Enter", run: act(actions.run) },
    { key: "Mod-Enter", run: act(actions.check) },
    { key: "Ctrl-Enter", run: act(actions.check) },
    { key: "Escape", run: act(actions.leave) },
  ]);
}

/** A Python editor in `host`, with `text` in it. */
export function mount(host: HTMLElement, text: string, actions: EditorActions): EditorView {
  return new EditorView({
    parent: host,
    state: EditorState.create({
      doc: text,
      extensions: [
        Prec.highest(keys(actions)),
        history(),
        drawSelection(),
        highlightSpecialChars(),
        python(),
        syntaxHighlighting(look),
        indentUnit.of("    "),
        EditorState.tabSize.of(4),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
        theme,
        EditorView.contentAttributes.of({ "aria-label": actions.label, tabindex: "0", spellcheck: "false", autocapitalize: "off", autocorrect: "off" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) actions.changed(update.state.doc.toString());
        }),
      ],
    }),
  });
}

/** Replaces the whole text, as one step that can be undone. */
export function replace(view: EditorView, text: string): void {
  if (view.state.doc.toString() === text) return;
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
}
