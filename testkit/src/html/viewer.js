"use strict";
const $ = (id) => document.getElementById(id);
const KINDS = ["unspecified", "internal", "server", "client", "producer", "consumer"];
const COLORS = 8;
const otlp = JSON.parse($("otlp").textContent);

/** An element with properties and children; text is always set as text. */
function el(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props || {})) {
    if (value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key.startsWith("--")) node.style.setProperty(key, value);
    else if (key === "style") Object.assign(node.style, value);
    else node.setAttribute(key === "cls" ? "class" : key, value === true ? "" : value);
  }
  for (const child of children.flat()) if (child !== null && child !== undefined && child !== false) node.append(child);
  return node;
}

function plain(any) {
  if (!any) return "";
  if ("stringValue" in any) return any.stringValue;
  if ("boolValue" in any) return any.boolValue;
  if ("intValue" in any) return BigInt(any.intValue);
  if ("doubleValue" in any) return Number(any.doubleValue);
  if ("bytesValue" in any) return "base64 " + any.bytesValue;
  if ("arrayValue" in any) return (any.arrayValue.values || []).map(plain);
  if ("kvlistValue" in any) return Object.fromEntries(pairs(any.kvlistValue.values));
  return "";
}
const pairs = (list) => (list || []).map(({ key, value }) => [key, plain(value)]);
function shown(value) {
  if (Array.isArray(value)) return "[" + value.map(shown).join(", ") + "]";
  if (value && typeof value === "object") return "{" + Object.entries(value).map(([k, v]) => k + ": " + shown(v)).join(", ") + "}";
  return String(value);
}

/** Three significant digits and the unit that suits them; takes nanoseconds. */
function time(nanos) {
  for (const [unit, size] of [["s", 1e9], ["ms", 1e6], ["µs", 1e3]]) {
    const value = Math.abs(nanos) / size;
    if (value >= 0.9995) return (nanos < 0 ? "-" : "") + value.toFixed(value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2) + " " + unit;
  }
  return nanos ? Math.round(nanos) + " ns" : "0";
}

// ---- spans, tree ----

const spans = [];
for (const group of otlp.resourceSpans || []) {
  const resource = pairs((group.resource || {}).attributes);
  const service = shown((resource.find(([key]) => key === "service.name") || [, ""])[1]);
  for (const scoped of group.scopeSpans || []) {
    const scope = scoped.scope || {};
    for (const raw of scoped.spans || []) {
      const status = raw.status || {};
      spans.push({
        raw, resource, service, id: raw.spanId, trace: raw.traceId, parentId: raw.parentSpanId || "",
        name: raw.name, kind: KINDS[raw.kind || 0] || "unspecified",
        start: BigInt(raw.startTimeUnixNano || 0), end: BigInt(raw.endTimeUnixNano || 0),
        attributes: pairs(raw.attributes), bad: status.code === 2, ok: status.code === 1, message: status.message || "",
        scope: [["name", scope.name || ""], ["version", scope.version || ""], ["schema", scoped.schemaUrl || ""], ...pairs(scope.attributes)].filter(([, v]) => v !== ""),
        events: (raw.events || []).map((e) => ({ name: e.name, at: BigInt(e.timeUnixNano || 0), attributes: pairs(e.attributes) })),
        links: raw.links || [], children: [], parent: null, depth: 0, size: 1, hidesError: false,
      });
    }
  }
}
spans.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
const origin = spans.length ? spans[0].start : 0n;
for (const span of spans) {
  span.from = Number(span.start - origin);
  span.to = Math.max(span.from, Number(span.end - origin));
  for (const event of span.events) event.from = Number(event.at - origin);
}
const total = spans.reduce((most, span) => Math.max(most, span.to), 0) || 1;
const services = [...new Set(spans.map((span) => span.service))];
const colorOf = (service) => `var(--s${Math.max(0, services.indexOf(service)) % COLORS})`;

const byId = new Map();
for (const span of spans) if (!byId.has(span.trace + span.id)) byId.set(span.trace + span.id, span);
const roots = [];
for (const span of spans) {
  const parent = span.parentId && byId.get(span.trace + span.parentId);
  let above = parent;
  while (above && above !== span) above = above.parent;
  if (parent && above !== span) { span.parent = parent; parent.children.push(span); }
  else {
    roots.push(span);
    span.odd = !span.parentId ? "" : parent ? `parent ${span.parentId} is also its descendant` : `parent ${span.parentId} is not in this file`;
  }
}
/** Calls `visit` for every node below `top`, parents first. */
function walk(top, visit) {
  const stack = [...top].reverse();
  while (stack.length) {
    const node = stack.pop();
    visit(node);
    for (let i = node.children.length - 1; i >= 0; i--) stack.push(node.children[i]);
  }
}
const measured = [];
walk(roots, (span) => { span.depth = span.parent ? span.parent.depth + 1 : 0; measured.push(span); });
for (const span of measured.reverse()) {
  if (!span.parent) continue;
  span.parent.size += span.size;
  span.parent.hidesError ||= span.bad || span.hidesError;
}

/** Consecutive siblings of one name share a row that can be opened, as polling loops make many. */
function fold(siblings, parent) {
  const out = [];
  for (let i = 0; i < siblings.length; ) {
    const first = siblings[i];
    let j = i;
    while (j < siblings.length && siblings[j].name === first.name && siblings[j].service === first.service && !siblings[j].bad && !siblings[j].hidesError) j++;
    const run = siblings.slice(i, Math.max(j, i + 1));
    if (run.length >= (run.every((s) => s.size === 1) ? 3 : 4)) {
      const group = {
        run, name: first.name, service: first.service, kind: first.kind, id: "x" + first.id, trace: first.trace, parent, children: run, depth: first.depth,
        from: first.from, to: run.reduce((most, s) => Math.max(most, s.to), 0), size: run.reduce((n, s) => n + s.size, 0), events: [], attributes: [], message: "",
      };
      for (const span of run) span.group = group;
      out.push(group);
    } else out.push(...run);
    i += run.length;
  }
  return out;
}
const top = fold(roots, null);
for (const span of spans) span.children = fold(span.children, span);

const closed = new Set();
walk(top, (node) => { if (node.run) closed.add(node); });
if (visible().length > 70) {
  const home = roots[0].service;
  for (const deep of [8, 7, 6, 5, 4, 3, 2]) {
    walk(top, (node) => {
      let levels = 0;
      for (let at = node; at && at.service !== home; at = at.parent) levels++;
      if (levels >= deep && node.children.length && !node.hidesError) closed.add(node);
    });
    if (visible().length <= 70) break;
  }
}

function visible() {
  const rows = [];
  const stack = top.map((node, i) => [node, [], i === top.length - 1]).reverse();
  while (stack.length) {
    const [node, guides, last] = stack.pop();
    rows.push({ node, guides, last });
    if (closed.has(node)) continue;
    const below = node.depth || node.parent ? [...guides, !last] : guides;
    for (let i = node.children.length - 1; i >= 0; i--) stack.push([node.children[i], below, i === node.children.length - 1]);
  }
  return rows;
}

// ---- state ----

/** The page's fragment: theme, span, name, find, zoom, panel. */
const wanted = new URLSearchParams(location.hash.slice(1));
let view = [0, total];
let chosen = null;
let matches = [];
let rows = [];
const muted = new Set();
const rowOf = new Map();

// ---- drawing ----

const x = (nanos) => ((nanos - view[0]) / (view[1] - view[0])) * 100;
const CARET = '<svg viewBox="0 0 10 10" aria-hidden="true"><path d="m3 1 4 4-4 4"/></svg>';

/** `milvus.proto.rootcoord.RootCoord/AllocID` without its package; the row's title has it. */
const label = (name) => name.replace(/^\/?(?:[\w-]+\.)+(\w+\/\w+)$/, "$1");

function drawRow({ node, guides, last }) {
  const open = !closed.has(node);
  const nested = node.parent !== null;
  const name = el("div", { cls: "name", title: node.name },
    guides.map((more) => el("i", { cls: more ? "guide" : "guide none" })),
    nested ? el("i", { cls: last ? "guide elbow last" : "guide elbow" }) : null);
  const caret = el("span", { cls: "caret" + (open ? " open" : ""), onclick: (e) => { e.stopPropagation(); toggle(node); } });
  if (node.children.length) caret.innerHTML = CARET;
  else caret.style.visibility = "hidden";
  const moved = !node.parent || node.parent.service !== node.service;
  name.append(caret, el("i", { cls: "dot", "--c": colorOf(node.service) }));
  if (node.bad) name.append(el("span", { cls: "bang", title: node.message || "failed" }, "!"));
  name.append(el("b", { cls: moved ? "own" : "" }, label(node.name)));
  if (node.run) name.append(el("span", { cls: "more" }, "× " + node.run.length));
  else if (!open) name.append(el("span", { cls: "more", title: "spans below" }, "+" + (node.size - 1)));
  if (moved && node.service) name.append(el("span", { cls: "svc" }, node.service));
  if (node.odd) name.append(el("span", { cls: "more", title: node.odd }, "no parent"));

  const track = el("div", { cls: "track" });
  for (const part of node.run || [node]) {
    if (part.to < view[0] || part.from > view[1]) continue;
    const left = Math.max(x(part.from), -1), right = Math.min(x(part.to), 101);
    track.append(el("i", { cls: "span" + (part.bad ? " bad" : ""),
      "--c": colorOf(part.service), style: { left: `min(${left}%, 100% - 2px)`, width: right - left + "%" } }));
  }
  // On a short bar the ticks would hide the bar.
  if (x(node.to) - x(node.from) > 3) for (const event of node.events) track.append(el("i", { cls: "tick", title: event.name, style: { left: x(event.from) + "%" } }));
  const took = node.run ? node.run.reduce((sum, s) => sum + s.to - s.from, 0) : node.to - node.from;
  const left = x(node.from), right = x(node.to);
  const place = right < 88 ? { left: `calc(${Math.max(right, 0)}% + 7px)` } : left > 12 ? { right: `calc(${100 - Math.min(left, 100)}% + 7px)` } : { right: `calc(${Math.max(100 - right, 0)}% + 7px)`, color: "var(--surface)", top: "6px", fontSize: "11px" };
  if (right >= 0 && left <= 100) track.append(el("span", { cls: "took" + (node.bad && !place.color ? " bad" : ""), style: place }, (node.run ? "Σ " : "") + time(took)));

  const row = el("div", {
    cls: "row", role: "treeitem", "aria-level": node.depth + 1, "aria-expanded": node.children.length ? String(open) : undefined,
    onclick: () => { choose(node); showPanel(); }, ondblclick: () => toggle(node),
  }, name, track);
  rowOf.set(node, row);
  return row;
}

function draw() {
  rows = visible();
  rowOf.clear();
  $("rows").replaceChildren(...(rows.length ? rows.map(drawRow) : [el("p", { cls: "empty" }, "No spans in this file.")]));
  const length = view[1] - view[0];
  const parts = $("scale").clientWidth > 420 ? 4 : 2;
  // Far into the trace, places differ in digits that are not shown: count from the first one.
  const at = (part) => (part && view[0] > length ? "+" + time((length * part) / parts) : time(view[0] + (length * part) / parts));
  const ticks = Array.from({ length: parts }, (_, part) => el("span", { style: { left: (part * 100) / parts + "%" } }, at(part)));
  $("scale").replaceChildren(...ticks, el("span", { cls: "end", style: { right: "0" } }, at(parts)));
  mark();
  const whole = view[0] === 0 && view[1] === total;
  const win = $("window");
  win.classList.toggle("whole", whole);
  Object.assign(win.style, { left: (view[0] / total) * 100 + "%", width: ((view[1] - view[0]) / total) * 100 + "%" });
}

function mark() {
  const found = new Set(matches);
  for (const [node, row] of rowOf) {
    const hit = found.has(node) || (node.run && node.run.some((s) => found.has(s)));
    row.classList.toggle("chosen", node === chosen);
    row.classList.toggle("match", Boolean(hit));
    row.classList.toggle("faded", muted.has(node.service) || (query() !== "" && !hit));
    row.setAttribute("aria-selected", String(node === chosen));
  }
}

function overview() {
  const canvas = document.querySelector("#overview canvas");
  const { width, height } = canvas.getBoundingClientRect();
  const ratio = window.devicePixelRatio || 1;
  canvas.width = width * ratio; canvas.height = height * ratio;
  const pen = canvas.getContext("2d");
  const style = getComputedStyle(root);
  const color = (name) => style.getPropertyValue(name).trim();
  pen.scale(ratio, ratio);
  pen.fillStyle = color("--line");
  for (const quarter of [1, 2, 3]) pen.fillRect((width * quarter) / 4, 0, 1, height);
  const lines = [];
  walk(top, (node) => { if (!node.run) lines.push(node); });
  const step = (height - 10) / Math.max(1, lines.length);
  const thick = Math.max(1.2, Math.min(4, step * 0.75));
  lines.forEach((span, i) => {
    pen.fillStyle = span.bad ? color("--error") : color("--s" + (services.indexOf(span.service) % COLORS));
    pen.fillRect((span.from / total) * width, 5 + i * step, Math.max(span.bad ? 3 : 1.5, ((span.to - span.from) / total) * width), span.bad ? thick + 1.5 : thick);
  });
}

// ---- panel ----

function table(entries) {
  return el("table", {}, el("tbody", {}, entries.map(([key, value]) => el("tr", {}, el("td", {}, key.split(/(?<=[._])/).flatMap((part) => [part, el("wbr")])),
    el("td", { cls: typeof value === "boolean" ? "flag" : ["bigint", "number"].includes(typeof value) ? "num" : "", title: "Click to copy", onclick: () => copy(shown(value)) }, shown(value))))));
}
function section(title, entries, open) {
  return entries.length ? el("details", { open }, el("summary", {}, title, el("i", {}, entries.length)), table(entries)) : null;
}

function showPanel() {
  const panel = $("panel");
  const span = chosen;
  if (!span) { panel.hidden = true; return; }
  panel.hidden = false;
  const close = el("button", { cls: "close", "aria-label": "Close", onclick: hidePanel }, "×");
  const chip = el("span", { cls: "tag" }, el("i", { cls: "dot", "--c": colorOf(span.service) }), span.service || "no service.name");
  if (span.run) {
    const took = span.run.map((s) => s.to - s.from).sort((a, b) => a - b);
    panel.replaceChildren(el("div", { cls: "top" }, close, el("h2", {}, `${span.name} × ${span.run.length}`), el("div", { cls: "tags" }, chip)),
      figures([["Together", time(took.reduce((a, b) => a + b))], ["Median", time(took[took.length >> 1])], ["Longest", time(took[took.length - 1])]]));
    return;
  }
  const own = selfTime(span);
  const offset = (at) => "+" + time(at - span.from);
  panel.replaceChildren(
    el("div", { cls: "top" }, close, el("h2", {}, span.name),
      el("div", { cls: "tags" }, chip, el("span", { cls: "tag" }, span.kind),
        span.bad ? el("span", { cls: "tag bad" }, "error") : span.ok ? el("span", { cls: "tag good" }, "ok") : null),
      span.bad && span.message ? el("p", { cls: "message" }, span.message) : null),
    figures([["Duration", time(span.to - span.from)], ["Self time", time(own)], ["Started at", time(span.from)]]),
    ...[section("Attributes", span.attributes, true),
      span.events.length ? el("details", { open: true }, el("summary", {}, "Events", el("i", {}, span.events.length)),
        span.events.map((event) => [el("div", { cls: "event" }, el("b", {}, event.name), el("span", {}, offset(event.from))), event.attributes.length ? table(event.attributes) : null]),
        el("div", { style: { height: "8px" } })) : null,
      span.links.length ? el("details", { open: true }, el("summary", {}, "Links", el("i", {}, span.links.length)),
        span.links.map((link) => table([["trace", link.traceId], ["span", link.spanId], ...pairs(link.attributes)]))) : null,
      section("Resource", span.resource, true), section("Scope", span.scope, true),
      section("Identity", [["trace id", span.trace], ["span id", span.id], ...(span.parentId ? [["parent id", span.parentId]] : []),
        ...(span.raw.traceState ? [["trace state", span.raw.traceState]] : []), ["flags", "0x" + (span.raw.flags || 0).toString(16)],
        ["start", new Date(Number(span.start / 1000000n)).toISOString()]], true)].filter(Boolean));
  panel.scrollTop = 0;
}
function figures(entries) {
  return el("dl", { cls: "figures" }, entries.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}
/** What is left of a span when the time its children cover is taken away. */
function selfTime(span) {
  const parts = span.children.flatMap((child) => child.run || [child]).map((s) => [Math.max(s.from, span.from), Math.min(s.to, span.to)]).sort((a, b) => a[0] - b[0]);
  let covered = 0, until = span.from;
  for (const [from, to] of parts) if (to > until) { covered += to - Math.max(from, until); until = to; }
  return span.to - span.from - covered;
}
function hidePanel() { $("panel").hidden = true; $("rows").focus(); }

// ---- doing ----

function toggle(node, open = closed.has(node)) {
  if (!node.children.length) return;
  if (open) closed.delete(node); else closed.add(node);
  draw();
}
const above = (node) => node.group && node.group !== node ? node.group : node.parent;
function reveal(node) {
  for (let at = above(node); at; at = above(at)) closed.delete(at);
  draw();
}
function choose(node, scroll) {
  chosen = node;
  if (node && !rowOf.has(node)) reveal(node);
  mark();
  if (!node) return;
  if (scroll) rowOf.get(node).scrollIntoView({ block: scroll });
  if (!$("panel").hidden) showPanel();
  if (node.run) return;
  wanted.set("span", node.id);
  wanted.delete("name");
  history.replaceState(null, "", "#" + wanted);
}
function move(by) {
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.node === chosen);
  choose(rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))].node, "nearest");
}
function next(list, by) {
  if (!list.length) return;
  const at = list.indexOf(chosen);
  choose(list[at < 0 ? (by > 0 ? 0 : list.length - 1) : (at + by + list.length) % list.length], "center");
  if (query()) $("found").value = `${list.indexOf(chosen) + 1}/${list.length}`;
}
const query = () => $("search").value.trim();
function find() {
  const terms = query().toLowerCase().split(/\s+/).filter(Boolean);
  const hit = (span) => terms.every((term) => {
    if (term === "is:error") return span.bad;
    const pair = /^([\w.]+)=(.*)$/.exec(term);
    if (pair) return [...span.attributes, ...span.resource].some(([k, v]) => k.toLowerCase() === pair[1] && shown(v).toLowerCase().includes(pair[2]));
    return [span.name, span.service, span.message, span.id, span.kind, ...span.attributes.flatMap(([k, v]) => [k, shown(v)])].some((text) => String(text).toLowerCase().includes(term));
  });
  matches = [];
  if (terms.length) walk(top, (node) => { if (!node.run && hit(node)) matches.push(node); });
  $("found").value = terms.length ? String(matches.length) : "";
  mark();
}
function zoom(from, to) {
  const least = total / 1e5;
  if (to - from < least) { const mid = (from + to) / 2; from = mid - least / 2; to = mid + least / 2; }
  view = [Math.max(0, from), Math.min(total, to)];
  draw();
}
const around = ({ from, to }) => [from - (to - from) * 0.05, to + (to - from) * 0.05];
async function copy(text) {
  try { await navigator.clipboard.writeText(text); } catch {
    const area = el("textarea", {}, text);
    document.body.append(area); area.select(); document.execCommand("copy"); area.remove();
  }
}
function openAll(open) {
  closed.clear();
  if (!open) walk(top, (node) => { if (node.children.length && node.parent) closed.add(node); });
  draw();
}
const errors = () => { const list = []; walk(top, (node) => { if (node.bad) list.push(node); }); return list; };

const KEYS = {
  ArrowDown: () => move(1), ArrowUp: () => move(-1), j: () => move(1), k: () => move(-1), PageDown: () => move(15), PageUp: () => move(-15),
  Home: () => move(-1e9), End: () => move(1e9), Enter: () => chosen && showPanel(), " ": () => chosen && toggle(chosen),
  ArrowRight: () => chosen && (closed.has(chosen) ? toggle(chosen, true) : chosen.children.length && move(1)),
  ArrowLeft: () => chosen && (chosen.children.length && !closed.has(chosen) ? toggle(chosen, false) : above(chosen) && choose(above(chosen), "nearest")),
  e: () => openAll(true), c: () => openAll(false), n: () => next(errors(), 1), N: () => next(errors(), -1),
  z: () => chosen && zoom(...around(chosen)), 0: () => zoom(0, total),
  "/": () => $("search").focus(), Escape: () => ($("panel").hidden ? zoom(0, total) : hidePanel()),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target === $("search")) {
    if (event.key === "Enter") next(matches, event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") { $("search").value = ""; find(); $("rows").focus(); }
    else return;
    return event.preventDefault();
  }
  if (event.target.closest("button, summary") && ["Enter", " "].includes(event.key)) return;
  const act = KEYS[event.key];
  if (act) { event.preventDefault(); act(); }
});
$("search").addEventListener("input", find);
document.querySelector("[data-do=open-all]").onclick = () => openAll(true);
document.querySelector("[data-do=close-all]").onclick = () => openAll(false);
$("trace-id").onclick = () => spans.length && copy(spans[0].trace);
const root = document.documentElement;
const prefersDark = matchMedia("(prefers-color-scheme: dark)");
function theme(dark) {
  root.dataset.theme = dark ? "dark" : "light";
  overview();
}
$("theme").onclick = () => theme(root.dataset.theme !== "dark");
prefersDark.addEventListener("change", () => theme(prefersDark.matches));
$("save").onclick = () => {
  const link = el("a", { href: URL.createObjectURL(new Blob([JSON.stringify(otlp) + "\n"], { type: "application/json" })), download: `trace-${spans.length ? spans[0].trace : "empty"}.otlp.json` });
  link.click();
  URL.revokeObjectURL(link.href);
};
/** Calls `moved` with the pointer's place along `element` (0 to 1) until the button is released. */
function drag(element, started, moved, ended) {
  element.addEventListener("pointerdown", (event) => {
    const box = (element.id === "splitter" ? $("ruler") : element).getBoundingClientRect();
    const at = (e) => Math.max(0, Math.min(1, (e.clientX - box.left) / box.width));
    element.setPointerCapture(event.pointerId);
    const first = started(at(event));
    const follow = (e) => moved(at(e), first);
    element.addEventListener("pointermove", follow);
    element.addEventListener("pointerup", (e) => { element.removeEventListener("pointermove", follow); ended && ended(at(e), first); }, { once: true });
  });
}
drag($("overview"), (at) => at, (at, first) => { if (Math.abs(at - first) > 0.004) zoom(Math.min(at, first) * total, Math.max(at, first) * total); });
$("overview").addEventListener("dblclick", () => zoom(0, total));
drag($("splitter"), () => 0, (at) => root.style.setProperty("--names", Math.max(15, Math.min(75, at * 100)) + "%"));
window.addEventListener("resize", () => { draw(); overview(); });

// ---- start ----

const first = roots[0];
if (first) $("title").append(el("span", { cls: "of" }, (first.service || "trace") + " / "), first.name);
const traces = new Set(spans.map((span) => span.trace)).size;
$("trace-id").textContent = spans.length ? spans[0].trace + (traces > 1 ? ` and ${traces - 1} more` : "") : "no trace";
const failed = errors().length;
const facts = [["Started", spans.length ? new Date(Number(origin / 1000000n)).toISOString().replace("T", " ").replace("Z", " UTC") : "–"], ["Duration", time(spans.length ? total : 0)],
  ["Spans", spans.length], ["Services", services.length], ["Depth", spans.reduce((most, span) => Math.max(most, span.depth + 1), 0)]];
$("facts").append(...facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
if (failed) $("facts").append(el("div", { cls: "bad" }, el("dt", {}, "Errors"), el("dd", {}, el("button", { title: "Go to the next error (n)", onclick: () => { next(errors(), 1); showPanel(); } }, failed))));
$("services").append(...services.map((service) => el("button", {
  "aria-pressed": "true", title: "Show or fade this service",
  onclick: (e) => { muted.has(service) ? muted.delete(service) : muted.add(service); e.currentTarget.setAttribute("aria-pressed", String(!muted.has(service))); mark(); },
}, el("i", { cls: "dot", "--c": colorOf(service) }), service || "no service.name", el("i", {}, spans.filter((span) => span.service === service).length))));
draw();
theme(wanted.get("theme") ? wanted.get("theme") === "dark" : prefersDark.matches);
if (wanted.get("find")) { $("search").value = wanted.get("find"); find(); next(matches, 1); }
const target = spans.find((span) => span.id === wanted.get("span")) || spans.find((span) => span.name === wanted.get("name"));
if (target) {
  if (wanted.has("zoom")) zoom(...around(target));
  choose(target, "center");
  if (wanted.get("panel") !== "no") showPanel();
}
$("rows").focus({ preventScroll: true });
