"""What a reader's eyes would find in a widget: text that is too small, that lies on other text, that
is cut off.
"""

from playwright.sync_api import Locator

_SMALL = """(root, least) => {
  const found = new Set(), walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const words = walker.currentNode.data.trim(), element = walker.currentNode.parentElement;
    if (!words || element.closest('style, title, option, .lv-hidden')) continue;
    if (!element.checkVisibility()) continue;
    const drawn = element instanceof SVGElement ? element.getScreenCTM().a : 1;
    const size = parseFloat(getComputedStyle(element).fontSize) * drawn;
    if (size < least - 0.01) found.add(`${size.toFixed(1)} px: ${words}`);
  }
  return [...found];
}"""
_ON_EACH_OTHER = """(root, [selector, slack]) => {
  const shown = [...root.querySelectorAll(selector)].filter(
    (one) => one.checkVisibility() && one.textContent.trim());
  const areas = shown.map((one) => [one.textContent, one.getBoundingClientRect()]);
  return areas.flatMap(([a, p], i) => areas.slice(i + 1)
    .filter(([, q]) => Math.min(p.right, q.right) - Math.max(p.left, q.left) > slack
      && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > slack)
    .map(([b]) => `${a} | ${b}`));
}"""
_CUT_OFF = """(root) => [root, ...root.querySelectorAll('.lv-scroll, .lv-by-step, table')]
  .filter((box) => box.checkVisibility() && box.scrollWidth > box.clientWidth)
  .map((box) => `${box.className}: ${box.scrollWidth} in ${box.clientWidth}`)"""


def texts(root: Locator, selector: str) -> list[str]:
    """The words of the elements below ``root`` that match and show."""
    shown = "(root, s) => [...root.querySelectorAll(s)].filter((one) => one.checkVisibility())"
    return root.evaluate(f"(root, s) => ({shown})(root, s).map((one) => one.textContent)", selector)


def small_text(root: Locator, *, least: float = 11) -> list[str]:
    """Words that are drawn with less than ``least`` CSS pixels, each with its size."""
    return root.evaluate(_SMALL, least)


def on_each_other(root: Locator, selector: str, *, slack: float = 0.5) -> list[str]:
    """Pairs of the texts below ``root`` that match and lie on each other by more than ``slack`` pixels
    both ways: a line of digits is higher than its ink.
    """
    return root.evaluate(_ON_EACH_OTHER, [selector, slack])


def cut_off(root: Locator) -> list[str]:
    """What is wider than its room: the widget itself, its tables and what they scroll in."""
    return root.evaluate(_CUT_OFF)
