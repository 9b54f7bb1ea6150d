import { describe, expect, it } from "vitest";
import { parseDelimited } from "../../src/numbers/delimited";

describe("parseDelimited", () => {
  it.each([
    [
      "a,b\n1,2\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "a\tb\r\n1\t2",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "a;b\n1,5;2",
      [
        ["a", "b"],
        ["1,5", "2"],
      ],
    ],
    [
      'a,b\n"x, ""y""\nz",2',
      [
        ["a", "b"],
        ['x, "y"\nz', "2"],
      ],
    ],
    [
      "a,\n,b\n",
      [
        ["a", ""],
        ["", "b"],
      ],
    ],
    ["a\n\nb", [["a"], [""], ["b"]]],
    ["\ufeffa,b", [["a", "b"]]],
    ['"open', [["open"]]],
    ["", []],
  ])("reads %j", (text, rows) => {
    expect(parseDelimited(text)).toEqual(rows);
  });
  it("leaves out the last row of a text that is cut", () => {
    expect(parseDelimited("a,b\n1,2\n3", true)).toEqual([
      ["a", "b"],
      ["1", "2"],
    ]);
  });
  it("stops at the limit", () => {
    expect(parseDelimited("1\n".repeat(100), false, 10)).toHaveLength(10);
  });
  it("ends for text behind a closing quote", () => {
    expect(parseDelimited('"a"b,c\nd').length).toBeGreaterThan(0);
  });
});
