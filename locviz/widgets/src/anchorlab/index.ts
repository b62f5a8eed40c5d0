/** AnchorLab: design anchors, drag a box, see what reaches it. */
import controlsCss from "../shared/controls.css";
import handlesCss from "../shared/handles.css";
import { BOX_HELP, SLIDER_HELP } from "../shared/help.ts";
import { knobWidget } from "../shared/mount.ts";
import sceneCss from "../shared/scene.css";
import css from "./anchorlab.css";
import { AnchorLabView } from "./view.ts";

const label = "AnchorLab: which boxes a design of anchors reaches";
const help = [
  ...BOX_HELP,
  ["Click", "on another box takes that one; between the boxes it shows that cell's anchors"],
  SLIDER_HELP,
] as const;
export default knobWidget(
  { name: "anchorlab", label, help, css: sceneCss + handlesCss + controlsCss + css },
  AnchorLabView,
);
