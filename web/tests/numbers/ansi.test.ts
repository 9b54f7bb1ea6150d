import { describe, expect, it } from "vitest";
import { markMatches, parseAnsi } from "../../src/numbers/ansi";

const ESC = "\u001b";

describe("parseAnsi", () => {
  it("returns plain text as one span", () => {
    expect(parseAnsi("loss 0.5")).toEqual([{ text: "loss 0.5" }]);
  });
  it("reads colors, bright colors and styles until they end", () => {
    const line = `a${ESC}[1;31mb${ESC}[22;96mc${ESC}[0md`;
    expect(parseAnsi(line)).toEqual([
      { text: "a" },
      { text: "b", isBold: true, color: 1 },
      { text: "c", isBold: false, isDim: false, color: 14 },
      { text: "d" },
    ]);
  });
  it("reads 256 colors and true color", () => {
    const line = `${ESC}[38;5;9ma${ESC}[38;5;196mb${ESC}[48;2;1;2;300mc`;
    expect(parseAnsi(line)).toEqual([
      { text: "a", color: 9 },
      { text: "b", color: "#ff0000" },
      { text: "c", color: "#ff0000", background: "#0102ff" },
    ]);
  });
  it.each([
    [`${ESC}]8;;javascript:alert(1)\u0007link${ESC}]8;;\u0007`, "link"],
    [`${ESC}]0;title${ESC}\\text`, "text"],
    [`${ESC}[2K${ESC}[1Gx${ESC}[?25l`, "x"],
    [`a${ESC}`, "a"],
    [`a${ESC}[`, "a"],
    [`a${ESC}]unfinished`, "a"],
    ["bell\u0007 back\b null\u0000", "bell back null"],
    [`<img src=x onerror=alert(1)>`, "<img src=x onerror=alert(1)>"],
  ])("drops what a terminal would carry out: %j", (line, text) => {
    expect(
      parseAnsi(line)
        .map((span) => span.text)
        .join(""),
    ).toBe(text);
  });
  it("ends for hostile lines", () => {
    for (const part of [ESC, `${ESC}[`, `${ESC}]`, `${ESC}[1;`, `${ESC}P`])
      expect(parseAnsi(part.repeat(5_000)).length).toBeLessThan(20_000);
  });
});

describe("markMatches", () => {
  it("splits spans where the text occurs, in upper or lower case", () => {
    expect(markMatches([{ text: "Loss and loss", color: 2 }], "loss")).toEqual([
      { text: "Loss", color: 2, isMatch: true },
      { text: " and ", color: 2 },
      { text: "loss", color: 2, isMatch: true },
    ]);
  });
});
