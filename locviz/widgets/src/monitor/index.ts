/** Monitor: watch a training run, and hold or end it. */
import type { Model } from "../shared/model.ts";
import { mounted } from "../shared/mount.ts";
import sceneCss from "../shared/scene.css";
import type { Command, Traits } from "./messages.ts";
import css from "./monitor.css";
import { MonitorView } from "./view.ts";

interface Remote {
  send(content: Command, callbacks: unknown): void;
}

interface WithManager extends Model<Traits> {
  widget_manager: { get_model(id: string): Promise<Remote> };
}

const REFERENCE = "IPY_MODEL_";

/** Buttons speak on a comm of their own, which a busy training cell never publishes on (`Remote` in monitor/lab.py). */
async function tell(model: WithManager, name: Command["name"]): Promise<void> {
  const remote = await model.widget_manager.get_model(model.get("remote").slice(REFERENCE.length));
  remote.send({ kind: "command", name }, {});
}

const help = [
  ["Pause, Stop", "hold the run, or end it so that the cell goes on after its loop"],
  ["Look back", "shows an earlier evaluation; the arrow keys step through them"],
] as const;
const label = "Monitor: a training run";
const options = { name: "monitor", label, help, css: sceneCss + css };
export default mounted<Traits>(options, (model, root, signal) => {
  const view = new MonitorView(
    model,
    root,
    (name) => void tell(model as WithManager, name),
    signal,
  );
  root.onConnection(() => view.connectionChanged());
});
