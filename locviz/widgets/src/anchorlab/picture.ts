/** The picture: an image with its ground truths, the anchors of one cell, what became of a level's anchors, a box to drag. */
import { type Box, outlines, type Size } from "../shared/boxes.ts";
import type { Png } from "../shared/buffers.ts";
import { attributes, onResize, setText, setVisible, svg } from "../shared/dom.ts";
import { draggable, placeIn, unitsPerPixel } from "../shared/drag.ts";
import { fixed } from "../shared/format.ts";
import { BoxHandles, place } from "../shared/handles.ts";
import { type Mark, SceneView } from "../shared/scene.ts";
import { hinted } from "../shared/hint_line.ts";
import { type Label, labelPlaces } from "../shared/labels.ts";
import { HINTS } from "./hints.ts";
import { cellAt, dots } from "./lattice.ts";

const STATES = ["negative", "ignored", "positive"] as const;
const [LETTER, LINE] = [8, 17]; // of a note, in CSS pixels: how wide a letter is, how high a line with its rim
const MOST_DOTS = 3000; // negative ones beyond that are only clutter

export type Point = readonly [number, number];

export interface PictureHooks {
  target(): Box;
  /** The point whose cell is shown: dragged there, or the target's centre. */
  point(): Point;
  scale(): number;
  moveTarget(target: Box, gesture: string): void;
  movePoint(point: Point, gesture: string): void;
  resetTarget(): void;
  /** The point follows the target's centre again; whether it does. */
  freePoint(): void;
  free(): boolean;
  done(): void;
  /** A ground truth was clicked. */
  select(index: number): void;
}

export interface Level {
  stride: number;
  shape: readonly number[];
  cells: Uint8Array;
}

export class Picture {
  readonly scene: SceneView;
  private readonly overlay = svg("g", { class: "lv-overlay" });
  // Whatever is drawn on a photograph has a rim in the page's colour, so that it shows on any ground.
  private readonly states = STATES.map((name) => [
    svg("path", { class: `lv-state lv-rim lv-state-${name}` }),
    svg("path", { class: `lv-state lv-state-${name}` }),
  ]);
  private readonly anchors = [
    svg("path", { class: "lv-anchors lv-rim" }),
    svg("path", { class: "lv-anchors" }),
  ];
  private readonly cell = svg("rect", { class: "lv-cell" });
  private readonly bestRim = svg("rect", { class: "lv-rim" });
  private readonly best = svg("rect", { class: "lv-best" });
  private readonly halo = svg("rect", { class: "lv-target-halo" });
  private readonly outline = svg("rect", { class: "lv-target-line" });
  private readonly notes = svg("g", { class: "lv-notes" });
  private readonly note = svg("text", { class: "lv-note" });
  private marks: readonly Mark[] = [];
  private readonly cross = svg("g", { class: "lv-cross" });
  private readonly handles: BoxHandles;
  private readonly describePoint: () => void;
  private size: Size = [1, 1];
  private zoom = 1;
  /** The press that a click ends began on a handle, which may have gone since. */
  private gripped = false;

  constructor(
    private readonly hooks: PictureHooks,
    signal: AbortSignal,
  ) {
    this.scene = new SceneView(signal);
    const { target: read, moveTarget: write, resetTarget: reset, done, scale } = hooks;
    const handles = { name: "target", size: () => this.size, read, write, reset, done, scale, zoom: () => this.zoom };
    this.handles = new BoxHandles(handles, signal);
    this.cross.append(
      svg("circle", { class: "lv-cross-hit" }),
      svg("path", { class: "lv-cross-halo" }),
      svg("path", { class: "lv-cross-line" }),
    );
    const still = [
      ...this.states.flat(),
      this.cell,
      ...this.anchors,
      this.halo,
      this.outline,
      this.bestRim,
      this.best,
      this.notes,
    ];
    for (const layer of still) attributes(layer, { "aria-hidden": "true" });
    for (const grip of this.handles.element.querySelectorAll("[role=slider]"))
      hinted(grip as SVGElement, HINTS.target);
    hinted(this.cross, HINTS.cell);
    this.overlay.append(...still, this.handles.element, this.cross);
    this.scene.element.append(this.overlay);
    attributes(this.scene.element, { role: "group" });
    this.describePoint = this.makePointDraggable(signal);
    const pressed = (event: PointerEvent) =>
      (this.gripped = (event.target as Element).closest(".lv-overlay") !== null);
    this.scene.element.addEventListener("pointerdown", pressed, { signal });
    this.scene.element.addEventListener("click", (event) => this.clicked(event), { signal });
    onResize(this.scene.element, () => this.resize(), signal);
  }

  showPhoto(size: readonly number[], png: Png | undefined): void {
    this.size = [size[1], size[0]];
    this.scene.showPhoto(size, png);
    this.scene.element.style.setProperty("--lv-aspect", String(size[1] / size[0]));
    this.resize();
  }

  /** Draw the other ground truths, and a note at each where there is room. */
  showTruths(marks: readonly Mark[], words: string): void {
    this.scene.show(marks.map((mark) => ({ ...mark, note: "" })), words);
    this.marks = marks;
    const texts = marks.map(({ kind, note }) =>
      svg("text", { class: `lv-note lv-mark-${kind}` }, note),
    );
    this.notes.replaceChildren(this.note, ...texts);
    this.showNotes();
  }

  /** The target's own note comes first; one that would lie on another is left out: the box's title says it, too. */
  private showNotes(): void {
    const unit = this.hooks.scale() / this.zoom;
    const texts = Array.from(this.notes.children);
    const boxes = [this.hooks.target(), ...this.marks.map(({ box }) => Array.from(box))];
    const labels = texts.map((text, i): Label => {
      return { box: boxes[i], wide: (text.textContent ?? "").length * LETTER * unit };
    });
    const [width, height] = this.size;
    const rules = { width, height, high: LINE * unit, gap: 5 * unit };
    labelPlaces(labels, rules).forEach((at, i) => {
      setVisible(texts[i], at !== null);
      if (at) attributes(texts[i], { x: at[0], y: at[1] });
    });
  }

  /** What the kernel says of the level and cell shown. */
  showLevel(level: Level, point: Point, anchors: readonly Box[], best: Box, note: string): void {
    const { stride, shape, cells } = level;
    STATES.forEach((_, state) => {
      const crowded = state === 0 && cells.length > MOST_DOTS;
      const d = crowded ? "" : dots(cells, shape, stride, state);
      for (const path of this.states[state]) attributes(path, { d });
    });
    place(this.cell, cellAt(point, stride, shape));
    for (const path of this.anchors) attributes(path, { d: outlines(anchors) });
    for (const rect of [this.bestRim, this.best]) place(rect, best);
    setText(this.note, note);
    this.showNotes();
  }

  /** Put the target, its handles and the cross where they are now. */
  showHandles(): void {
    const target = this.hooks.target();
    place(this.outline, target);
    place(this.halo, target);
    this.handles.draw(target);
    const [x, y] = this.hooks.point();
    const unit = this.hooks.scale() / this.zoom;
    const [hit, ...lines] = this.cross.children;
    attributes(hit, { cx: x, cy: y, r: 13 * unit });
    for (const path of lines)
      attributes(path, {
        d: `M${x - 8 * unit} ${y}h${16 * unit}M${x} ${y - 8 * unit}v${16 * unit}`,
      });
    this.showNotes();
    // On the target's centre it would be in the way of whoever grips the box there.
    this.cross.classList.toggle("lv-free", this.hooks.free());
    this.describePoint();
  }

  /** A click on another ground truth takes it as the target; one between the boxes looks at that cell. */
  private clicked(event: MouseEvent): void {
    if (this.gripped || !(event.target instanceof Element)) return;
    const mark = event.target.closest("g.lv-mark");
    const siblings = mark?.parentElement?.children;
    if (mark && siblings) return this.hooks.select([...siblings].indexOf(mark));
    this.hooks.movePoint(placeIn(this.overlay, event), "click");
    this.hooks.done();
  }

  private makePointDraggable(signal: AbortSignal): () => void {
    const hold = (value: number, high: number) => Math.min(Math.max(value, 0), high);
    const handle = {
      element: this.cross,
      label: "Cell whose anchors are shown",
      move: ([x, y]: Point, dx: number, dy: number): Point => [
        hold(x + dx, this.size[0]),
        hold(y + dy, this.size[1]),
      ],
      describe: ([x, y]: Point) => ({
        now: x,
        min: 0,
        max: this.size[0],
        text: `at x ${fixed(x, 0)}, y ${fixed(y, 0)}`,
      }),
    };
    const options = {
      read: () => this.hooks.point(),
      write: (point: Point, gesture: string) => this.hooks.movePoint(point, gesture),
      reset: () => this.hooks.freePoint(),
      done: () => this.hooks.done(),
      unitsPerPixel: () => unitsPerPixel(this.overlay),
    };
    return draggable<Point>(handle, options, signal);
  }

  private resize(): void {
    const width = this.scene.element.getBoundingClientRect().width;
    if (!width) return;
    this.zoom = width / this.size[0];
    const view = this.scene.element.viewBox.baseVal.width;
    attributes(this.overlay, { transform: `scale(${view / this.size[0]})` });
    this.scene.element.style.setProperty("--lv-zoom", String(this.zoom));
    this.showHandles();
  }
}
