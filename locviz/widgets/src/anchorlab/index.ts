/** AnchorLab: design anchors, drag a box, see what reaches it. */
import controlsCss from "../shared/controls.css";
import handlesCss from "../shared/handles.css";
import { knobWidget } from "../shared/mount.ts";
import sceneCss from "../shared/scene.css";
import css from "./anchorlab.css";
import { AnchorLabView } from "./view.ts";

const label = "AnchorLab: which boxes a design of anchors reaches";
export default knobWidget(
  { name: "anchorlab", label, css: sceneCss + handlesCss + controlsCss + css },
  AnchorLabView,
);
