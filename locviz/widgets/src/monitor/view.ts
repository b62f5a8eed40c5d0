/** Monitor's view: draws what the training cell publishes; its buttons talk to the kernel on a comm of their own. */
import { floats } from "../shared/buffers.ts";
import { attributes, button, html, setText, setVisible } from "../shared/dom.ts";
import { fixed } from "../shared/format.ts";
import { legendOf, marksOf } from "../shared/marks.ts";
import { listen, type Model } from "../shared/model.ts";
import type { Root } from "../shared/root.ts";
import { SceneView } from "../shared/scene.ts";
import { Slider } from "../shared/slider.ts";
import { ceiling, figureSeries, lossSeries, StepChart } from "./charts.ts";
import type { Command as Sent, FigureRow, Found, Traits } from "./messages.ts";
import { progressInWords, STATUS } from "./words.ts";

type Command = Sent["name"];

export class MonitorView {
  private readonly status = html("strong", { class: "lv-status" });
  private readonly words = html("span", { class: "lv-progress-words" });
  private readonly bar = html("progress", {
    max: "1",
    value: "0",
    "aria-label": "Training progress",
  });
  private readonly hold = button("", () => this.command(this.paused ? "resume" : "pause"), {
    class: "lv-primary",
  });
  private readonly end = button("Stop", () => this.command("stop"));
  private readonly losses = new StepChart();
  private readonly figures = new StepChart();
  private readonly photos: SceneView[];
  private readonly scenes = html("div", { class: "lv-scenes" });
  private readonly caption = html("p", { class: "lv-caption" });
  private readonly legend = html("ul", { class: "lv-outcomes" });
  private readonly rounds: Found[];
  private readonly scrub: Slider;
  private readonly wished: { command: Command | "" } = { command: "" };
  private shownRound = -1;
  private drawnSteps = 0;

  constructor(
    private readonly model: Model<Traits>,
    private readonly root: Root,
    private readonly send: (command: Command) => void,
    signal: AbortSignal,
  ) {
    this.photos = model.get("scenes").map(({ size, png }) => {
      const view = new SceneView(signal, 10);
      view.showPhoto(size, png);
      view.show([], "No predictions yet");
      return view;
    });
    this.rounds = [...model.get("past")];
    this.shownRound = this.rounds.length - 1;
    this.scrub = this.makeScrub();
    this.layOut();
    listen(model, "change:status", () => this.statusArrived(), signal);
    listen(model, "change:progress", () => this.progressArrived(), signal);
    listen(model, "change:losses", () => this.lossesArrived(), signal);
    listen(model, "change:figures", () => this.figuresArrived(), signal);
    listen(model, "change:found", () => this.foundArrived(), signal);
    this.statusArrived();
    this.lossesArrived();
    this.figuresArrived();
    this.foundArrived();
  }

  connectionChanged(): void {
    this.statusArrived();
  }

  private get paused(): boolean {
    return this.status.dataset.status === "paused";
  }

  private command(command: Command): void {
    this.wished.command = command;
    this.send(command);
    this.statusArrived();
  }

  private statusArrived(): void {
    const status = this.model.get("status");
    const going = this.root.connected() && (status === "running" || status === "paused");
    if ((status === "paused") === (this.wished.command === "pause") || !going)
      this.wished.command = "";
    const waiting = { pause: "Pausing …", resume: "Resuming …", stop: "Stopping …", "": "" }[
      this.wished.command
    ];
    setText(this.status, waiting || STATUS[status]);
    this.status.dataset.status = status;
    setText(this.hold, status === "paused" ? "Resume" : "Pause");
    attributes(this.hold, { disabled: !going || this.wished.command !== "" });
    attributes(this.end, { disabled: !going || this.wished.command === "stop" });
    if (status !== "idle" && status !== "running") this.root.say(STATUS[status]);
    this.progressArrived();
  }

  private progressArrived(): void {
    const progress = this.model.get("progress");
    const done = (progress.step ?? 0) / (progress.num_steps ?? 1);
    setText(this.words, progressInWords(progress, this.model.get("status")));
    this.bar.value = done;
  }

  private lossesArrived(): void {
    const { names = [], rows } = this.model.get("losses");
    const series = rows ? lossSeries(names, floats(rows)) : [];
    this.losses.show(series, {
      title: "loss",
      high: ceiling(series),
      steps: this.steps,
      points: false,
    });
    if (this.steps !== this.drawnSteps) this.drawFigures();
  }

  private drawFigures(): readonly FigureRow[] {
    const rows = this.model.get("figures");
    this.drawnSteps = this.steps;
    this.figures.show(figureSeries(rows), {
      title: "on held-out images",
      high: 1,
      steps: this.steps,
      points: true,
    });
    return rows;
  }

  private figuresArrived(): void {
    const last = this.drawFigures().at(-1);
    if (!last) return;
    const said = Object.entries(last.figures).map(
      ([name, value]) => `${name} ${value === null ? "undefined" : fixed(value, 2)}`,
    );
    this.root.say(`After step ${last.step}: ${said.join(", ")}`);
  }

  private get steps(): number {
    return this.model.get("progress").num_steps ?? 1;
  }

  // Predictions: the newest, or an earlier round by the slider

  private foundArrived(): void {
    const found = this.model.get("found");
    if (!found.scenes) {
      this.rounds.length = 0;
      this.shownRound = -1;
    } else if (found.step !== this.rounds.at(-1)?.step) {
      const following = this.shownRound === this.rounds.length - 1;
      this.rounds.push(found);
      if (following) this.shownRound = this.rounds.length - 1;
    }
    this.showRound();
  }

  private showRound(): void {
    const round = this.rounds[this.shownRound];
    const names = this.model.get("classes");
    this.photos.forEach((photo, i) => {
      const scene = round?.scenes?.[i];
      const [right, wrong, missed] = scene?.tally ?? [0, 0, 0];
      const words = `Scene ${i + 1}: ${scene ? `${right} right, ${wrong} wrong, ${missed} missed` : "no predictions yet"}`;
      photo.show(scene ? marksOf(scene, names, true) : [], words);
    });
    const tally = [0, 1, 2].map((i) =>
      (round?.scenes ?? []).reduce((sum, scene) => sum + scene.tally[i], 0),
    );
    this.legend.replaceChildren(...(round ? legendOf(tally) : []));
    setText(
      this.caption,
      round ? `Predictions after step ${round.step}` : "Predictions show at the first evaluation",
    );
    setVisible(this.caption, this.photos.length > 0);
    setVisible(this.scrub.element, this.rounds.length > 1);
    this.scrub.bounds(0, Math.max(this.rounds.length - 1, 1));
    this.scrub.show(Math.max(this.shownRound, 0));
  }

  private makeScrub(): Slider {
    return new Slider({
      label: "look back",
      min: 0,
      max: 1,
      step: 1,
      format: (value) => `step ${this.rounds[value]?.step ?? 0}`,
      changed: (value) => {
        this.shownRound = value;
        this.showRound();
      },
      reset: () => {
        this.shownRound = this.rounds.length - 1;
        this.showRound();
      },
      done: () => {},
    });
  }

  private layOut(): void {
    const head = html(
      "div",
      { class: "lv-head" },
      this.status,
      this.words,
      html("div", { class: "lv-buttons" }, this.hold, this.end),
    );
    const charts = html("div", { class: "lv-charts" }, this.losses.element, this.figures.element);
    this.scenes.append(...this.photos.map(({ element }) => element));
    const below = html("div", { class: "lv-below" }, this.caption, this.scrub.element, this.legend);
    this.root.body.append(head, this.bar, charts, below, this.scenes);
  }
}
