"""The tables of lesson 10 say what the papers and the experiments found."""

from locviz.experiments import balanced, harmonised
from locviz.lessons.ch10.tables import POSTER_ROWS, mlc_table, others_table, poster_table

# Table 1 to 3 of the MLC paper, table 2 of the poster.
PAPER = {
    "plain": ("0.32", "34.5", ""),
    "centerness": ("0.33", "36.9", "+2.4"),
    "alignment": ("0.42", "35.3", "+0.8"),
    "labelling": ("0.48", "37.5", "+3.0"),
    "rescoring": ("0.50", "37.3", "+2.8"),
    "both": ("-", "38.7", "+4.2"),
    "labelling_everywhere": ("-", "-", ""),
    "iou_nms": ("-", "32.6", "-1.9"),
}


def dense(variant, seed, ap, spearman=0.5, data="crowded", study="fcos"):
    run = {"study": study, "data": data, "variant": variant, "seed": seed, "ap": ap}
    return {f"{study}/{data}/{variant}/{seed}": {**run, "spearman": spearman, "ar5": ap}}


def test_the_papers_figures_and_the_gain_at_each_seed():
    runs = dense("plain", 0, 0.2) | dense("plain", 1, 0.25) | dense("labelling", 1, 0.24, 0.625)
    runs |= dense("labelling", 0, 0.23, 0.75) | dense("both", 0, 0.5, data="misaligned")
    table = mlc_table({"command": "a command", "runs": runs})
    rows = dict(zip(PAPER, table.rows, strict=True))
    assert {name: tuple(row[1:4]) for name, row in rows.items()} == PAPER
    # By hand: 0.23 - 0.20 and 0.24 - 0.25, in percent.
    assert tuple(rows["labelling"][4:]) == ("0.75 0.62", "23.0 24.0", "+3.0 -1.0")
    assert tuple(rows["plain"][4:]) == ("0.50 0.50", "20.0 25.0", "")
    assert tuple(rows["both"][4:]) == ("-", "-", "-")  # other scenes
    assert table.caption.endswith("Made by: a command")
    assert str(rows["labelling"][0]) == harmonised.FCOS_VARIANTS["labelling"].title


def test_retinanet_and_rpn_beside_tables_3_and_4():
    runs = dense("plain", 0, 0.25, study="retinanet") | dense("both", 0, 0.375, study="retinanet")
    for variant, recall in (("plain", 0.5), ("labelling", 0.4375)):
        run = {"study": "rpn", "data": "crowded", "variant": variant, "seed": 0, "ar15": recall}
        runs[f"rpn/crowded/{variant}/0"] = run
    rows = [tuple(row) for row in others_table({"command": "a command", "runs": runs}).rows]
    assert rows == [
        ("RetinaNet", "AP", "36.3", "", "25.0", ""),
        ("+ mutual labelling", "AP", "37.1", "+0.8", "-", "-"),
        ("+ IoU rescoring", "AP", "37.4", "+1.1", "-", "-"),
        ("+ both", "AP", "37.8", "+1.5", "37.5", "+12.5"),
        ("RPN", "AR", "51.3", "", "50.0", ""),
        ("+ mutual labelling", "AR", "54.6", "+3.3", "43.8", "-6.2"),
        ("+ IoU rescoring", "AR", "52.8", "+1.5", "-", "-"),
        ("+ both", "AR", "55.1", "+3.8", "-", "-"),
    ]


def test_the_poster_beside_what_was_measured():
    def run(training, seed, greedy, other):
        scores = {"greedy": {"ap": greedy}, "balanced": {"ap": other}, "printed": {"ap": 0.125}}
        return {f"{training}/{seed}": {"training": training, "seed": seed, **scores}}

    runs = run("plain", 0, 0.25, 0.26) | run("iac", 0, 0.27, 0.28) | run("iac_dc", 0, 0.24, 0.3)
    protocol = {"detector": "a detector", "steps": 450}
    table = poster_table({"command": "a command", "protocol": protocol, "runs": runs})
    assert "a detector after 450 steps" in table.caption
    rows = dict(zip(POSTER_ROWS, table.rows, strict=True))
    assert tuple(rows["baseline"][1:]) == ("35.9", "", "78.2", "25.0", "")
    assert tuple(rows["iac"][1:]) == ("36.4", "+0.5", "78.6", "27.0", "+2.0")
    assert tuple(rows["iac_dc"][1:]) == ("37.1", "+1.2", "79.2", "24.0", "-1.0")
    assert tuple(rows["iac_dc_cl"][1:]) == ("37.5", "+1.6", "79.7", "30.0", "+5.0")
    assert tuple(rows["dc"][1:]) == ("-", "", "-", "-", "-")
    assert tuple(rows["printed"][1:]) == ("-", "", "-", "12.5", "-12.5")
    assert str(rows["cl"][0]) == balanced.ROWS["cl"].title
