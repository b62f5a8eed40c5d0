/** RoILab: drag a region; RoIPool rounds it, RoIAlign samples it. */
import controlsCss from "../shared/controls.css";
import handlesCss from "../shared/handles.css";
import { knobWidget } from "../shared/mount.ts";
import css from "./roilab.css";
import { RoILabView } from "./view.ts";

const label = "RoILab: what RoIPool rounds and RoIAlign samples";
export default knobWidget(
  { name: "roilab", label, css: handlesCss + controlsCss + css },
  RoILabView,
);
