/** One method's picture: the candidates as it leaves them, who suppressed whom, and boxes to drag. */
import { type Box, moved, type Size, spoken } from "../shared/boxes.ts";
import { attributes, onResize, setText, svg } from "../shared/dom.ts";
import { draggable, placeIn, unitsPerPixel } from "../shared/drag.ts";
import { BoxHandles, place } from "../shared/handles.ts";
import { hinted } from "../shared/hint_line.ts";
import { labelPlaces } from "../shared/labels.ts";
import type { Photo } from "../shared/messages.ts";
import { Photograph } from "../shared/photo.ts";
import { HINTS } from "./hints.ts";
import { fromBelow, isNamed, type Link, linksOf, nearestBox, noteOf } from "./look.ts";
import type { Candidate, Scene, Side } from "./messages.ts";

const REACH = 12; // half of a hit target, in CSS pixels
const LETTER = 7; // how wide a letter of a label is at most, in CSS pixels

export interface SceneHooks {
  scale(): number;
  boxes(): readonly Box[];
  write(row: number, box: Box, gesture: string): void;
  reset(row: number): void;
  done(): void;
  /** The pointer or the focus is on a candidate; -1 for none. */
  look(row: number): void;
  select(row: number): void;
  selected(): number;
  /** What the kernel says of a candidate. */
  words(row: number): string;
}

export class CandidateScene {
  readonly element = svg("svg", { class: "lv-scene", role: "group" });
  private readonly truths: SVGRectElement[];
  private readonly candidates: SVGGElement[];
  private readonly drawn = svg("g", { "aria-hidden": "true" });
  private readonly links = svg("g", { class: "lv-links", "aria-hidden": "true" });
  private readonly center = svg("path", { class: "lv-center", "aria-hidden": "true" });
  private readonly labels = svg("g", { class: "lv-labels", "aria-hidden": "true" });
  private readonly bodies: SVGGElement[];
  private readonly describes: (() => void)[];
  private readonly grips = svg("g");
  private readonly handles = svg("g", { class: "lv-selected" });
  private readonly photo: Photograph;
  private chosen: BoxHandles | null = null;
  private chosenRow = -1;
  private stop = new AbortController();
  private side: Side | null = null;
  private sent: readonly Box[] = []; // the boxes that `side` is about
  private looked = -1;
  private order = "";
  private zoom = 1;
  private dragging = false;

  constructor(
    private readonly info: Scene,
    private readonly photograph: Photo,
    private readonly hooks: SceneHooks,
    private readonly signal: AbortSignal,
  ) {
    const [width, height] = this.size;
    attributes(this.element, { viewBox: `0 0 ${width} ${height}` });
    this.photo = new Photograph(signal);
    this.photo.fit(photograph.size, { width, height });
    this.photo.show(photograph.png);
    this.truths = info.gt.map((box) => {
      const rect = svg("rect", { class: "lv-truth" });
      place(rect, box);
      return rect;
    });
    const rows = info.classes.map((_, row) => row);
    this.candidates = rows.map(() => svg("g", {}, svg("rect", { class: "lv-rim" }), svg("rect", { class: "lv-line" })));
    this.bodies = rows.map((row) => svg("g", { class: "lv-candidate-grip", "data-row": row }, svg("rect", { class: "lv-hit" })));
    this.describes = rows.map((row) => this.makeDraggable(row));
    this.drawn.append(...this.candidates);
    this.element.append(
      svg("rect", { class: "lv-ground", width, height }),
      this.photo.element,
      svg("g", { "aria-hidden": "true" }, ...this.truths),
      this.drawn,
      this.links,
      this.center,
      this.labels,
      this.grips,
      this.handles,
    );
    this.grips.append(...this.bodies);
    this.listen();
    onResize(this.element, () => this.measure(), signal);
    signal.addEventListener("abort", () => this.stop.abort());
  }

  private get size(): Size {
    const [height, width] = this.photograph.size;
    return [width, height];
  }

  /** The kernel's answer, for candidates that lay at `sent`. */
  show(side: Side, sent: readonly Box[], words: string): void {
    this.side = side;
    this.sent = sent;
    attributes(this.element, { "aria-label": words });
    side.candidates.forEach((one, row) => this.paint(row, one));
    this.stack(fromBelow(side.candidates));
    this.truths.forEach((rect, i) => attributes(rect, { class: `lv-truth lv-truth-${side.truth[i]}` }));
    this.draw();
  }

  /** Draw candidates in this order; nothing is written where they lie so already. */
  private stack(order: readonly number[]): void {
    if (order.join() === this.order) return;
    this.order = order.join();
    this.drawn.append(...order.map((row) => this.candidates[row]));
  }

  /** Put everything where the boxes are now. */
  draw(): void {
    this.hooks.boxes().forEach((_, row) => this.put(row));
    this.drawLinks();
    this.drawLabels();
    this.drawChosen();
  }

  /** One box moves under the pointer: nothing else is written. */
  follow(row: number): void {
    this.put(row);
    this.drawLinks();
    if (row === this.chosenRow) this.chosen?.place(this.hooks.boxes()[row]);
  }

  /** Light up a candidate; -1 for none. */
  highlight(row: number): void {
    if (row === this.looked) return;
    this.looked = row;
    this.candidates.forEach((group, i) => group.classList.toggle("lv-lit", i === row));
    this.drawLinks();
    this.drawLabels();
  }

  /** Give the selected candidate its edges and corners. */
  drawChosen(): void {
    const row = this.hooks.selected();
    if (row !== this.chosenRow) this.choose(row);
    if (row >= 0) this.chosen?.draw(this.hooks.boxes()[row]);
  }

  private choose(row: number): void {
    this.chosenRow = row;
    this.stop.abort();
    this.stop = new AbortController();
    this.chosen = null;
    this.handles.replaceChildren();
    if (row < 0) return;
    const { hooks } = this;
    const mine = {
      name: `box ${row}`,
      size: () => this.size,
      read: () => hooks.boxes()[row],
      write: (box: Box, gesture: string) => hooks.write(row, box, gesture),
      reset: () => hooks.reset(row),
      done: () => hooks.done(),
      zoom: () => this.zoom,
      scale: () => hooks.scale(),
    };
    this.chosen = new BoxHandles(mine, this.stop.signal);
    // The body has a grip of its own, which is there before it is selected.
    this.handles.append(this.chosen.layers.edge, this.chosen.layers.corner);
  }

  /** Where a candidate is drawn: where the method has put it, or where the pointer has since. */
  private regionOf(row: number): Box {
    const box = this.hooks.boxes()[row];
    const sent = this.sent[row];
    const same = sent?.every((value, i) => value === box[i]);
    return same && this.side ? this.side.candidates[row].region : box;
  }

  private put(row: number): void {
    const region = this.regionOf(row);
    for (const rect of this.candidates[row].children) place(rect, region);
    const [x1, y1, x2, y2] = this.hooks.boxes()[row];
    const reach = (REACH * this.hooks.scale()) / this.zoom;
    const [wide, tall] = [Math.max(0, reach - (x2 - x1) / 2), Math.max(0, reach - (y2 - y1) / 2)];
    place(this.bodies[row].firstElementChild!, [x1 - wide, y1 - tall, x2 + wide, y2 + tall]);
    this.describes[row]();
  }

  private paint(row: number, one: Candidate): void {
    const now = row === this.side!.picked && this.side!.at > 0 && this.side!.at < this.side!.steps ? " lv-picked" : "";
    const lit = row === this.looked ? " lv-lit" : "";
    attributes(this.candidates[row], { class: `lv-candidate lv-fate-${one.fate}${now}${lit}`, "data-box": row });
  }

  private drawLinks(): void {
    if (!this.side) return;
    const links = linksOf(this.side, this.looked);
    while (this.links.children.length > links.length) this.links.lastElementChild!.remove();
    links.forEach((link, i) => this.drawLink(link, i));
    const [x, y] = this.side.center;
    const arm = 6 / this.zoom;
    const cross = `M${x - arm} ${y}h${2 * arm}M${x} ${y - arm}v${2 * arm}`;
    attributes(this.center, { d: this.side.center.length ? cross : "" });
  }

  private drawLink({ row, by, out }: Link, i: number): void {
    const group =
      this.links.children[i] ??
      this.links.appendChild(svg("g", {}, svg("line", { class: "lv-link-rim" }), svg("line"), svg("circle")));
    const [[x1, y1], [x2, y2]] = [row, by].map((one) => middle(this.regionOf(one)));
    const lit = row === this.looked || by === this.looked;
    attributes(group, { class: `lv-link lv-link-${out ? "out" : "lower"}${lit ? " lv-lit" : ""}` });
    const [rim, line, end] = group.children;
    for (const one of [rim, line]) attributes(one, { x1, y1, x2, y2 });
    attributes(end, { cx: x1, cy: y1, r: 3.2 / this.zoom });
  }

  /** Numbers at the boxes where there is room: the one that is looked at first, then what counts most. */
  private drawLabels(): void {
    const { side } = this;
    if (!side) return;
    // Sentences name an object by its letter.
    const objects = side.truth.map((state, i) => {
      const [name] = this.info.objects[i].split(",");
      const gone = state === "lost" || state === "missed";
      return { text: gone ? `${name} ${state}` : name, box: this.info.gt[i], kind: gone ? "gone" : "truth" };
    });
    objects.sort((a, b) => Number(b.kind === "gone") - Number(a.kind === "gone"));
    const rows = fromBelow(side.candidates).reverse();
    const named = rows.filter((row) => row === this.looked || isNamed(side.candidates[row], side));
    named.sort((a, b) => Number(b === this.looked) - Number(a === this.looked));
    const boxes = named.map((row) => {
      const one = side.candidates[row];
      return { text: noteOf(one, row), box: this.regionOf(row), kind: one.fate };
    });
    const items = [...objects, ...boxes];
    const scale = this.hooks.scale();
    const [width, height] = this.size.map((length) => length * this.zoom);
    const wanted = items.map(({ text, box }) => ({
      box: box.map((value) => value * this.zoom),
      wide: (text.length * LETTER + 8) * scale,
    }));
    const places = labelPlaces(wanted, { width, height, high: 17 * scale, gap: 4 });
    const shown = items.flatMap((item, i) => (places[i] ? [{ ...item, at: places[i]!, wide: wanted[i].wide }] : []));
    while (this.labels.children.length > shown.length) this.labels.lastElementChild!.remove();
    shown.forEach(({ text, kind, at: [x, y], wide }, i) => {
      const group =
        this.labels.children[i] ?? this.labels.appendChild(svg("g", {}, svg("rect"), svg("text")));
      const high = 16 * scale;
      attributes(group, { class: `lv-label lv-label-${kind}` });
      attributes(group.children[0], {
        x: x / this.zoom,
        y: (y - 0.75 * high) / this.zoom,
        width: wide / this.zoom,
        height: high / this.zoom,
        rx: (3 * scale) / this.zoom,
      });
      attributes(group.children[1], { x: (x + wide / 2) / this.zoom, y: y / this.zoom, "text-anchor": "middle" });
      setText(group.children[1], text);
    });
  }

  private measure(): void {
    const { width } = this.element.getBoundingClientRect();
    if (!width) return;
    this.zoom = width / this.size[0];
    this.element.style.setProperty("--lv-zoom", String(this.zoom));
    this.draw();
  }

  // Gestures

  private makeDraggable(row: number): () => void {
    const { hooks } = this;
    const element = hinted(this.bodies[row], HINTS.box);
    const handle = {
      element,
      label: `box ${row}, ${this.info.classes[row]}`,
      move: (start: Box, dx: number, dy: number, resize: boolean): Box => moved(start, "body", dx, dy, this.size, resize),
      describe: (box: Box) => ({ now: box[0], min: 0, max: this.size[0], text: `${spoken(box)}. ${hooks.words(row)}` }),
    };
    const options = {
      read: () => hooks.boxes()[row],
      write: (box: Box, gesture: string) => {
        this.dragging = gesture === "drag";
        hooks.write(row, box, gesture);
      },
      reset: () => hooks.reset(row),
      done: () => {
        this.dragging = false;
        hooks.done();
      },
      unitsPerPixel: () => unitsPerPixel(this.element),
    };
    element.addEventListener("focus", () => hooks.select(row), { signal: this.signal });
    element.addEventListener("focus", () => hooks.look(row), { signal: this.signal });
    element.addEventListener("blur", () => hooks.look(-1), { signal: this.signal });
    return draggable<Box>(handle, options, this.signal);
  }

  /** Boxes lie on each other: the one whose outline is nearest is under the pointer. */
  private listen(): void {
    const { signal, hooks } = this;
    const at = (event: PointerEvent) => {
      const [x, y] = placeIn(this.element, event);
      return nearestBox(hooks.boxes(), x, y, REACH / this.zoom);
    };
    const point = (event: PointerEvent) => {
      if (this.dragging || event.buttons) return;
      const row = at(event);
      this.bodies.forEach((body, i) => body.classList.toggle("lv-under", i === row));
      this.grips.classList.toggle("lv-pointed", row >= 0);
      hooks.look(row);
    };
    this.element.addEventListener("pointermove", point, { signal });
    this.element.addEventListener("pointerleave", () => this.dragging || hooks.look(-1), { signal });
    const away = (event: PointerEvent) => {
      if (!(event.target as Element).closest(".lv-candidate-grip, .lv-handle")) hooks.select(-1);
    };
    this.element.addEventListener("pointerdown", away, { signal });
    // A finger has not pointed before it presses: hand its press to the box that it means.
    const press = (event: PointerEvent) => {
      const body = (event.target as Element).closest(".lv-candidate-grip");
      const meant = body && event.isTrusted ? this.bodies[at(event)] : undefined;
      if (!meant || meant === body) return;
      event.stopPropagation();
      event.preventDefault();
      meant.dispatchEvent(new PointerEvent(event.type, event));
    };
    this.element.addEventListener("pointerdown", press, { signal, capture: true });
  }
}

const middle = ([x1, y1, x2, y2]: Box): [number, number] => [(x1 + x2) / 2, (y1 + y2) / 2];
