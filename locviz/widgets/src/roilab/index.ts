/** RoILab: drag a region; RoIPool rounds it, RoIAlign samples it. */
import controlsCss from "../shared/controls.css";
import handlesCss from "../shared/handles.css";
import { BOX_HELP, SLIDER_HELP } from "../shared/help.ts";
import { knobWidget } from "../shared/mount.ts";
import css from "./roilab.css";
import { RoILabView } from "./view.ts";

const label = "RoILab: what RoIPool rounds and RoIAlign samples";
const help = [
  ...BOX_HELP,
  ["Point", "at a sample point of RoIAlign to see the cells that it interpolates"],
  SLIDER_HELP,
] as const;
export default knobWidget(
  { name: "roilab", label, help, css: handlesCss + controlsCss + css },
  RoILabView,
);
