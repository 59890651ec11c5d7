/* Redigeraren av regler: CodeMirror i ett formulär som fungerar lika bra utan. Stilarna läggs i ett skuggträd, där de
   är konstruerade stilmallar och inte kod i sidan: så räcker sidans egen Content-Security-Policy. */
"use strict";

(() => {
  const form = document.querySelector("form[data-redigerare]");
  if (!form || !window.CodeMirror) return;
  const cm = window.CodeMirror;
  const area = form.querySelector("textarea");
  let known = { terms: {}, series: {}, provisions: {} };
  fetch(form.dataset.ord).then((answer) => (answer.ok ? answer.json() : known)).then((found) => { known = found; });

  const word = /[\p{L}0-9_.]+/u;

  const complete = (context) => {
    const before = context.matchBefore(/[\p{L}0-9_.]+/u);
    if (!before && !context.explicit) return null;
    const option = (type) => ([label, info]) => ({ label, type, info });
    return {
      from: before ? before.from : context.pos,
      options: [
        ...Object.entries(known.terms).map(option("variable")),
        ...Object.entries(known.series).map(option("constant")),
        ...Object.entries(known.provisions).map(option("text")),
      ],
      validFor: /^[\p{L}0-9_.]*$/u,
    };
  };

  const meaning = (line, at) => {
    for (const [name, text] of Object.entries(known.provisions)) {
      const found = line.text.indexOf(name);
      if (found >= 0 && at >= line.from + found && at <= line.from + found + name.length) return [found, name, text];
    }
    for (let from = at - line.from; from >= 0; from -= 1) {
      const found = word.exec(line.text.slice(from));
      if (from > 0 && word.test(line.text[from - 1])) continue;
      if (!found || found.index > 0) return null;
      const name = found[0].replace(/\.$/, "");
      const text = known.terms[name] || known.series[name];
      return text ? [from, name, text] : null;
    }
    return null;
  };

  const hover = cm.hoverTooltip((view, at) => {
    const line = view.state.doc.lineAt(at);
    const found = meaning(line, at);
    if (!found) return null;
    const [from, name, text] = found;
    return {
      pos: line.from + from,
      end: line.from + from + name.length,
      create: () => {
        const dom = document.createElement("div");
        const head = document.createElement("strong");
        head.textContent = name;
        const body = document.createElement("div");
        body.textContent = text;
        body.style.whiteSpace = "pre-wrap";
        dom.append(head, body);
        dom.style.maxWidth = "40rem";
        dom.style.padding = ".5rem";
        return { dom };
      },
    };
  });

  const check = cm.linter(async (view) => {
    const said = new URLSearchParams({
      csrf: form.elements.csrf.value, namn: form.elements.namn.value, text: view.state.doc.toString(),
    });
    const answer = await fetch(form.dataset.kontroll, { method: "POST", body: said, headers: { Accept: "application/json" } });
    if (!answer.ok) return [];
    const found = await answer.json();
    return found.findings.filter((each) => each.file === form.elements.namn.value).map((each) => {
      const line = view.state.doc.line(Math.min(Math.max(each.line, 1), view.state.doc.lines));
      const message = `${each.code} ${each.where ? `${each.where}: ` : ""}${each.message}`;
      return { from: line.from, to: line.to, severity: "error", message };
    });
  }, { delay: 900 });

  const host = document.createElement("div");
  host.className = "redigerare";
  area.before(host);
  const root = host.attachShadow({ mode: "open" });
  const place = document.createElement("div");
  root.append(place);
  const view = new cm.EditorView({
    parent: place,
    root,
    state: cm.EditorState.create({
      doc: area.value,
      extensions: [
        cm.lineNumbers(), cm.foldGutter(), cm.lintGutter(), cm.history(), cm.drawSelection(), cm.highlightActiveLine(),
        cm.highlightSelectionMatches(), cm.yaml(), cm.syntaxHighlighting(cm.defaultHighlightStyle), cm.search({ top: true }),
        cm.autocompletion({ override: [complete] }), hover, check, cm.EditorView.lineWrapping,
        cm.EditorView.contentAttributes.of({ "aria-label": "Filens text", tabindex: "0" }),
        cm.EditorView.theme({ "&": { fontSize: ".95rem", border: "1px solid #888", maxHeight: "75vh" }, ".cm-scroller": { overflow: "auto", fontFamily: "monospace" } }),
        cm.keymap.of([...cm.completionKeymap, ...cm.lintKeymap, ...cm.searchKeymap, ...cm.foldKeymap, ...cm.historyKeymap, ...cm.defaultKeymap]),
      ],
    }),
  });
  area.hidden = true;
  area.labels.forEach((label) => { label.htmlFor = ""; });
  const at = /^#rad-(\d+)$/.exec(window.location.hash);
  if (at) {
    const line = view.state.doc.line(Math.min(Math.max(Number(at[1]), 1), view.state.doc.lines));
    view.dispatch({ selection: { anchor: line.from }, effects: cm.EditorView.scrollIntoView(line.from, { y: "center" }) });
  }
  form.addEventListener("submit", () => { area.value = view.state.doc.toString(); });
})();
