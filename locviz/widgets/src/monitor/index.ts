/** Monitor: watch a training run, and hold or end it. */
import type { Model, RenderContext } from "../shared/model.ts";
import { createRoot } from "../shared/root.ts";
import sceneCss from "../shared/scene.css";
import css from "./monitor.css";
import { type Command, MonitorView } from "./view.ts";

interface WithManager extends Model {
  widget_manager: { get_model(id: string): Promise<{ send(content: unknown, callbacks: unknown): void }> };
}

const REFERENCE = "IPY_MODEL_";

/** anywidget's entry: draw into `el`, return what undoes it. */
function render({ model, el }: RenderContext): () => void {
  const stop = new AbortController();
  const options = { name: "monitor", label: "Monitor: a training run", css: sceneCss + css };
  const root = createRoot(el, model, options, stop.signal);
  const view = new MonitorView(model, root, (command) => void tell(model as WithManager, command), stop.signal);
  root.onConnection(() => view.connectionChanged());
  return () => stop.abort();
}

/** Buttons speak on a comm of their own, which a busy training cell never publishes on (see `Remote` in monitor.py). */
async function tell(model: WithManager, command: Command): Promise<void> {
  const reference = model.get<string>("remote");
  const remote = await model.widget_manager.get_model(reference.slice(REFERENCE.length));
  remote.send({ kind: "command", name: command }, {});
}

export default { render };
