// WCAG 2.2, success criterion 1.4.3: text has a contrast of 4.5 to what it stands on.
import { describe, expect, test } from "vitest";
import css from "../src/style/tokens.css?raw";

const [light = "", dark = ""] = css.split("@media");

function colours(text: string): Map<string, string> {
  const found = [...text.matchAll(/--([\w-]+): (#[0-9a-f]{3,6});/g)];
  return new Map(found.map(([, name = "", colour = ""]) => [name, colour]));
}

function luminance(colour: string): number {
  const wide = colour.length === 4 ? colour.replace(/[0-9a-f]/g, "$&$&") : colour;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = parseInt(wide.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

const GROUNDS = ["ground", "panel", "sunk", "accent-soft", "note-soft"];
const PAIRS: [string, string][] = [
  ...["text", "quiet", "accent-text"].flatMap((text) => GROUNDS.map((ground): [string, string] => [text, ground])),
  ...["good", "warn", "bad"].flatMap((text) =>
    ["ground", "panel", "sunk", `${text}-soft`].map((ground): [string, string] => [text, ground]),
  ),
  ["on-accent", "accent"],
];

describe.each([["light", colours(light)], ["dark", new Map([...colours(light), ...colours(dark)])]])(
  "%s",
  (_, palette) => {
    test.each(PAIRS)("%s on %s", (text, ground) => {
      const [over, under] = [palette.get(text), palette.get(ground)];
      expect(over && under).toBeTruthy();
      expect(contrast(over!, under!)).toBeGreaterThanOrEqual(4.5);
    });
  },
);
