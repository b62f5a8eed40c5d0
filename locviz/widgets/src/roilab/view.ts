/** RoILab's view: the region follows the pointer at once; every number is the kernel's. */
import { floats } from "../shared/buffers.ts";
import { button, html, setText } from "../shared/dom.ts";
import { fixed } from "../shared/format.ts";
import type { LatestWins } from "../shared/kernel.ts";
import { KnobStore } from "../shared/knobs.ts";
import { listen, type Model } from "../shared/model.ts";
import type { Patience } from "../shared/patience.ts";
import type { Root } from "../shared/root.ts";
import { rows } from "../shared/scene.ts";
import type { Slider } from "../shared/slider.ts";
import { binsOf, samplesOf } from "./geometry.ts";
import { inCells, type MapHooks, MapPanel, Points } from "./map.ts";
import { KNOBS, type Knobs, type KnobsQuestion, LIMITS, type Traits } from "./messages.ts";
import { Table } from "./tables.ts";

const STRIDES = [4, 8, 16, 32];

export class RoILabView {
  private readonly store: KnobStore<Knobs>;
  private readonly patience: Patience;
  private readonly pool: MapPanel;
  private readonly align: MapPanel;
  private readonly points: Points;
  private readonly tables: Record<"exact" | "pool" | "align", Table>;
  private readonly says = {
    pool: html("p", { class: "lv-says" }),
    align: html("p", { class: "lv-says" }),
  };
  private readonly outputs = html("div", { class: "lv-tables" });
  private readonly where = html("p", { class: "lv-where" });
  private readonly bins: Slider;
  private readonly maps = html("select");
  private readonly ratio = html("select");
  private readonly stride = html("select");
  private readonly aligned = html("input", { type: "checkbox" });
  private readonly size: readonly number[];
  private drawnStride = 0;
  private frame = 0;
  private arrived = false;

  constructor(
    private readonly model: Model<Traits>,
    private readonly root: Root,
    questions: LatestWins<KnobsQuestion>,
    signal: AbortSignal,
  ) {
    this.size = model.get("size");
    this.store = new KnobStore<Knobs>(KNOBS, model, questions, () => this.schedule(), signal);
    this.patience = this.store.patience(root, () => model.get("result").seq, signal);
    const hooks = this.hooks();
    this.pool = new MapPanel("pool", "RoIPool: the region on the map, rounded", hooks, signal);
    this.align = new MapPanel("align", "RoIAlign: the region on the map, sampled", hooks, signal);
    this.points = new Points(this.align, hooks, signal);
    this.align.element.append(this.points.element);
    const look = (bin: number) => this.look(bin);
    this.tables = {
      exact: new Table("exact", "exact", "average of each bin", look),
      pool: new Table("pool", "RoIPool", "and how far it is off", look),
      align: new Table("align", "RoIAlign", "and how far it is off", look),
    };
    const { low: min, high: max } = LIMITS.output_size;
    const done = () => this.announce();
    this.bins = this.store.slider("output_size", {
      label: "bins on each axis",
      min,
      max,
      step: 1,
      format: String,
      done,
    });
    this.layOut();
    listen(model, "change:features", () => this.mapArrived(), signal);
    listen(
      model,
      "change:result",
      () => {
        this.arrived = true;
        this.schedule();
      },
      signal,
    );
    signal.addEventListener("abort", () => cancelAnimationFrame(this.frame));
    this.mapArrived();
    this.knobsMoved();
    this.resultArrived();
  }

  // What the user does

  private change(change: Partial<Knobs>, gesture: string): void {
    this.store.change(change, gesture);
    this.announce();
  }

  /** Another stride: the region stays over the same cells. */
  private restride(stride: number): void {
    const { region, stride: before } = this.store.knobs;
    this.change({ stride, region: region.map((value) => (value * stride) / before) }, "setting");
  }

  private hooks(): MapHooks {
    return {
      region: () => this.store.knobs.region,
      image: () => [this.size[1] * this.store.knobs.stride, this.size[0] * this.store.knobs.stride],
      stride: () => this.store.knobs.stride,
      scale: () => this.model.get("scale"),
      write: (region, gesture) => this.store.change({ region }, gesture),
      reset: () => this.resetRegion(),
      done: () => this.announce(),
      look: (bin) => this.look(bin),
    };
  }

  private resetRegion(): void {
    const { region, stride } = this.store.initial;
    this.change(
      { region: region.map((value) => (value * this.store.knobs.stride) / stride) },
      "reset",
    );
  }

  /** Draw once a frame, however often the pointer moves and the kernel answers. */
  private schedule(): void {
    this.patience.wait();
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.knobsMoved();
      if (this.arrived) this.resultArrived();
      this.arrived = false;
    });
  }

  private knobsMoved(): void {
    const {
      region,
      output_size,
      sampling_ratio,
      aligned,
      function: name,
      stride,
    } = this.store.knobs;
    if (stride !== this.drawnStride) this.mapArrived();
    const bins = binsOf(
      region.map((value) => value / stride),
      output_size,
    );
    this.pool.showRegion(null);
    this.align.showRegion(bins);
    setText(this.where, `The region: ${inCells(region, stride)}.`);
    this.bins.show(output_size);
    this.aligned.checked = aligned;
    this.maps.value = name;
    choose(this.ratio, String(sampling_ratio));
    choose(this.stride, String(stride));
  }

  // What the kernel says

  private get result() {
    return this.model.get("result");
  }

  private mapArrived(): void {
    const { values } = this.model.get("features");
    this.drawnStride = this.store.knobs.stride;
    for (const panel of [this.pool, this.align]) panel.showMap(floats(values), this.size);
    if (this.tables) this.drawMarks();
  }

  private resultArrived(): void {
    const { seq, output_size: n, errors, misalignment, values: sent } = this.result;
    const values = floats(sent);
    const [exact, pool, align] = [0, 1, 2].map((k) => values.subarray(k * n * n, (k + 1) * n * n));
    const digits = Math.max(...exact.map(Math.abs)) >= 20 ? 1 : 2;
    this.tables.exact.show(exact, n, digits);
    this.tables.pool.show(pool, n, digits, exact);
    this.tables.align.show(align, n, digits, exact);
    this.outputs.classList.toggle("lv-many", n > 5);
    this.drawMarks();
    setText(
      this.says.pool,
      `mean error ${error(errors.pool)} (averages over the rounded bins: ${error(errors.rounding)}), looks up to ${fixed(misalignment.pool, 1)} px beside its bins`,
    );
    setText(
      this.says.align,
      `mean error ${error(errors.align)}, looks ${fixed(misalignment.align, 1)} px beside its bins`,
    );
    if (seq >= this.store.seq) this.patience.end();
  }

  /** What each layer looks at, as the kernel says it. */
  private drawMarks(): void {
    const { rounded, argmax, rows: down, columns: across } = this.result;
    const cells = floats(argmax);
    const winners = Array.from({ length: cells.length / 2 }, (_, k) => [
      cells[2 * k],
      cells[2 * k + 1],
    ]).filter(([x]) => x >= 0);
    this.pool.showMarks(rows(floats(rounded)), winners);
    const samples = samplesOf(down, across);
    this.points.show(samples, floats(across.position).length || 1);
  }

  private look(bin: number): void {
    const { region, stride, output_size: n } = this.store.knobs;
    const rounded = rows(floats(this.result.rounded));
    this.pool.showLooked(rounded[bin] ?? null);
    this.align.showLooked(
      binsOf(
        region.map((value) => value / stride),
        n,
      )[bin] ?? null,
    );
    for (const table of Object.values(this.tables)) table.mark(bin);
  }

  private announce(): void {
    this.root.sayAnswer(() => {
      const { errors } = this.result;
      return `Mean error of RoIPool ${error(errors.pool)}, of RoIAlign ${error(errors.align)}`;
    });
  }

  // Layout

  private layOut(): void {
    for (const name of this.model.get("functions"))
      this.maps.append(html("option", { value: name }, name));
    const { low, high } = LIMITS.sampling_ratio;
    for (let value = low as number; value <= high; value++)
      this.ratio.append(html("option", { value }, value ? String(value) : "one per cell"));
    for (const value of STRIDES) this.stride.append(html("option", { value }, String(value)));
    this.maps.addEventListener("change", () =>
      this.change({ function: this.maps.value }, "setting"),
    );
    this.ratio.addEventListener("change", () =>
      this.change({ sampling_ratio: Number(this.ratio.value) }, "setting"),
    );
    this.stride.addEventListener("change", () => this.restride(Number(this.stride.value)));
    this.aligned.addEventListener("change", () =>
      this.change({ aligned: this.aligned.checked }, "setting"),
    );
    const reset = button("Reset", () => this.change(this.store.initial, "reset"), {
      "aria-label": "Reset all",
    });
    const panel = (kind: "pool" | "align", title: string) =>
      html(
        "div",
        { class: `lv-panel lv-panel-${kind}` },
        html("h4", {}, title),
        this.says[kind],
        this[kind].element,
      );
    this.outputs.append(
      this.tables.exact.element,
      this.tables.pool.element,
      this.tables.align.element,
    );
    this.root.body.append(
      html(
        "div",
        { class: "lv-main" },
        panel("pool", "RoIPool rounds"),
        panel("align", "RoIAlign samples"),
      ),
      this.outputs,
      this.where,
      html(
        "div",
        { class: "lv-controls" },
        html("label", {}, html("span", {}, "map"), this.maps),
        this.bins.element,
        html("label", {}, html("span", {}, "samples per bin and axis"), this.ratio),
        html("label", {}, this.aligned, html("span", {}, "half pixel (aligned)")),
        html("label", {}, html("span", {}, "stride, px"), this.stride),
        reset,
      ),
      this.patience.element,
    );
  }
}

/** Python may have set a value that is not on offer: it joins the list. */
function choose(element: HTMLSelectElement, value: string): void {
  if (![...element.options].some((option) => option.value === value))
    element.append(html("option", { value }, value));
  element.value = value;
}

const error = (value: number) => fixed(value, 3);
