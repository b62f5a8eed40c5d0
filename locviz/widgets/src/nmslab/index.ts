/** NMSLab: a suppression method, or two, played over the candidates of a scene. */
import controlsCss from "../shared/controls.css";
import handlesCss from "../shared/handles.css";
import { BOX_HELP, SLIDER_HELP } from "../shared/help.ts";
import { knobWidget } from "../shared/mount.ts";
import css from "./nmslab.css";
import { NMSLabView } from "./view.ts";

const label = "NMSLab: what suppression keeps, drops and gets wrong";
const help = [
  ...BOX_HELP,
  ["Point", "at a box, a bar or a dot of the chart to read what has become of it, and by whom"],
  ["Click", "on a box shows its handles; on plain ground hides them"],
  SLIDER_HELP,
] as const;
const options = { name: "nmslab", label, help, css: controlsCss + handlesCss + css };
export default knobWidget(options, NMSLabView);
